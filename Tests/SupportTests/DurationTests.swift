import Support
import Testing

/// Times as progress lines and tables have them.
@Suite struct DurationTests {
  static let cases: [(seconds: Double, text: String)] = [
    (0, "1 ms"), (0.02, "20 ms"), (0.0946, "95 ms"), (0.1, "0.1 s"), (3.21, "3.2 s"), (41.2, "41 s"),
    (125, "2 min 05 s"),
  ]

  @Test(arguments: cases.indices) func hasAFewDigits(_ index: Int) {
    #expect(Progress.duration(Self.cases[index].seconds) == Self.cases[index].text)
  }
}
