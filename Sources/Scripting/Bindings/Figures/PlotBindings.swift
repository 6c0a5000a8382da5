import Figures
import LuaHost

/// `nj.plot`, from the declarations of the kinds of figures: every plot takes one table with its data in one of three
/// forms.
///
/// 1. One series: `{ x = list, y = list }` (a list is a Lua list of numbers or a tensor of one dimension).
/// 2. Several: `{ series = { { name = "ridge", x = …, y = … }, … } }`, or `series = { ridge = list, … }`,
///    which is drawn in the order of the names; an `x` beside `series` is shared.
/// 3. Rows, as `nj.run.table` takes them: `{ rows = rows, x = "column", y = "column", group = "column" }`;
///    x, y, low, high, value and group are names of columns then, and every value of the group column is a series.
///
/// | plot | x | y | more |
/// |---|---|---|---|
/// | lines | positions; left out: 1, 2, … | heights | low, high: a band |
/// | bands | as lines | the middle | low, high; or runs = (run, point): mean, 5th and 95th percentile |
/// | scatter | positions | heights | |
/// | bars | labels, one a group of bars | heights | |
/// | histogram | the values | | bins |
/// | heatmap | column labels | row labels | value: (row, column), as lists or a tensor |
///
/// Besides the data each takes title, caption, x_label, y_label, x_range, y_range, x_ticks, y_ticks,
/// legend.
enum PlotBindings {
  static let module = LuaModule(
    "plot", "Figures, from lists, tensors or rows of named values", functions: plots + [panels])

  static let plots: [LuaFunction] = FigureKinds.plots.map(function)

  private static func function(_ plot: PlotDeclaration) -> LuaFunction {
    let fields =
      plot.fields.map {
        LuaParameter.any($0, optional: true, help: "a list or tensor; with rows, a column's name")
      }
      + (plot.hasSeries
        ? [.table("series", optional: true, help: "named series, each with the fields above")] : [])
      + [.list("rows", of: .table, optional: true, help: "rows of named values")]
      + plot.options.map { option in
        .integer(option.name, optional: true, min: option.range.lowerBound, max: option.range.upperBound)
      } + PlotOptions.parameters
    return LuaFunction(plot.name, plot.summary, [.options("plot", fields)], returns: "figure") { call in
      let options = try call.options(1)
      let data = ScriptedPlotData(
        plot, options, options: try PlotOptions(plot.name, options))
      return try call.push(FigureHandle(plot.make(data), by: call))
    }
  }

  static let panels = LuaFunction(
    "panels", "Several figures as the panels of one: { figure, figure, title =, caption = }",
    [.table("figures")], returns: "figure"
  ) { call in
    let table = try call.value(1).table ?? LuaTable()
    for field in table.fields where !["title", "caption"].contains(field.name) {
      let hint = field.name.nearest(in: ["title", "caption"]).map { "did you mean '\($0)'?" }
      throw ScriptError(
        "panels: unknown key '\(field.name)'; \(hint ?? "it takes a list of figures, title and caption")")
    }
    func text(_ name: String) throws -> String? {
      if table[name].isNil { return nil }
      guard let text = table[name].string else {
        throw ScriptError("panels: field '\(name)': expected string, got \(table[name].typeName)")
      }
      return text
    }
    let figures = try table.list.enumerated().map { index, value in
      guard let figure = value.object(Figure.self) else {
        throw ScriptError("panels: element \(index + 1): expected figure, got \(value.typeName)")
      }
      return figure
    }
    guard !figures.isEmpty else { throw FigureError.empty(plot: "panels") }
    let title = try text("title") ?? figures.lazy.map(\.title).first { !$0.isEmpty } ?? ""
    let caption = try text("caption") ?? figures.lazy.map(\.caption).first { !$0.isEmpty } ?? ""
    let count = figures.reduce(0) { $0 + $1.panels.count }
    try Figure.check("panels", "panels", count, atMost: Figure.maxPanels)
    let figure = Figure(title: title, caption: caption, panels: figures.flatMap(\.panels))
    return try call.push(FigureHandle(figure.bounded("panels"), by: call))
  }
}

extension PlotOptions {
  /// The options of every plot.
  fileprivate static let parameters: [LuaParameter] = [
    .string("title", optional: true), .string("caption", optional: true, help: "where the numbers come from"),
    .string("x_label", optional: true), .string("y_label", optional: true),
    .numbers("x_range", optional: true, help: "{ first, last }"),
    .numbers("y_range", optional: true, help: "{ first, last }"),
    .numbers("x_ticks", optional: true, help: "positions of the marks"),
    .numbers("y_ticks", optional: true, help: "positions of the marks"),
    .choice("legend", ["below", "right", "hidden"], default: "below"),
  ]

  fileprivate init(_ plot: String, _ options: LuaOptions) throws {
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
