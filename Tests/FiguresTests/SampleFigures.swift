import Figures
import Foundation

/// One figure of each kind, with hostile text and gaps.
enum SampleFigures {
  static let all: [(name: String, make: @Sendable () throws -> Figure)] = [
    ("lines", lines), ("bars", bars), ("heatmap", heatmap), ("scatter", scatter),
    ("histogram", histogram), ("many", many),
  ]

  static func lines() throws -> Figure {
    var options = PlotOptions(
      title: "Loss `rm -rf` {/Bold x}_2^3 \"q\" 'z'", x: "epoch\nnumber", y: "cross-entropy")
    options.legend = .right
    return try Figure.lines(
      [
        NamedValues("train @x \\ 100 %", [4.6, 3.1, 2.2, .nan, 1.4, 1.1, 0.9, 0.8]),
        NamedValues("важный 'held out'", [4.7, 3.3, 2.6, 2.2, 2.0, 1.9, 1.85, 1.84]),
        NamedValues("سلام دنیا", [4.5, 4.0, 3.5, 3.0, 2.5, 2.4, 2.3, 2.2]),
      ], options: options)
  }

  static func bars() throws -> Figure {
    try Figure.bars(
      labels: ["English", "français", "català", "Deutsch", "Kinyarwanda", "русский", "فارسی"],
      [
        NamedValues("prototypical", [92.1, 90.4, 91.3, 88.8, 86.2, 79.5, 75.2]),
        NamedValues("ridge", [98.0, 97.1, 96.9, 95.5, 94.3, .nan, 91.6]),
      ], options: PlotOptions(title: "By language", y: "accuracy (%)"))
  }

  static func heatmap() throws -> Figure {
    let values = [[90.44, 87.45, 85.33], [90.01, 86.9, 80.11], [.nan, 90.35, 66.2]]
    var rows: [[String: Figure.Cell]] = []
    for (y, layers) in [4.0, 6, 8].enumerated() {
      for (x, kernel) in [4.0, 8, 12].enumerated() {
        rows.append(["layers": .number(layers), "kernel": .number(kernel), "epoch 11": .number(values[y][x])])
      }
    }
    return try Figure.heatmap(
      rows: rows, x: "kernel", y: "layers", value: "epoch 11", options: PlotOptions(title: "Accuracy (%)"))
  }

  static func scatter() throws -> Figure {
    var x: [Double] = []
    var y: [Double] = []
    var groups: [String] = []
    for (g, name) in ["важный", "important", "wichtig"].enumerated() {
      for i in 0..<40 {
        let angle = Double(i * (g + 3))
        x.append(Double(g) * 1.5 + cos(angle) * (0.3 + Double(i % 7) / 10))
        y.append(Double(g % 2) * 1.2 + sin(angle) * (0.3 + Double(i % 5) / 10))
        groups.append(name)
      }
    }
    return try Figure.scatter(
      x: x, y: y, groups: groups,
      options: PlotOptions(title: "Embeddings", x: "component 1", y: "component 2"))
  }

  static func histogram() throws -> Figure {
    let values = (0..<500).map { (index: Int) -> Double in
      let at = Double(index)
      return sin(at) + sin(at * 1.7) + 0.3 * sin(at * 5.1)
    }
    return try Figure.histogram(
      [NamedValues("support", values), NamedValues("query", values.map { $0 * 0.6 + 0.8 })], bins: 24,
      options: PlotOptions(title: "Margins", x: "margin"))
  }

  /// More series than colours, and a title wider than it should be.
  static func many() throws -> Figure {
    let series = (0..<10).map { (s: Int) -> NamedValues in
      let shift = Double(s)
      return NamedValues("learner number \(s)", (0..<60).map { sin(Double($0) / 10 + shift / 3) + shift })
    }
    return try Figure.lines(
      series, options: PlotOptions(title: "Many", caption: "synthetic", x: "step", y: "value"))
  }
}
