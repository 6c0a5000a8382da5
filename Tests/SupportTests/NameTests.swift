import Support
import Testing

/// Names are compared by their bytes, where strings are compared by what they mean.
@Suite struct NameTests {
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  @Test func twoSpellingsAreTwoNames() {
    #expect(Self.composed == Self.decomposed)
    #expect(Name(Self.composed) != Name(Self.decomposed))
    #expect(Set(names: [Self.composed, Self.decomposed, Self.composed]).count == 2)
    var values: [Name: Int] = [Name(Self.composed): 1]
    #expect(values[Self.decomposed] == nil && values[Self.composed] == 1)
    values[Self.decomposed, default: 5] += 1
    #expect(values[Self.decomposed] == 6 && values.count == 2)
  }

  @Test func orderIsThatOfTheBytes() {
    #expect(
      [Self.composed, Self.decomposed, "b", "B"].map { Name($0) }.sorted().map(\.text.nameBytes)
        == ["B", "b", Self.decomposed, Self.composed].map(\.nameBytes))
  }
}
