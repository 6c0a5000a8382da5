import Support
import Testing

/// "did you mean …": only names that are close.
@Suite struct NearestNameTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let nearest: String?
    var testDescription: String { name }

    init(_ name: String, _ nearest: String?) {
      self.name = name
      self.nearest = nearest
    }
  }

  private static let known = ["matmul", "mean", "max", "sum", "prototypical", "reshape", "t", "to"]

  static let cases = [
    Case("matmull", "matmul"), Case("mena", "mean"), Case("Mean", "mean"), Case("maxx", "max"),
    Case("prototypicle", "prototypical"), Case("rehsape", "reshape"),
    // Nothing is close: two edits of three letters, or more than two.
    Case("mm", nil), Case("cpu", nil), Case("det", nil), Case("tolist", nil), Case("T1", nil),
    Case("reshuffle", nil),
    Case("", nil), Case(String(repeating: "x", count: 300), nil),
  ]

  @Test(arguments: cases) func isCloseOrNone(_ c: Case) {
    #expect(c.name.nearest(in: Self.known) == c.nearest)
  }
}
