import Figures
import LuaHost

extension PlotOptions {
  /// What every plot takes beside its data.
  static let parameters: [LuaParameter] = [
    .string("title", optional: true), .string("caption", optional: true, help: "where the numbers come from"),
    .string("x_label", optional: true), .string("y_label", optional: true),
    .numbers("x_range", optional: true, help: "{ first, last }"),
    .numbers("y_range", optional: true, help: "{ first, last }"),
    .numbers("x_ticks", optional: true, help: "positions of the marks"),
    .numbers("y_ticks", optional: true, help: "positions of the marks"),
    .choice("legend", ["below", "right", "hidden"], default: "below"),
  ]

  init(_ plot: String, _ options: LuaOptions) throws {
    self.init()
    title = options["title"].string ?? ""
    caption = options["caption"].string ?? ""
    xLabel = options["x_label"].string ?? ""
    yLabel = options["y_label"].string ?? ""
    xRange = try Self.range(plot, "x_range", options)
    yRange = try Self.range(plot, "y_range", options)
    xTicks = options["x_ticks"].numbers
    yTicks = options["y_ticks"].numbers
    switch options["legend"].string {
    case "right": legend = .right
    case "hidden": legend = .hidden
    default: legend = .below
    }
  }

  private static func range(
    _ plot: String, _ name: String, _ options: LuaOptions
  ) throws -> ClosedRange<Double>? {
    guard let ends = options[name].numbers else { return nil }
    guard ends.count == 2, ends.allSatisfy(\.isFinite), ends[0] < ends[1], (ends[1] - ends[0]).isFinite
    else {
      throw FigureError.badOption(
        plot: plot, option: name,
        reason: "must be two finite numbers, the smaller first, their distance finite: { 0, 1 }")
    }
    return ends[0]...ends[1]
  }
}
