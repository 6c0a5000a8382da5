/// The positions of the parts of a figure, in pixels at 96 per inch, from the top left.
package struct FigureLayout {
  package struct Box: Equatable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double
  }

  var width = 0.0
  var height = 0.0
  /// The rectangle between the axes of each panel.
  var panels: [Box] = []
  /// Whether the labels under a panel are turned, since they would run into each other.
  var turned: [Bool] = []
  /// The middle of the figure's title, legend and caption.
  var titleY = 0.0
  var legendY = 0.0
  var captionY = 0.0
  /// Names side by side in the shared legend, and rows of them.
  var legendColumns = 1
  var legendRows = 0

  init(_ figure: Figure) {
    let count = max(figure.panels.count, 1)
    let columns = count == 4 ? 2 : min(count, 3)
    let labels = figure.panels.map(\.content.kind.labelCount).max() ?? 0
    // Turned labels need 24 pixels each.
    let plotWidth = max(columns == 1 ? 560.0 : columns == 2 ? 430.0 : 340.0, Double(min(labels, 60)) * 24)
    let heights = figure.panels.map(\.content.kind.plotHeight)
    let frames = figure.panels.map { PanelFrame($0) }
    turned = zip(figure.panels, frames).map { Self.isTurned($0, $1, width: plotWidth) }

    var top = figure.title.isEmpty ? 12.0 : 52.0
    titleY = 26
    for start in stride(from: 0, to: figure.panels.count, by: columns) {
      let row = start..<min(start + columns, figure.panels.count)
      let titles = row.contains { !figure.panels[$0].title.isEmpty } ? 34.0 : 8.0
      let plotHeight = row.map { heights[$0] }.max() ?? 320
      let below = row.map { Self.below(figure.panels[$0], frames[$0], turned: turned[$0]) }.max() ?? 56
      var left = 0.0
      for index in row {
        let panel = figure.panels[index]
        let from = left + Self.leftOf(panel, frames[index], turned: turned[index], width: plotWidth)
        panels.append(
          Box(left: from, top: top + titles, right: from + plotWidth, bottom: top + titles + plotHeight))
        left = from + plotWidth + Self.rightOf(panel)
      }
      width = max(width, left)
      top += titles + plotHeight + below
    }
    width = max(width, Double(DisplayText.width(figure.title)) * 9 + 40)

    let names = figure.panels.filter { $0.legend == .below }.flatMap(\.legendNames)
    if !names.isEmpty {
      let distinct = Set(names).count
      let entry = Double(names.map(DisplayText.width).max() ?? 0) * 7.2 + 62
      legendColumns = max(min(Int((width - 40) / entry), distinct), 1)
      legendRows = (distinct + legendColumns - 1) / legendColumns
      legendY = top + Double(legendRows) * 11 + 16
      top += Double(legendRows) * 22 + 24
    }
    if !figure.caption.isEmpty {
      captionY = top + 12
      top += 26
    }
    width = width.rounded(.up)
    height = (top + 8).rounded(.up)
  }

  private static func widest(_ ticks: [PanelFrame.Tick]) -> Double {
    Double(ticks.map { DisplayText.width($0.label) }.max() ?? 1) * 7
  }

  private static func isTurned(_ panel: Figure.Panel, _ frame: PanelFrame, width: Double) -> Bool {
    widest(frame.xTicks) + 8 > width / Double(max(frame.xTicks.count, 1))
  }

  private static func leftOf(
    _ panel: Figure.Panel, _ frame: PanelFrame, turned: Bool, width: Double
  ) -> Double {
    let axis = 18 + min(widest(frame.yTicks), 220) + (panel.y.label.isEmpty ? 14 : 46)
    guard turned, let first = frame.xTicks.first, frame.x.upperBound > frame.x.lowerBound else { return axis }
    // A turned label ends at its tick and begins to the left of it.
    let position = (first.position - frame.x.lowerBound) / (frame.x.upperBound - frame.x.lowerBound) * width
    return max(axis, Double(DisplayText.width(first.label)) * 6.5 + 14 - position)
  }

  private static func rightOf(_ panel: Figure.Panel) -> Double {
    if let width = panel.content.kind.scaleWidth { return width }
    guard panel.legend == .right else { return 22 }
    return Double(panel.legendNames.map(DisplayText.width).max() ?? 0) * 7.2 + 78
  }

  private static func below(_ panel: Figure.Panel, _ frame: PanelFrame, turned: Bool) -> Double {
    let ticks = turned ? min(widest(frame.xTicks), 220) * 0.62 + 22 : 24
    return ticks + (panel.x.label.isEmpty ? 10 : 32)
  }
}

/// The ranges and ticks of a panel, from its content where the panel leaves them open; the same for every renderer.
package struct PanelFrame {
  struct Tick: Equatable {
    var position: Double
    var label: String
  }

  var x: ClosedRange<Double>
  var y: ClosedRange<Double>
  var xTicks: [Tick]
  var yTicks: [Tick]

  /// - Parameter xCount, yCount: about how many ticks there is room for.
  init(_ panel: Figure.Panel, xCount: Int = 7, yCount: Int = 6) {
    let bounds = panel.content.kind.bounds
    x = panel.x.range ?? bounds.x
    y = panel.y.range ?? bounds.y
    xTicks = Self.ticks(panel.x, x, bounds.xLabels, about: xCount)
    yTicks = Self.ticks(panel.y, y, bounds.yLabels, about: yCount)
    if bounds.hasIntegerX, panel.x.ticks == nil {
      xTicks.removeAll { $0.position != $0.position.rounded() }
    }
  }

  private static func ticks(
    _ axis: Figure.Axis, _ range: ClosedRange<Double>, _ labels: [String]?, about count: Int
  ) -> [Tick] {
    if let labels { return labels.enumerated().map { Tick(position: Double($0 + 1), label: $1) } }
    let positions = axis.ticks ?? PlotNumber.ticks(in: range, about: count)
    return positions.filter(range.contains).map {
      Tick(position: $0, label: PlotNumber.short($0, digits: 6).replacing("-", with: "−"))
    }
  }
}
