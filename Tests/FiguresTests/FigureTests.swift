import Figures
import Testing

@Suite struct FigureTests {
  @Test func refusesWhatCannotBeDrawn() {
    #expect(throws: FigureError.empty(plot: "lines")) { try Figure.lines([String: [Double]]()) }
    #expect(throws: FigureError.empty(plot: "lines")) { try Figure.lines(["a": []]) }
    #expect(throws: FigureError.lengths(plot: "lines", name: "a", of: "x", count: 2, expected: 3)) {
      try Figure.lines(["a": [1, 2]], x: [1, 2, 3])
    }
    #expect(throws: FigureError.nothingFinite(plot: "lines", name: "a")) {
      try Figure.lines(["a": [.nan, .infinity]])
    }
    #expect(throws: FigureError.lengths(plot: "bands", name: "a", of: "its middle", count: 1, expected: 2)) {
      try Figure.bands(["a": Band(low: [1], mid: [1, 2], high: [1, 2])])
    }
    #expect(throws: FigureError.empty(plot: "bars")) { try Figure.bars([:]) }
    #expect(throws: FigureError.empty(plot: "scatter")) { try Figure.scatter(x: [], y: []) }
    #expect(throws: FigureError.lengths(plot: "scatter", name: "groups", of: "x", count: 1, expected: 2)) {
      try Figure.scatter(x: [1, 2], y: [1, 2], groups: ["a"])
    }
    #expect(throws: FigureError.empty(plot: "histogram")) { try Figure.histogram(["a": []]) }
    #expect(throws: FigureError.self) { try Figure.histogram(["a": [1]], bins: 0) }
    #expect(throws: FigureError.self) { try Figure.histogram(["a": [-1e308, 1e308]]) }
    #expect(
      throws: FigureError.missingColumn(plot: "heatmap", column: "kernl", row: 1, known: ["kernel", "v"])
    ) {
      try Figure.heatmap(
        rows: [["kernel": .number(1), "v": .number(1)]], x: "kernl", y: "kernel", value: "v")
    }
    #expect(throws: FigureError.notANumber(plot: "heatmap", column: "v", row: 1, value: "much")) {
      try Figure.heatmap(rows: [["k": .number(1), "v": .text("much")]], x: "k", y: "k", value: "v")
    }
  }

  @Test func countsAsNumPyDoes() throws {
    // numpy.histogram([1, 2, 2, 3, 5, 5], bins=4) gives counts 1, 2, 1, 2 and edges 1, 2, 3, 4, 5.
    let figure = try Figure.histogram(["a": [1, 2, 2, 3, 5, 5, .nan]], bins: 4)
    #expect(
      figure.panels[0].content
        == .histogram(.init(edges: [1, 2, 3, 4, 5], names: ["a"], counts: [[1, 2, 1, 2]])))
  }

  @Test func putsNumbersInOrderAndTextAsItComes() throws {
    let rows: [[String: Figure.Cell]] = [
      ["x": .number(12), "y": .text("b"), "v": .number(1)],
      ["x": .number(4), "y": .text("a"), "v": .number(2)],
    ]
    let content = try Figure.heatmap(rows: rows, x: "x", y: "y", value: "v").panels[0].content
    let map = try #require(content.kind as? Figure.Heatmap)
    #expect(map.columns == ["4", "12"])
    #expect(map.rows == ["b", "a"])
    #expect(map.values[0][1] == 1 && map.values[1][0] == 2 && map.values[0][0].isNaN)
  }

  @Test func refusesMoreThanItHolds() throws {
    let most = Figure.maxPoints
    let heights = [Double](repeating: 1, count: most + 1)
    func failure(_ plot: String, _ what: String, _ count: Int, _ most: Int) -> FigureError {
      .tooMuch(plot: plot, what: what, count: count, limit: most)
    }
    #expect(throws: Never.self) { try Figure.lines(["a": Array(heights.dropLast())]) }
    #expect(throws: failure("lines", "points", most + 1, most)) { try Figure.lines(["a": heights]) }
    #expect(throws: failure("scatter", "points", most + 1, most)) {
      try Figure.scatter(x: heights, y: heights)
    }
    let rows = (0..<1000).map { ["x": Figure.Cell.number(Double($0)), "v": .number(1)] }
    #expect(throws: failure("heatmap", "cells", 1_000_000, most)) {
      try Figure.heatmap(rows: rows, x: "x", y: "x", value: "v")
    }
    let series = Dictionary(uniqueKeysWithValues: (0...Figure.maxSeries).map { ("s\($0)", [1.0]) })
    #expect(throws: failure("lines", "series", 1001, 1000)) { try Figure.lines(series) }
    let panel = try Figure.lines(["a": [1, 2]]).panels[0]
    #expect(throws: failure("panels", "panels", 101, 100)) {
      try Figure(panels: Array(repeating: panel, count: 101)).bounded("panels")
    }
  }

  /// Series whose ranges are at the ends of what a number holds.
  @Test(arguments: [
    [-1e308, 1e308], [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude], [1e308, 1e308],
    [0, .leastNonzeroMagnitude],
    [.greatestFiniteMagnitude], [1, 1 + .ulpOfOne], [0, .infinity, .nan, 1],
  ]) func drawsAtTheEndsOfTheNumbers(_ values: [Double]) throws {
    let figures = [
      try Figure.lines(["a": values]), try Figure.lines(["a": values], x: values),
      try Figure.bands(["a": Band(low: values, mid: values, high: values.reversed())]),
      try Figure.scatter(x: values, y: values), try Figure.bars(["a": values[0], "b": 1]),
      try Figure.heatmap(rows: ["a"], columns: values.map { "\($0)" }, values: [values]),
    ]
    for figure in figures {
      #expect(figure.text().count > 0 && figure.text(width: 1000).count > 0)
    }
  }

  @Test func everyKindIsDeclaredForScripts() {
    #expect(FigureKinds.plots.map(\.name) == ["lines", "bands", "scatter", "bars", "histogram", "heatmap"])
  }

  @Test func contentsOfAKindAreComparedByValue() {
    let lines = Figure.Content.lines([.init("a", x: [1], y: [2])])
    #expect(lines == .lines([.init("a", x: [1], y: [2])]))
    #expect(lines != .lines([.init("a", x: [1], y: [3])]))
    #expect(lines != .scatter([.init("a", x: [1], y: [2])]))
  }
}
