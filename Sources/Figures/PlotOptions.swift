/// The options of every plot; all optional.
public struct PlotOptions: Sendable, Hashable {
  public var title = ""
  public var caption = ""
  public var xLabel = ""
  public var yLabel = ""
  public var xRange: ClosedRange<Double>?
  public var yRange: ClosedRange<Double>?
  public var xTicks: [Double]?
  public var yTicks: [Double]?
  public var legend = Figure.Legend.below

  public init() {}

  public init(title: String = "", caption: String = "", x: String = "", y: String = "") {
    self.title = title
    self.caption = caption
    xLabel = x
    yLabel = y
  }

  /// A figure of one panel with these options.
  ///
  /// - Throws: ``FigureError`` for a range that is not an interval, and for more than a figure holds.
  func figure(_ plot: String, _ content: Figure.Content) throws(FigureError) -> Figure {
    for (option, range) in [("the x range", xRange), ("the y range", yRange)] {
      guard let range else { continue }
      guard range.lowerBound < range.upperBound, (range.upperBound - range.lowerBound).isFinite else {
        throw .badOption(
          plot: plot, option: option, reason: "must go from a smaller to a larger finite number")
      }
    }
    let x = Figure.Axis(xLabel, range: xRange, ticks: xTicks?.filter(\.isFinite))
    let y = Figure.Axis(yLabel, range: yRange, ticks: yTicks?.filter(\.isFinite))
    let panel = Figure.Panel(title: title, x: x, y: y, legend: legend, content: content)
    return try Figure(caption: caption, panels: [panel]).bounded(plot)
  }
}

/// The values of one series with its name; a list of them is ordered, unlike a dictionary.
public struct NamedValues: Sendable, Hashable {
  public var name: String
  public var values: [Double]

  public init(_ name: String, _ values: [Double]) {
    self.name = name
    self.values = values
  }

  /// The series of a dictionary, ordered by name.
  public static func sorted(_ series: [String: [Double]]) -> [NamedValues] {
    series.sorted { $0.key < $1.key }.map { NamedValues($0.key, $0.value) }
  }
}

/// A line with the band around it; the three lists are equally long.
public struct Band: Sendable, Hashable, Codable {
  public var low: [Double]
  public var mid: [Double]
  public var high: [Double]

  public init(low: [Double], mid: [Double], high: [Double]) {
    self.low = low
    self.mid = mid
    self.high = high
  }
}
