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
  /// The lines of the figure's title and caption, each with its middle.
  var titleLines: [(text: String, y: Double)] = []
  var captionLines: [(text: String, y: Double)] = []
  /// The middle of the shared legend.
  var legendY = 0.0
  /// Names side by side in the shared legend, and rows of them.
  var legendColumns = 1
  var legendRows = 0

  /// The most pixels that a label of a tick, a name in a legend, and the title of an axis or panel take; longer ones
  /// are cut.
  static let widestTick = 220.0
  static let widestName = 900.0
  static let widestTitle = 900.0
  /// The width at which a figure's title and caption are broken into lines where the panels are narrower.
  private static let lineWidth = 700.0

  init(_ figure: Figure) {
    let count = max(figure.panels.count, 1)
    let columns = count == 4 ? 2 : min(count, 3)
    let labels = figure.panels.map(\.content.kind.labelCount).max() ?? 0
    // Turned labels need 24 pixels each.
    let titles = figure.panels.map { max(Self.extent($0.title, .panelTitle), Self.extent($0.x.label, .axis)) }
    let plotWidth = max(
      columns == 1 ? 560.0 : columns == 2 ? 430.0 : 340.0, Double(min(labels, 60)) * 24, titles.max() ?? 0)
    let heights = figure.panels.map { max($0.content.kind.plotHeight, Self.extent($0.y.label, .axis)) }
    let frames = figure.panels.map { PanelFrame($0) }
    turned = zip(figure.panels, frames).map { Self.isTurned($0, $1, width: plotWidth) }

    // Title and caption are as wide as the panels, whose widths do not depend on what is above them.
    var panelBoxes: [Box] = []
    var top = 0.0
    for start in stride(from: 0, to: figure.panels.count, by: columns) {
      let row = start..<min(start + columns, figure.panels.count)
      let titles = row.contains { !figure.panels[$0].title.isEmpty } ? 34.0 : 8.0
      let plotHeight = row.map { heights[$0] }.max() ?? 320
      let below = row.map { Self.below(figure.panels[$0], frames[$0], turned: turned[$0]) }.max() ?? 56
      var left = 0.0
      for index in row {
        let panel = figure.panels[index]
        let from = left + Self.leftOf(panel, frames[index], turned: turned[index], width: plotWidth)
        panelBoxes.append(
          Box(left: from, top: top + titles, right: from + plotWidth, bottom: top + titles + plotHeight))
        left = from + plotWidth + Self.rightOf(panel, frames[index])
      }
      width = max(width, left)
      top += titles + plotHeight + below
    }
    let lineWidth = max(width - 40, Self.lineWidth)
    let titleTexts = TextMeasure.title.wrapped(figure.title, to: lineWidth)
    let captionTexts = TextMeasure.caption.wrapped(figure.caption, to: lineWidth)
    let widestLine = max(
      titleTexts.map(TextMeasure.title.width).max() ?? 0,
      captionTexts.map(TextMeasure.caption.width).max() ?? 0)
    width = max(width, widestLine + 40)
    titleLines = titleTexts.enumerated().map { (text: $1, y: 26 + Double($0) * 26) }
    let head = titleTexts.isEmpty ? 12.0 : 26.0 + Double(titleTexts.count) * 26
    panels = panelBoxes.map {
      Box(left: $0.left, top: $0.top + head, right: $0.right, bottom: $0.bottom + head)
    }
    top += head

    let names = figure.panels.filter { $0.legend == .below }.flatMap(\.legendNames)
    if !names.isEmpty {
      let distinct = Set(names).count
      let entry = (names.map { Self.extent($0, .legend, most: Self.widestName) }.max() ?? 0) + 62
      width = max(width, entry + 40)
      legendColumns = max(min(Int((width - 40) / entry), distinct), 1)
      legendRows = (distinct + legendColumns - 1) / legendColumns
      legendY = top + Double(legendRows) * 11 + 16
      top += Double(legendRows) * 22 + 24
    }
    if !captionTexts.isEmpty {
      captionLines = captionTexts.enumerated().map { (text: $1, y: top + 16 + Double($0) * 18) }
      top += 12 + Double(captionTexts.count) * 18
    }
    width = width.rounded(.up)
    height = (top + 8).rounded(.up)
  }

  /// The width of a text once it is cut.
  private static func extent(_ text: String, _ style: TextMeasure, most: Double = widestTitle) -> Double {
    min(style.width(DisplayText.line(text)), most)
  }

  private static func widest(_ ticks: [PanelFrame.Tick]) -> Double {
    ticks.map { extent($0.label, .tick, most: widestTick) }.max() ?? 8
  }

  private static func isTurned(_ panel: Figure.Panel, _ frame: PanelFrame, width: Double) -> Bool {
    let ticks = frame.xTicks
    let pixels = width / (frame.x.upperBound - frame.x.lowerBound)
    return zip(ticks, ticks.dropFirst()).contains { tick, next in
      let needed = (widest([tick]) + widest([next])) / 2 + 8
      return needed > (next.position - tick.position) * pixels
    } || ticks.count == 1 && widest(ticks) > width
  }

  private static func leftOf(
    _ panel: Figure.Panel, _ frame: PanelFrame, turned: Bool, width: Double
  ) -> Double {
    let axis = 18 + widest(frame.yTicks) + (panel.y.label.isEmpty ? 14 : 46)
    guard turned, let first = frame.xTicks.first, frame.x.upperBound > frame.x.lowerBound else { return axis }
    // A turned label ends at its tick and begins to the left of it.
    let position = (first.position - frame.x.lowerBound) / (frame.x.upperBound - frame.x.lowerBound) * width
    return max(axis, extent(first.label, .tick, most: widestTick) * 0.82 + 14 - position)
  }

  private static func rightOf(_ panel: Figure.Panel, _ frame: PanelFrame) -> Double {
    if let width = panel.content.kind.scaleWidth { return width }
    // Half of the last tick's label stands out.
    let standing = (frame.xTicks.last.map { extent($0.label, .tick, most: widestTick) } ?? 0) / 2 + 8
    guard panel.legend == .right else { return max(22, standing) }
    return max((panel.legendNames.map { extent($0, .legend, most: widestName) }.max() ?? 0) + 78, standing)
  }

  private static func below(_ panel: Figure.Panel, _ frame: PanelFrame, turned: Bool) -> Double {
    let ticks = turned ? widest(frame.xTicks) * 0.62 + 22 : 24
    return ticks + (panel.x.label.isEmpty ? 10 : 36)
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
