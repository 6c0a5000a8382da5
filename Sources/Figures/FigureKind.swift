/// One kind of picture: its data, and how every renderer draws it. A kind is one file in `Kinds`.
///
/// A new kind is that file, a line in ``FigureKinds``, and a test.
package protocol FigureKind: Sendable, Hashable {
  /// The functions by which scripts make it.
  static var plots: [PlotDeclaration] { get }

  /// The names of the series, in order; those that are not empty appear in a legend.
  var names: [String] { get }
  /// Points, bars or cells.
  var pointCount: Int { get }
  /// The text it holds besides the names.
  var labels: [String] { get }
  /// What the axes cover where the panel leaves it open.
  var bounds: PanelBounds { get }

  /// The panel as lines of text, at most `width` terminal cells wide.
  func text(_ panel: Figure.Panel, width: Int, _ style: TextStyle) -> [String]
  /// Adds the plot commands of the panel; its axes are set already.
  func plot(
    _ panel: Figure.Panel, in box: FigureLayout.Box, _ frame: PanelFrame, by script: inout GnuplotScript)
  /// How gnuplot draws a series in a legend, such as `lines linewidth 1.8 …`.
  func legendStyle(_ series: Int, by script: GnuplotScript) -> String

  /// The height of the plot area, in pixels.
  var plotHeight: Double { get }
  /// Labels along the x axis that need room of their own; 0 where ticks are numbers.
  var labelCount: Int { get }
  /// The width of a color scale to the right, in pixels; nil without one.
  var scaleWidth: Double? { get }
  /// Whether its text names both axes itself.
  var namesAxes: Bool { get }
}

extension FigureKind {
  package var labels: [String] { [] }
  package var plotHeight: Double { 320 }
  package var labelCount: Int { 0 }
  package var scaleWidth: Double? { nil }
  package var namesAxes: Bool { false }
}

/// All kinds of figures.
package enum FigureKinds {
  package static let all: [any FigureKind.Type] = [
    Figure.Lines.self, Figure.Scatter.self, Figure.Bars.self, Figure.Histogram.self, Figure.Heatmap.self,
  ]

  /// The functions by which scripts make figures.
  package static var plots: [PlotDeclaration] { all.flatMap { $0.plots } }
}

/// What the axes of a panel cover.
package struct PanelBounds {
  package var x: ClosedRange<Double>
  package var y: ClosedRange<Double>
  /// Labels at 1, 2, 3, … instead of numbers.
  package var xLabels: [String]?
  package var yLabels: [String]?
  /// Whether x counts something, such as epochs or sessions: ticks are integers then.
  package var hasIntegerX = false

  /// The range of the finite values with a margin of `padding` times its width at both ends.
  static func range(_ values: [Double], padding: Double) -> ClosedRange<Double> {
    let finite = clamped(values)
    guard let low = finite.min(), let high = finite.max() else { return 0...1 }
    guard high > low else { return low - max(abs(low), 1) * 0.5...low + max(abs(low), 1) * 0.5 }
    let margin = (high - low) * padding
    return low - margin...high + margin
  }

  /// The range from 0 to the values, with a margin at the ends that are not 0.
  static func rangeFromZero(_ values: [Double]) -> ClosedRange<Double> {
    let finite = clamped(values)
    let low = min(finite.min() ?? 0, 0)
    let high = max(finite.max() ?? 1, 0)
    guard high > low else { return 0...1 }
    let margin = (high - low) * 0.08
    return (low < 0 ? low - margin : 0)...(high > 0 ? high + margin : 0)
  }

  /// The finite values, clamped so far from the largest double that a range with margins has a finite width.
  private static func clamped(_ values: [Double]) -> [Double] {
    let limit = Double.greatestFiniteMagnitude / 4
    return values.compactMap { $0.isFinite ? min(max($0, -limit), limit) : nil }
  }
}
