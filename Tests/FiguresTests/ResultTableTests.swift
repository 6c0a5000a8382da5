import Figures
import Testing

@Suite struct ResultTableTests {
  private let table = ResultTable(
    title: "By language", columns: [.init("language"), .init("accuracy", decimals: 1), .init("word, first")],
    rows: [
      [.text("русский"), .number(79.54321), .text("важный")],
      [.text("日本"), .number(.nan), .text("say \"a\"")],
      [.text("e\u{301}te\u{301}"), .number(100), .empty], [.text("فارسی"), .empty, .text(" x")],
    ], caption: "synthetic speech")

  @Test func alignsByWidthOnScreen() {
    #expect(
      table.text == """
        By language

        language  accuracy  word, first
        ────────  ────────  ───────────
        русский       79.5  важный
        日本             –  say "a"
        e\u{301}te\u{301}          100.0
        فارسی\u{200E}                x

        synthetic speech

        """)
  }

  @Test func whatRoundsToZeroHasNoSign() {
    let table = ResultTable(
      columns: [.init("a", decimals: 1), .init("b", decimals: 0)], rows: [[.number(-0.04), .number(-0.4)]])
    #expect(table.text == "  a  b\n───  ─\n0.0  0\n")
  }

  @Test func quotesWhereItMust() {
    #expect(
      table.csv == """
        language,accuracy,"word, first"
        русский,79.54321,важный
        日本,NaN,"say ""a\"""
        e\u{301}te\u{301},100,
        فارسی,," x"

        """)
  }

  @Test func ordersNamedColumns() {
    let rows: [[String: ResultTable.Cell]] = [["b": .number(1), "a": .number(2)], ["c": .text("x")]]
    let table = ResultTable(rows: rows, names: ["c"])
    #expect(table.csv == "c,a,b\n,2,1\nx,,\n")
  }

  @Test(arguments: [("abc", 3), ("é", 1), ("日本", 4), ("👍🏽", 2), ("a\u{200B}b", 2), ("", 0), ("\u{7}", 0)])
  func measures(_ text: String, _ width: Int) { #expect(DisplayText.width(text) == width) }
}
