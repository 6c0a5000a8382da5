import Figures

/// The accuracies of one learner in a session figure.
public struct SessionCurve: Sendable, Hashable {
  public var learner: String
  /// Base and new classes, sessions 0…S.
  public var all: AccuracyCurve
  /// New classes alone, sessions 1…S; nil leaves the learner out of the right panel.
  public var new: AccuracyCurve?

  public init(learner: String, all: AccuracyCurve, new: AccuracyCurve? = nil) {
    self.learner = learner
    self.all = all
    self.new = new
  }
}

extension Figure {
  /// Accuracy against session for each learner: the mean over repeats, and the 5th to 95th percentile as a
  /// band.
  ///
  /// Left: base and new classes, from session 0. Right: new classes, from session 1. As in NeuroBench's
  /// figure 3 (Yik et al. 2025). With one repeat there is no band.
  ///
  /// `caption` is the source of the numbers, such as "synthetic speech, quick, M5, 20 repeats".
  ///
  /// - Throws: `FigureError.empty` without a curve.
  public static func sessionCurves(
    _ curves: [SessionCurve], title: String = "", caption: String = ""
  ) throws(FigureError) -> Figure {
    guard !curves.isEmpty else { throw .empty(plot: "session curves") }
    let all = curves.map { line($0.learner, $0.all, firstSession: 0) }
    let new = curves.compactMap { curve in curve.new.map { line(curve.learner, $0, firstSession: 1) } }
    var panels = [panel("Base and new classes", all)]
    if !new.isEmpty { panels.append(panel("New classes", new)) }
    return Figure(title: title, caption: caption, panels: panels)
  }

  private static func line(_ name: String, _ curve: AccuracyCurve, firstSession: Int) -> Line {
    let x = (0..<curve.sessions).map { Double($0 + firstSession) }
    let percent = { (fractions: [Double]) in fractions.map { $0 * 100 } }
    let y = percent(curve.mean)
    guard curve.repeats > 1 else { return Line(name, x: x, y: y) }
    return Line(name, x: x, y: y, low: percent(curve.percentile(5)), high: percent(curve.percentile(95)))
  }

  private static func panel(_ title: String, _ lines: [Line]) -> Panel {
    let sessions = lines.flatMap(\.x)
    let first = sessions.min() ?? 0
    let last = sessions.max() ?? 1
    let every = last - first > 20 ? 5.0 : last - first > 12 ? 2.0 : 1.0
    let x = Axis(
      "Session", range: first - 0.3...last + 0.3, ticks: Array(stride(from: first, through: last, by: every)))
    let lowest = lines.flatMap { $0.low ?? $0.y }.min() ?? 0
    // A multiple of ten below the lowest value, so that curves use the height; accuracy ends at 100.
    let floor = max((lowest / 10).rounded(.down) * 10, 0)
    let bottom = min(floor, 90)
    // A line at 0 (the frozen baseline) would lie on the frame.
    let y = Axis("Accuracy (%)", range: (bottom == 0 ? -2 : bottom)...100)
    return Panel(title: title, x: x, y: y, content: .lines(lines))
  }
}
