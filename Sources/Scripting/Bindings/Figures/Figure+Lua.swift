import Figures
import LuaHost
import Metrics

// The figures of `nj.plot`, from the data a script gave.
extension Figure {
  static func lines(of data: PlotData) throws -> Figure {
    let lines = try data.series(main: "y").map { try line($0, data, needsBand: false) }
    return try drawn(lines, data)
  }

  static func bands(of data: PlotData) throws -> Figure {
    let lines = try data.series(main: "runs").map { series in
      guard let runs = try data.matrix("runs", of: series) else {
        return try line(series, data, needsBand: true)
      }
      guard !runs.isEmpty, !runs[0].isEmpty else {
        throw ScriptError("bands: \(series.shown)runs is empty; give (run, point)")
      }
      let points = runs[0].indices.map { point in runs.map { $0[point] } }
      return Line(
        series.name, x: try positions(series, data, count: points.count), y: points.map(Statistics.mean),
        low: points.map { Statistics.percentile(5, of: $0) },
        high: points.map { Statistics.percentile(95, of: $0) })
    }
    return try drawn(lines, data)
  }

  static func scatter(of data: PlotData) throws -> Figure {
    var x: [Double] = []
    var y: [Double] = []
    var groups: [String] = []
    for series in try data.series(main: "y") {
      let heights = try data.needed("y", of: series)
      let places = try data.needed("x", of: series)
      try same(data, series, "y", heights.count, as: "x", places.count)
      x += places
      y += heights
      groups += heights.map { _ in series.name }
    }
    return try scatter(x: x, y: y, groups: groups, options: labelled(data))
  }

  static func bars(of data: PlotData) throws -> Figure {
    if try data.rows != nil { return try groupedBars(of: data) }
    var labels: [String]?
    let values = try data.series(main: "y").map { series in
      let heights = try data.needed("y", of: series)
      let own = try data.labels("x", of: series) ?? heights.indices.map { "\($0 + 1)" }
      if let labels, labels != own {
        throw ScriptError("bars: \(series.shown)x: its labels are not those of the first series")
      }
      labels = own
      return NamedValues(series.name, heights)
    }
    return try bars(labels: labels ?? [], values, options: data.options)
  }

  /// Bars from rows: a label that a group does not have is a missing bar.
  private static func groupedBars(of data: PlotData) throws -> Figure {
    let series = try data.series(main: "y")
    let parts = try series.map { one in
      guard let labels = try data.labels("x", of: one) else {
        throw ScriptError("bars: 'x' is missing: expected the name of the column with the labels")
      }
      return Dictionary(zip(labels, try data.needed("y", of: one)), uniquingKeysWith: { $1 })
    }
    var seen: Set<String> = []
    let labels = try series.flatMap { try data.labels("x", of: $0) ?? [] }.filter { seen.insert($0).inserted }
    let values = zip(series, parts).map { one, part in NamedValues(one.name, labels.map { part[$0] ?? .nan })
    }
    return try bars(labels: labels, values, options: labelled(data))
  }

  static func histogram(of data: PlotData) throws -> Figure {
    let values = try data.series(main: "x").map { NamedValues($0.name, try data.needed("x", of: $0)) }
    return try histogram(values, bins: data["bins"].integer, options: labelled(data))
  }

  static func heatmap(of data: PlotData) throws -> Figure {
    if let rows = try data.rows {
      func column(_ field: String) throws -> String {
        if let name = try data.column(field) { return name }
        throw ScriptError("heatmap: '\(field)' is missing: expected the name of a column of the rows")
      }
      let x = try column("x")
      let y = try column("y")
      let value = try column("value")
      return try heatmap(rows: rows.cells, x: x, y: y, value: value, options: data.options)
    }
    guard !data["value"].isNil else { throw FigureError.empty(plot: "heatmap") }
    let values = try PlotData.matrix(data["value"], "heatmap: value")
    func labels(_ field: String, _ count: Int) throws -> [String] {
      try data[field].isNil
        ? (0..<count).map { "\($0 + 1)" } : PlotData.labels(data[field], "heatmap: \(field)")
    }
    return try heatmap(
      rows: labels("y", values.count), columns: labels("x", values.first?.count ?? 0), values: values,
      options: data.options)
  }

  private static func line(_ series: PlotData.Series, _ data: PlotData, needsBand: Bool) throws -> Line {
    let y = try data.needed("y", of: series)
    let low = try data.numbers("low", of: series)
    let high = try data.numbers("high", of: series)
    guard (low == nil) == (high == nil), low != nil || !needsBand else {
      let missing = low == nil ? "low" : "high"
      throw ScriptError("\(data.plot): \(series.shown)'\(missing)' is missing: a band needs low and high")
    }
    try same(data, series, "low", low?.count ?? y.count, as: "y", y.count)
    try same(data, series, "high", high?.count ?? y.count, as: "y", y.count)
    return Line(series.name, x: try positions(series, data, count: y.count), y: y, low: low, high: high)
  }

  /// The x of a line; 1, 2, 3, … when it was left out.
  private static func positions(_ series: PlotData.Series, _ data: PlotData, count: Int) throws -> [Double] {
    guard let x = try data.numbers("x", of: series) else { return (0..<count).map { Double($0 + 1) } }
    try same(data, series, "y", count, as: "x", x.count)
    return x
  }

  private static func same(
    _ data: PlotData, _ series: PlotData.Series, _ field: String, _ count: Int, as other: String,
    _ expected: Int
  ) throws {
    guard count != expected else { return }
    throw ScriptError(
      "\(data.plot): \(series.shown)\(field) has \(count) values, but \(other) has \(expected); "
        + "make them equally long")
  }

  private static func drawn(_ lines: [Line], _ data: PlotData) throws -> Figure {
    for line in lines where !zip(line.x, line.y).contains(where: { $0.isFinite && $1.isFinite }) {
      if line.y.isEmpty { throw FigureError.empty(plot: data.plot) }
      throw FigureError.nothingFinite(plot: data.plot, name: line.name)
    }
    let options = try labelled(data)
    let panel = Panel(
      title: options.title, x: Axis(options.xLabel, range: options.xRange, ticks: options.xTicks),
      y: Axis(options.yLabel, range: options.yRange, ticks: options.yTicks), legend: options.legend,
      content: .lines(lines))
    return try Figure(caption: options.caption, panels: [panel]).bounded(data.plot)
  }

  /// The options, with the columns' names on axes that have no label.
  private static func labelled(_ data: PlotData) throws -> PlotOptions {
    var options = data.options
    guard try data.rows != nil else { return options }
    if options.xLabel.isEmpty { options.xLabel = try data.column("x") ?? "" }
    if options.yLabel.isEmpty, !data["y"].isNil { options.yLabel = try data.column("y") ?? "" }
    return options
  }
}
