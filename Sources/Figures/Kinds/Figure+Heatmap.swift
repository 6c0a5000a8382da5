import Algorithms

extension Figure {
  /// A matrix of shaded cells, first row on top. NaN is an empty cell.
  public struct Heatmap: Sendable, Hashable {
    public var rows: [String]
    public var columns: [String]
    /// (rows, columns).
    public var values: [[Double]]
    /// What is written in a cell, (rows, columns); nil writes the value.
    public var cellText: [[String]]?
    /// The meaning of the colours, beside the scale.
    public var scale: String

    public init(
      rows: [String], columns: [String], values: [[Double]], cellText: [[String]]? = nil, scale: String = ""
    ) {
      self.rows = rows
      self.columns = columns
      self.values = values
      self.cellText = cellText
      self.scale = scale
    }
  }

  /// A value in a row of a table.
  public enum Cell: Sendable, Hashable {
    case number(Double)
    case text(String)

    /// Integers without a fraction, other numbers with as few digits as read back the same.
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
  /// Numbers are sorted in ascending order, text is in order of appearance. A pair that is missing is an empty cell; of
  /// a pair that appears twice, the later row counts.
  ///
  /// - Throws: ``FigureError`` for no rows, a column that is missing in a row, a value that is not a number, no finite
  ///   value, and more cells than a figure holds.
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
    // A NaN does not identify a row or column: it equals none.
    let rowIndices = Dictionary(zip(lines, lines.indices), uniquingKeysWith: { first, _ in first })
    let columnIndices = Dictionary(zip(columns, columns.indices), uniquingKeysWith: { first, _ in first })
    var values = [[Double]](repeating: [Double](repeating: .nan, count: columns.count), count: lines.count)
    for (index, cell) in try column(value, of: rows).enumerated() {
      guard case .number(let number) = cell else {
        throw .notANumber(plot: "heatmap", column: value, row: index + 1, value: cell.label)
      }
      guard let row = rowIndices[ys[index]], let column = columnIndices[xs[index]] else { continue }
      values[row][column] = number
    }
    var options = options
    if options.xLabel.isEmpty { options.xLabel = x }
    if options.yLabel.isEmpty { options.yLabel = y }
    return try heatmap(
      rows: lines.map(\.label), columns: columns.map(\.label), values: values, scale: value, options: options)
  }

  /// A heatmap of a matrix (rows, columns).
  ///
  /// - Throws: ``FigureError`` for lists of different lengths, no rows or columns, no finite value, and more cells than
  ///   a figure holds.
  public static func heatmap(
    rows: [String], columns: [String], values: [[Double]], cellText: [[String]]? = nil, scale: String = "",
    options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    guard !rows.isEmpty, !columns.isEmpty else { throw .empty(plot: "heatmap") }
    let listOfRows = "the list of rows"
    let listOfColumns = "the list of columns"
    try checkLength("heatmap", "values", values.count, equal: listOfRows, rows.count)
    try checkLength("heatmap", "the cell text", cellText?.count ?? rows.count, equal: listOfRows, rows.count)
    for (index, row) in rows.enumerated() {
      try checkLength("heatmap", row, values[index].count, equal: listOfColumns, columns.count)
      let texts = cellText?[index].count ?? columns.count
      try checkLength("heatmap", "the cell text of " + row, texts, equal: listOfColumns, columns.count)
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
    let distinct = Array(cells.uniqued())
    let numbers = distinct.compactMap { if case .number(let value) = $0 { value } else { nil } }
    return numbers.count == distinct.count ? numbers.sorted().map(Cell.number) : distinct
  }
}

extension Figure.Content {
  public static func heatmap(_ map: Figure.Heatmap) -> Self { Self(map) }
}

extension Figure.Heatmap: FigureKind {
  package static let plots = [
    PlotDeclaration("heatmap", "A matrix of shaded cells", fields: ["x", "y", "value"], hasSeries: false) {
      data in
      if let rows = try data.rows {
        func column(_ field: String) throws -> String {
          if let name = try data.column(field) { return name }
          throw FigureError.missingField(
            plot: data.plot, series: "", field: field, expected: "expected the name of a column of the rows")
        }
        return try Figure.heatmap(
          rows: rows, x: column("x"), y: column("y"), value: column("value"), options: data.options)
      }
      guard let series = try data.series(main: "value").first,
        let values = try data.matrix("value", of: series)
      else { throw FigureError.empty(plot: data.plot) }
      func labels(_ field: String, _ count: Int) throws -> [String] {
        try data.labels(field, of: series) ?? (0..<count).map { "\($0 + 1)" }
      }
      return try Figure.heatmap(
        rows: labels("y", values.count), columns: labels("x", values.first?.count ?? 0), values: values,
        options: data.options)
    }
  ]

  package var names: [String] { [] }
  package var pointCount: Int { rows.count * columns.count }
  package var labels: [String] { rows + columns + (cellText ?? []).joined() }
  package var plotHeight: Double {
    max(
      min(max(Double(rows.count) * 40, 160), 900),
      min(TextMeasure.axis.width(scale), FigureLayout.widestTitle))
  }
  package var scaleWidth: Double? {
    56 + (scaleTicks.map { TextMeasure.tick.width($0.label) }.max() ?? 0) + (scale.isEmpty ? 0 : 24)
  }
  package var namesAxes: Bool { true }

  package var bounds: PanelBounds {
    PanelBounds(
      x: 0.5...Double(columns.count) + 0.5, y: 0.5...Double(rows.count) + 0.5, xLabels: columns, yLabels: rows
    )
  }

  /// The lowest and highest finite value.
  private var limits: (low: Double, high: Double) {
    let finite = values.joined().filter(\.isFinite)
    return (finite.min() ?? 0, finite.max() ?? 1)
  }

  /// What is written in a cell.
  private func text(_ row: Int, _ column: Int) -> String {
    cellText?[row][column] ?? PlotNumber.short(values[row][column])
  }
}

// As text: in each cell a shade and the value.
extension Figure.Heatmap {
  private static let shades = [" ", "░", "▒", "▓", "█"]

  /// The lowest value has the lightest shade, not none: an empty cell is another thing.
  private static func shade(_ fraction: Double) -> String { shades[min(Int(fraction * 4), 3) + 1] }

  package func text(_ panel: Figure.Panel, width: Int, _ style: TextStyle) -> [String] {
    let (low, high) = limits
    let texts = rows.indices.map { row in
      columns.indices.map { DisplayText.line(text(row, $0)) }
    }
    let rowLabels = rows.map { DisplayText.cut(DisplayText.line($0), to: width / 3) }
    let columnLabels = columns.map(DisplayText.line)
    let gutter = rowLabels.map(DisplayText.width).max() ?? 0
    let room = max((width - gutter - 2) / columns.count - 1, 2)
    let widest = (texts.joined().map(DisplayText.width).max() ?? 0) + 3
    // Without room for values, shades alone.
    let showsText = widest <= room
    let cell = min(max(widest, columnLabels.map(DisplayText.width).max() ?? 0), room)
    let line = { (label: String, cells: [String]) in
      DisplayText.pad(label, to: gutter, right: true) + " │" + cells.joined(separator: " ")
    }
    var lines = rows.indices.map { row in
      line(
        rowLabels[row],
        columns.indices.map { column in
          let value = values[row][column]
          guard value.isFinite else { return String(repeating: "·", count: cell) }
          let shade = Self.shade(PlotNumber.fraction(value, from: low, to: high))
          guard showsText else { return String(repeating: shade, count: cell) }
          return shade + shade + DisplayText.pad(texts[row][column], to: cell - 2, right: true)
        })
    }
    let header = columnLabels.map { DisplayText.pad(DisplayText.cut($0, to: cell), to: cell, right: true) }
    lines.insert(line("", header), at: 0)
    let x = DisplayText.line(panel.x.label)
    let y = DisplayText.line(panel.y.label)
    let corner = [y.isEmpty ? "" : "\(y) ↓", x.isEmpty ? "" : "\(x) →"].filter { !$0.isEmpty }
    if !corner.isEmpty { lines.insert(corner.joined(separator: "  "), at: 0) }
    let shades = Self.shades.dropFirst().joined()
    lines.append("\(PlotNumber.short(low)) \(shades) \(PlotNumber.short(high))  \(DisplayText.line(scale))")
    return lines.map { $0.last == " " ? String($0.reversed().drop { $0 == " " }.reversed()) : $0 }
  }
}

// By gnuplot: shaded cells with their text, and the scale of shades beside them.
extension Figure.Heatmap {
  private static let cellStyle =
    "using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid noborder linecolor rgb variable"

  package func plot(
    _ panel: Figure.Panel, in box: FigureLayout.Box, _ frame: PanelFrame, by script: inout GnuplotScript
  ) {
    let (low, high) = limits
    // Text that would not fit its cell is left out in all cells, so that no cell is conspicuous by chance.
    let cellWidth = (box.right - box.left) / Double(columns.count)
    let cellHeight = (box.bottom - box.top) / Double(rows.count)
    let texts = values.indices.map { row in columns.indices.map { text(row, $0) } }
    let widest = texts.joined().map(TextMeasure.tick.width).max() ?? 0
    let showsText = widest + 6 <= cellWidth && cellHeight >= 15
    // One pixel of white on each side of a cell.
    let half = (x: 0.5 - min(1 / cellWidth, 0.1), y: 0.5 - min(1 / cellHeight, 0.1))
    var boxes: [[Double]] = []
    for (row, values) in values.enumerated() {
      for (column, value) in values.enumerated() {
        let x = Double(column + 1)
        let y = Double(rows.count - row)
        let shade = Palette.shade(value.isFinite ? PlotNumber.fraction(value, from: low, to: high) : .nan)
        boxes.append([x - half.x, x + half.x, y - half.y, y + half.y, Double(shade)])
        guard showsText, value.isFinite else { continue }
        script.lines.append(
          "set label \(GnuplotText.quoted(texts[row][column])) at "
            + "\(PlotNumber.exact(x)),\(PlotNumber.exact(y)) "
            + "center front font ',11' textcolor rgb \(GnuplotText.colour(Palette.ink(on: shade)))")
      }
    }
    let names = rows.enumerated().map {
      PanelFrame.Tick(position: Double(rows.count - $0), label: $1)
    }
    script.lines += [
      "set ytics (\(script.ticks(names)))", "unset grid", "unset border",
      "set tics scale 0 \(GnuplotScript.tickColour)",
    ]
    let data = script.block(boxes: boxes)
    script.plot(["\(data) \(Self.cellStyle)"])
    addScale(beside: box, to: &script)
    script.lines += [
      GnuplotScript.border, "unset y2tics", "unset y2label",
      "set tics scale 0.5 \(GnuplotScript.tickColour)", GnuplotScript.grid,
    ]
  }

  /// The ends of the scale of shades; those of equal values are one apart.
  private var ends: (low: Double, high: Double) {
    let (low, high) = limits
    return high > low ? (low, high) : (low - 0.5, high + 0.5)
  }

  private var scaleTicks: [PanelFrame.Tick] {
    PlotNumber.ticks(in: ends.low...ends.high, about: 5).map {
      PanelFrame.Tick(position: $0, label: PlotNumber.short($0))
    }
  }

  private func addScale(beside box: FigureLayout.Box, to script: inout GnuplotScript) {
    let (low, high) = limits
    let height = min(box.bottom - box.top, 260)
    let top = (box.top + box.bottom - height) / 2
    script.place(
      FigureLayout.Box(left: box.right + 16, top: top, right: box.right + 30, bottom: top + height))
    let (bottom, end) = ends
    let steps = 64
    let boxes = (0..<steps).map { step in
      // Weights, since the distance of the ends may be infinite.
      let fraction = Double(step) / Double(steps)
      let start = bottom * (1 - fraction) + end * fraction
      let shade = high > low ? (Double(step) + 0.5) / Double(steps) : 0.5
      // Each up to the end, under the next ones: no seams.
      return [0, 1, start, end, Double(Palette.shade(shade))]
    }
    let span = GnuplotText.number(bottom) + ":" + GnuplotText.number(end)
    let data = script.block(boxes: boxes)
    script.lines += [
      "unset label", "unset title", "unset xlabel", "unset ylabel", "unset xtics", "unset ytics",
      "set xrange [0:1]",
      "set yrange [\(span)]", "set y2range [\(span)]",
      "set y2tics offset -0.5,0 (\(script.ticks(scaleTicks))) \(GnuplotScript.tickColour)",
      "set y2label \(GnuplotScript.title(scale, .axis)) offset -0.5,0 textcolor rgb '#222222'",
    ]
    script.plot(["\(data) \(Self.cellStyle)"])
  }

  package func legendStyle(_ series: Int, by script: GnuplotScript) -> String {
    "boxes fillstyle solid noborder"  // a heatmap has no series
  }
}
