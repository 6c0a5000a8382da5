import Figures
import LuaHost

/// `nj.plot`: every plot takes one table; its data comes in one of three forms.
///
/// 1. One series: `{ x = list, y = list }` (a list is a Lua list of numbers or a tensor of one dimension).
/// 2. Several: `{ series = { { name = "ridge", x = …, y = … }, … } }`, or `series = { ridge = list, … }`,
///    which is drawn in the order of the names; an `x` beside `series` is shared.
/// 3. Rows, as `nj.run.table` takes them: `{ rows = rows, x = "column", y = "column", group = "column" }`;
///    then x, y, low, high, value and group name columns, and every value of the group column is a series.
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
/// Beside the data each takes title, caption, x_label, y_label, x_range, y_range, x_ticks, y_ticks,
/// legend.
enum PlotBindings {
  static let module = LuaModule(
    "plot", "Figures, from lists, tensors or rows of named values", functions: plots + [panels])

  static let plots: [LuaFunction] = [
    plot("lines", "Lines; with low and high, bands around them", lineFields) { try Figure.lines(of: $0) },
    plot("bands", "Lines with a band: low and high, or runs for mean, 5th and 95th percentile", bandFields) {
      try Figure.bands(of: $0)
    },
    plot("scatter", "Points", ["x", "y", "group"]) { try Figure.scatter(of: $0) },
    plot("bars", "Bars over labels, one of each series side by side", ["x", "y", "group"]) {
      try Figure.bars(of: $0)
    },
    plot("histogram", "How often values fall into bins of one width", ["x", "group"], bins) {
      try Figure.histogram(of: $0)
    },
    plot("heatmap", "A matrix of shaded cells", ["x", "y", "value"], hasSeries: false) {
      try Figure.heatmap(of: $0)
    },
  ]

  private static let lineFields = ["x", "y", "low", "high", "group"]
  private static let bandFields = lineFields + ["runs"]
  private static let bins: [LuaParameter] = [.integer("bins", optional: true, min: 1, max: 10_000)]

  private static func plot(
    _ name: String, _ summary: String, _ data: [String], _ more: [LuaParameter] = [], hasSeries: Bool = true,
    _ make: @escaping @Sendable (PlotData) throws -> Figure
  ) -> LuaFunction {
    let fields =
      data.map { LuaParameter.any($0, optional: true, help: "a list or tensor; with rows, a column's name") }
      + (hasSeries
        ? [.table("series", optional: true, help: "named series, each with the fields above")] : [])
      + [.list("rows", of: .table, optional: true, help: "rows of named values")] + more
      + PlotOptions.parameters
    return LuaFunction(name, summary, [.options("plot", fields)], returns: "figure") { call in
      let options = try call.options(1)
      let plot = PlotData(name, options, fields: data, options: try PlotOptions(name, options))
      return try call.push(HeldFigure(make(plot), by: call))
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
    return try call.push(HeldFigure(figure.bounded("panels"), by: call))
  }
}
