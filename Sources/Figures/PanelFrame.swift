/// The ranges and ticks of a panel, chosen where the panel leaves them open; the same for every renderer.
struct PanelFrame {
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
    var xNames: [String]?
    var yNames: [String]?
    switch panel.content {
    case .lines(let lines):
      x = Self.range(lines.flatMap(\.x), pad: 0.02)
      y = Self.range(lines.flatMap { $0.y + ($0.low ?? []) + ($0.high ?? []) }, pad: 0.06)
    case .scatter(let groups):
      x = Self.range(groups.flatMap(\.x), pad: 0.05)
      y = Self.range(groups.flatMap(\.y), pad: 0.06)
    case .bars(let bars):
      xNames = bars.labels
      x = 0.5...Double(bars.labels.count) + 0.5
      y = Self.fromZero(bars.values.flatMap { $0 })
    case .histogram(let histogram):
      x = Self.range(histogram.edges, pad: 0.02)
      y = Self.fromZero(histogram.counts.flatMap { $0.map(Double.init) })
    case .heatmap(let map):
      xNames = map.columns
      yNames = map.rows
      x = 0.5...Double(map.columns.count) + 0.5
      y = 0.5...Double(map.rows.count) + 0.5
    }
    x = panel.x.range ?? x
    y = panel.y.range ?? y
    xTicks = Self.ticks(panel.x, x, xNames, about: xCount)
    if case .lines(let lines) = panel.content, panel.x.ticks == nil,
      lines.allSatisfy({ $0.x.allSatisfy { $0 == $0.rounded() } })
    {
      // Epochs and sessions are counted.
      xTicks.removeAll { $0.position != $0.position.rounded() }
    }
    yTicks = Self.ticks(panel.y, y, yNames, about: yCount)
  }

  private static func range(_ values: [Double], pad: Double) -> ClosedRange<Double> {
    let finite = held(values)
    guard let low = finite.min(), let high = finite.max() else { return 0...1 }
    guard high > low else { return low - max(abs(low), 1) * 0.5...low + max(abs(low), 1) * 0.5 }
    let margin = (high - low) * pad
    return low - margin...high + margin
  }

  /// The finite values, held so far from the largest number there is that a range with margins has a width.
  private static func held(_ values: [Double]) -> [Double] {
    let most = Double.greatestFiniteMagnitude / 4
    return values.compactMap { $0.isFinite ? min(max($0, -most), most) : nil }
  }

  private static func fromZero(_ values: [Double]) -> ClosedRange<Double> {
    let finite = held(values)
    let low = min(finite.min() ?? 0, 0)
    let high = max(finite.max() ?? 1, 0)
    guard high > low else { return 0...1 }
    let margin = (high - low) * 0.08
    return (low < 0 ? low - margin : 0)...(high > 0 ? high + margin : 0)
  }

  private static func ticks(
    _ axis: Figure.Axis, _ range: ClosedRange<Double>, _ names: [String]?, about count: Int
  ) -> [Tick] {
    if let names { return names.enumerated().map { Tick(position: Double($0 + 1), label: $1) } }
    let positions = axis.ticks ?? PlotNumber.ticks(in: range, about: count)
    return positions.filter(range.contains).map {
      Tick(position: $0, label: PlotNumber.short($0, digits: 6).replacing("-", with: "−"))
    }
  }
}
