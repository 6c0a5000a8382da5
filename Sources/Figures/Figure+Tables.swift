extension Figure {
  /// Bars: one group per label, one bar of each series in it.
  public static func bars(
    labels: [String], _ series: [NamedValues], options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    guard !labels.isEmpty, !series.isEmpty else { throw .empty(plot: "bars") }
    for one in series {
      try same("bars", one.name, one.values.count, as: "the list of labels", labels.count)
      guard one.values.contains(where: \.isFinite) else { throw .nothingFinite(plot: "bars", name: one.name) }
    }
    let bars = Bars(labels: labels, names: series.map(\.name), values: series.map(\.values))
    return try options.figure("bars", .bars(bars))
  }

  /// One bar per name.
  public static func bars(
    _ values: [String: Double], options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    let sorted = values.sorted { $0.key < $1.key }
    return try bars(labels: sorted.map(\.key), [NamedValues("", sorted.map(\.value))], options: options)
  }

  /// A value in a row of a table.
  public enum Cell: Sendable, Hashable {
    case number(Double)
    case text(String)

    /// Whole numbers without a fraction, others as short as they read back the same.
    public var label: String {
      switch self {
      case .number(let value): PlotNumber.exact(value)
      case .text(let text): text
      }
    }
  }

  /// A heatmap of rows of named values: column `x` says which column a row's `value` goes to, column `y`
  /// which row.
  ///
  /// Numbers are put in rising order, text in order of appearance. A pair that is not there is an empty cell;
  /// of a pair that is there twice, the later row counts.
  public static func heatmap(
    rows: [[String: Cell]], x: String, y: String, value: String, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    guard !rows.isEmpty else { throw .empty(plot: "heatmap") }
    let xs = try column(x, of: rows)
    let ys = try column(y, of: rows)
    let columns = order(xs)
    let lines = order(ys)
    try check("heatmap", "rows", lines.count, atMost: maxPoints)
    try check("heatmap", "columns", columns.count, atMost: maxPoints)
    try check("heatmap", "cells", lines.count * columns.count, atMost: maxPoints)
    // A NaN is no name: it equals none.
    let rowPlaces = Dictionary(zip(lines, lines.indices), uniquingKeysWith: { first, _ in first })
    let columnPlaces = Dictionary(zip(columns, columns.indices), uniquingKeysWith: { first, _ in first })
    var values = [[Double]](repeating: [Double](repeating: .nan, count: columns.count), count: lines.count)
    for (index, cell) in try column(value, of: rows).enumerated() {
      guard case .number(let number) = cell else {
        throw .notANumber(plot: "heatmap", column: value, row: index + 1, value: cell.label)
      }
      guard let row = rowPlaces[ys[index]], let column = columnPlaces[xs[index]] else { continue }
      values[row][column] = number
    }
    var options = options
    if options.xLabel.isEmpty { options.xLabel = x }
    if options.yLabel.isEmpty { options.yLabel = y }
    return try heatmap(
      rows: lines.map(\.label), columns: columns.map(\.label), values: values, scale: value, options: options)
  }

  /// A heatmap of a matrix (rows, columns).
  public static func heatmap(
    rows: [String], columns: [String], values: [[Double]], cellText: [[String]]? = nil, scale: String = "",
    options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    guard !rows.isEmpty, !columns.isEmpty else { throw .empty(plot: "heatmap") }
    try same("heatmap", "values", values.count, as: "the list of rows", rows.count)
    try same("heatmap", "the cell text", cellText?.count ?? rows.count, as: "the list of rows", rows.count)
    for (index, row) in rows.enumerated() {
      try same("heatmap", row, values[index].count, as: "the list of columns", columns.count)
      let texts = cellText?[index].count ?? columns.count
      try same("heatmap", "the cell text of " + row, texts, as: "the list of columns", columns.count)
    }
    guard values.contains(where: { $0.contains(where: \.isFinite) }) else {
      throw .nothingFinite(plot: "heatmap", name: scale.isEmpty ? "values" : scale)
    }
    let map = Heatmap(rows: rows, columns: columns, values: values, cellText: cellText, scale: scale)
    return try options.figure("heatmap", .heatmap(map))
  }

  private static func column(_ name: String, of rows: [[String: Cell]]) throws(FigureError) -> [Cell] {
    var cells: [Cell] = []
    for (index, row) in rows.enumerated() {
      guard let cell = row[name] else {
        throw .missingColumn(plot: "heatmap", column: name, row: index + 1, known: row.keys.sorted())
      }
      cells.append(cell)
    }
    return cells
  }

  private static func order(_ cells: [Cell]) -> [Cell] {
    var seen: Set<Cell> = []
    let distinct = cells.filter { seen.insert($0).inserted }
    let numbers = distinct.compactMap { if case .number(let value) = $0 { value } else { nil } }
    return numbers.count == distinct.count ? numbers.sorted().map(Cell.number) : distinct
  }
}
