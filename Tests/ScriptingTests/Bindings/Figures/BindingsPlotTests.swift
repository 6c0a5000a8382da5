import Figures
import Foundation
import Testing

@Suite struct BindingsPlotTests {
  /// A script's plot, and what is in it.
  struct Case: Sendable, CustomTestStringConvertible {
    let script: String
    let content: Figure.Content
    var testDescription: String { script }

    init(_ script: String, _ content: Figure.Content) { (self.script, self.content) = (script, content) }
  }

  private static let rows =
    "rows = { { k = 4, d = 2, acc = 0.5, who = 'a' }, { k = 8, d = 2, acc = 0.75, who = 'b' }, "
    + "{ k = 4, d = 6, acc = 1, who = 'a' } }"

  static let cases = [
    Case("lines { y = { 1, 3 } }", .lines([.init("", x: [1, 2], y: [1, 3])])),
    Case(
      "lines { x = nj.tensor { 0, 5 }, y = nj.tensor { 1, 3 } }", .lines([.init("", x: [0, 5], y: [1, 3])])),
    Case(
      "lines { x = { 1, 5 }, "
        + "series = { { name = 'b', y = { 1, 2 } }, { name = 'a', x = { 0, 1 }, y = { 3, 4 } } } }",
      .lines([.init("b", x: [1, 5], y: [1, 2]), .init("a", x: [0, 1], y: [3, 4])])),
    Case(
      "lines { series = { b = { 1, 2 }, a = nj.tensor { 3, 4 } } }",
      .lines([.init("a", x: [1, 2], y: [3, 4]), .init("b", x: [1, 2], y: [1, 2])])),
    Case(
      "lines { \(rows), x = 'k', y = 'acc', group = 'who' }",
      .lines([.init("a", x: [4, 4], y: [0.5, 1]), .init("b", x: [8], y: [0.75])])),
    Case(
      "bands { y = { 1, 2 }, low = { 0, 1 }, high = { 2, 3 } }",
      .lines([.init("", x: [1, 2], y: [1, 2], low: [0, 1], high: [2, 3])])),
    Case(
      "bands { series = { m = nj.tensor { { 0, 1 }, { 1, 1 } } } }",
      .lines([.init("m", x: [1, 2], y: [0.5, 1], low: [0.05, 1], high: [0.95, 1])])),
    Case("scatter { x = { 1, 2 }, y = { 3, 4 } }", .scatter([.init("", x: [1, 2], y: [3, 4])])),
    Case(
      "scatter { \(rows), x = 'k', y = 'd', group = 'who' }",
      .scatter([.init("a", x: [4, 4], y: [2, 6]), .init("b", x: [8], y: [2])])),
    Case(
      "bars { x = { 'a', 'b' }, series = { old = { 1, 2 }, new = { 3, 4 } } }",
      .bars(.init(labels: ["a", "b"], names: ["new", "old"], values: [[3, 4], [1, 2]]))),
    Case("bars { y = { 1, 2 } }", .bars(.init(labels: ["1", "2"], names: [""], values: [[1, 2]]))),
    Case(
      "bars { \(rows), x = 'who', y = 'acc' }",
      .bars(.init(labels: ["a", "b"], names: [""], values: [[1, 0.75]]))),
    Case(
      "heatmap { \(rows), x = 'k', y = 'who', value = 'acc' }",
      .heatmap(
        .init(rows: ["a", "b"], columns: ["4", "8"], values: [[1, .nan], [.nan, 0.75]], scale: "acc"))),
    Case(
      "heatmap { x = { 'p', 'q' }, value = { { 1, 2 }, { 3, 4 } } }",
      .heatmap(.init(rows: ["1", "2"], columns: ["p", "q"], values: [[1, 2], [3, 4]]))),
    Case(
      "histogram { x = { 0, 1, 2, 0/0 }, bins = 2 }",
      .histogram(.init(edges: [0, 1, 2], names: [""], counts: [[1, 2]]))),
  ]

  @Test(arguments: cases) func plotsHoldWhatWasGiven(_ c: Case) throws {
    let given = try BindingsState().run("return nj.plot." + c.script)
    let figure = try #require(given.first?.object(Figure.self))
    #expect("\(figure.panels.map(\.content))" == "\([c.content])")  // as text, for NaN is not equal to itself
  }

  @Test func optionsReachTheFigure() throws {
    let given = try BindingsState().run(
      """
      local f = nj.plot.lines {
        y = { 1, 2 }, title = "T", caption = "C", x_label = "X", y_label = "Y", x_range = { 0, 3 },
        y_ticks = { 0, 1 }, legend = "right",
      }
      return f, nj.plot.panels { f, f, title = "Both" }, tostring(f):sub(1, 1), f:text(40) ~= f:text(100)
      """)
    let figure = try #require(given[0].object(Figure.self))
    let panel = figure.panels[0]
    #expect([panel.title, figure.caption, panel.x.label, panel.y.label] == ["T", "C", "X", "Y"])
    #expect(panel.x.range == 0...3 && panel.y.ticks == [0, 1] && panel.legend == .right)
    let both = try #require(given[1].object(Figure.self))
    #expect(both.panels.count == 2 && both.title == "Both" && both.caption == "C")
    #expect(given[2...] == ["T", true])
  }

  @Test func columnsNameTheAxes() throws {
    let given = try BindingsState().run("return nj.plot.scatter { \(Self.rows), x = 'k', y = 'acc' }")
    let panel = try #require(given[0].object(Figure.self)?.panels.first)
    #expect([panel.x.label, panel.y.label] == ["k", "acc"])
  }

  @Test func figuresAreSavedThroughTheGate() throws {
    let state = try BindingsState()
    try state.run("nj.plot.lines { y = { 1, 2 } }:save(FILES .. '/a.txt')")
    #expect(try !state.text("files/a.txt").isEmpty)
    BadScript("nj.plot.lines { y = { 1 } }:save(SECRET .. '/a.txt')", "fs.write=").check(in: state)
    BadScript("nj.plot.lines { y = { 1 } }:save(FILES .. '/a.bmp')", "use .png, .svg, .pdf or .txt").check(
      in: state)
  }

  static let bad = [
    BadScript("nj.plot.lines(3)", "expected table of options, got number"),
    BadScript("nj.plot.lines {}", "lines: nothing to draw"),
    BadScript("nj.plot.lines { y = {} }", "lines: nothing to draw"),
    BadScript("nj.plot.lines { y = nj.zeros { 0 } }", "lines: nothing to draw"),
    BadScript("nj.plot.lines { y = 'up' }", "lines: y: expected a list of numbers or a tensor, got string"),
    BadScript("nj.plot.lines { y = { 1, 'x' } }", "lines: y[2]: expected number, got string"),
    BadScript("nj.plot.lines { y = nj.zeros { 2, 2 } }", "lines: y: got [2, 2], expected one dimension"),
    BadScript("nj.plot.lines { y = { 0/0, 0/0 } }", "NaN or infinite"),
    BadScript("nj.plot.lines { x = { 1 }, y = { 1, 2 } }", "lines: y has 2 values, but x has 1"),
    BadScript("nj.plot.lines { x = { 1 } }", "'y' is missing"),
    BadScript("nj.plot.lines { y = { 1 }, titel = 'x' }", "did you mean 'title'?"),
    BadScript("nj.plot.lines { y = { 1 }, low = { 0 } }", "'high' is missing"),
    BadScript("nj.plot.lines { y = { 1 }, x_range = { 3, 1 } }", "x_range must be two finite numbers"),
    BadScript("nj.plot.lines { y = { 1 }, legend = 'left' }", "legend"),
    BadScript("nj.plot.lines { series = {} }", "nothing to draw"),
    BadScript(
      "nj.plot.lines { series = { { nam = 'x', y = { 1 } } } }",
      "series 1: unknown key 'nam'; did you mean 'name'?"),
    BadScript("nj.plot.lines { series = { { name = 7, y = { 1 } } } }", "name: expected string, got number"),
    BadScript("nj.plot.lines { series = { ridge = 'x' } }", "series 'ridge': y: expected a list"),
    BadScript(
      "nj.plot.lines { y = { 1 }, series = { { y = { 1 } } } }", "'y' belongs into each series"),
    BadScript("nj.plot.lines { y = { 1 }, group = 'a' }", "'group' names a column of rows"),
    BadScript("nj.plot.lines { rows = {}, x = 'a', y = 'b' }", "nothing to draw"),
    BadScript(
      "nj.plot.lines { rows = { { a = 1 } }, x = 'a', y = 'b' }", "row 1 has no column \"b\", only a"),
    BadScript(
      "nj.plot.lines { rows = { { a = 1 } }, y = { 1 } }",
      "with rows, expected the name of a column, got table"),
    BadScript("nj.plot.lines { rows = { 1 } }", "rows"),
    BadScript("nj.plot.bands { y = { 1 } }", "a band needs low and high"),
    BadScript("nj.plot.bands { runs = {} }", "runs is empty"),
    BadScript("nj.plot.bands { runs = { { 1, 2 }, { 1 } } }", "row 2 has 1 numbers, row 1 has 2"),
    BadScript("nj.plot.scatter { y = { 1 } }", "'x' is missing"),
    BadScript("nj.plot.bars { x = { 'a' }, y = { 1, 2 } }", "bars: "),
    BadScript("nj.plot.bars { x = 'a', y = { 1 } }", "bars: x: expected a list of labels, got string"),
    BadScript("nj.plot.histogram { x = { 1 }, bins = 0 }", "bins"),
    BadScript("nj.plot.histogram { x = { 0/0 } }", "NaN or infinite"),
    BadScript("nj.plot.heatmap {}", "nothing to draw"),
    BadScript("nj.plot.heatmap { value = { { 1 }, { 1, 2 } } }", "make them equally long"),
    BadScript("nj.plot.heatmap { value = nj.zeros { 2 } }", "expected two dimensions"),
    BadScript("nj.plot.heatmap { x = { 'a' }, value = { { 1, 2 } } }", "heatmap: "),
    BadScript(
      "nj.plot.heatmap { rows = { { kernel = 1 } }, x = 'kernl', y = 'd', value = 'v' }",
      "did you mean \"kernel\"?"),
    BadScript("nj.plot.heatmap { rows = { { a = 1 } }, x = 'a', y = 'a' }", "'value' is missing"),
    BadScript("nj.plot.panels {}", "nothing to draw"),
    BadScript("nj.plot.panels { 3 }", "element 1: expected figure, got number"),
    BadScript("nj.plot.panels { titel = 'x' }", "did you mean 'title'?"),
    BadScript("nj.plot.line { y = { 1 } }", "did you mean 'lines'?"),
  ]

  @Test(arguments: bad) func badInputIsExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
