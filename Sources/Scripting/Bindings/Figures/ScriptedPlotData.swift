import Figures
import LuaHost
import Metrics
import Support
import Tensors

/// The data of one plot from a script: one series, several, or rows. See ``PlotBindings`` for the forms.
final class ScriptedPlotData: PlotData {
  /// One series: a name and the value of each field.
  private struct Series {
    let name: String
    /// How errors name it: `series 'ridge': `.
    let label: String
    var fields: [String: LuaValue]
  }

  /// The function's name, for errors.
  let plot: String
  let options: PlotOptions
  private let given: LuaOptions
  private let declaration: PlotDeclaration
  private var fields: [String] { declaration.fields }
  private var collected: [Series] = []

  init(_ declaration: PlotDeclaration, _ given: LuaOptions, options: PlotOptions) {
    plot = declaration.name
    self.given = given
    self.declaration = declaration
    self.options = options
  }

  func integer(_ option: String) -> Int? { given[option].integer }

  var rows: [[String: Figure.Cell]]? {
    get throws { try scriptedRows?.cells }
  }

  private var scriptedRows: PlotRows? {
    get throws { given.has("rows") ? try PlotRows(plot, given["rows"]) : nil }
  }

  func column(_ field: String) throws -> String? {
    if given[field].isNil { return nil }
    guard let name = given[field].string else {
      throw ScriptError(
        "\(plot): field '\(field)': with rows, expected the name of a column, got \(given[field].typeName)")
    }
    return name
  }

  func series(main: String) throws -> [PlotSeries] {
    collected = try collect(main: main)
    let counts = fields.map { field in
      collected.reduce(0) { $0 + ($1.fields[field].map(Self.count) ?? 0) }
    }
    try Figure.check(plot, "values", counts.reduce(0, +), atMost: Self.maxValues)
    for (field, count) in zip(fields, counts) where !declaration.summarised.contains(field) {
      try Figure.check(plot, "values of '\(field)'", count, atMost: Figure.maxPoints)
    }
    return collected.enumerated().map { PlotSeries(name: $1.name, label: $1.label, index: $0) }
  }

  private func value(_ field: String, of series: PlotSeries) -> LuaValue? {
    collected[series.index].fields[field]
  }

  /// The largest number of values of all series: an expanded tensor, or one tensor in every series, has more values
  /// than it takes memory.
  private static let maxValues = 4_000_000

  /// The values in a field, before they are read.
  private static func count(_ value: LuaValue) -> Int {
    if let tensor = value.object(Tensor.self) { return max(tensor.count, tensor.shape.first ?? 1) }
    return value.table?.list.reduce(0) { $0 + count($1) } ?? 1
  }

  private func collect(main: String) throws -> [Series] {
    if let rows = try scriptedRows { return try grouped(rows) }
    if given.has("group") {
      throw ScriptError(
        "\(plot): 'group' names a column of rows", hint: "pass rows, or one series for each group")
    }
    guard given.has("series") else {
      let values = fields.filter { given.has($0) }.map { ($0, given[$0]) }
      if values.isEmpty { throw FigureError.empty(plot: plot) }
      return [Series(name: "", label: "", fields: Dictionary(uniqueKeysWithValues: values))]
    }
    for field in fields where field != "x" && given.has(field) {
      throw ScriptError("\(plot): '\(field)' belongs into each series, not beside them")
    }
    let table = given["series"].table ?? LuaTable()
    guard table.list.isEmpty || table.fields.isEmpty else {
      throw ScriptError("\(plot): series: expected a list, or values by name, not both")
    }
    let listed = try table.list.enumerated().map { index, value in
      try one(value, name: nil, label: "series \(index + 1)", main: main)
    }
    let named = try table.fields.map { field in
      try one(field.value, name: field.name, label: "series '\(field.name)'", main: main)
    }
    if listed.isEmpty && named.isEmpty { throw FigureError.empty(plot: plot) }
    return listed + named
  }

  private func one(_ value: LuaValue, name: String?, label: String, main: String) throws -> Series {
    var series = Series(name: name ?? "", label: label + ": ", fields: [:])
    if let table = value.table, !table.fields.isEmpty {
      let known = fields.filter { $0 != "group" } + (name == nil ? ["name"] : [])
      guard table.list.isEmpty else {
        throw ScriptError("\(plot): \(label): unknown key '1'; it takes \(known.joined(separator: ", "))")
      }
      for field in table.fields where !known.contains(field.name) {
        let hint = field.name.nearest(in: known).map { "did you mean '\($0)'?" }
        let takes = "it takes " + known.joined(separator: ", ")
        throw ScriptError(
          "\(plot): \(label): unknown key '\(field.name)'; \(hint ?? takes)"
        )
      }
      for field in table.fields where field.name != "name" { series.fields[field.name] = field.value }
      if name == nil, !table["name"].isNil {
        guard let text = table["name"].string else {
          throw ScriptError("\(plot): \(label): name: expected string, got \(table["name"].typeName)")
        }
        series = Series(name: text, label: "series '\(text)': ", fields: series.fields)
      }
    } else {
      series.fields[main] = value
    }
    if series.fields["x"] == nil, given.has("x") { series.fields["x"] = given["x"] }
    return series
  }

  private func grouped(_ rows: PlotRows) throws -> [Series] {
    if given.has("series") { throw ScriptError("\(plot): rows and series exclude each other") }
    let group = try column("group")
    return try rows.groups(by: group).map { name, part in
      var series = Series(name: name, label: name.isEmpty ? "" : "group '\(name)': ", fields: [:])
      for field in fields where field != "group" {
        if let column = try column(field) {
          series.fields[field] = .table(LuaTable(list: try part.values(column)))
        }
      }
      return series
    }
  }
}

extension ScriptedPlotData {
  func numbers(_ field: String, of series: PlotSeries) throws -> [Double]? {
    try value(field, of: series).map { try Self.numbers($0, "\(plot): \(series.label)\(field)") }
  }

  func labels(_ field: String, of series: PlotSeries) throws -> [String]? {
    try value(field, of: series).map { try Self.labels($0, "\(plot): \(series.label)\(field)") }
  }

  func matrix(_ field: String, of series: PlotSeries) throws -> [[Double]]? {
    try value(field, of: series).map { try Self.matrix($0, "\(plot): \(series.label)\(field)") }
  }

  func band(_ field: String, of series: PlotSeries) throws -> Band? {
    guard let runs = try matrix(field, of: series) else { return nil }
    guard !runs.isEmpty, !runs[0].isEmpty else {
      throw ScriptError("\(plot): \(series.label)\(field) is empty, expected (run, point)")
    }
    var band = Band(low: [], mid: [], high: [])
    var watch = Interruption.Watch()
    for point in runs[0].indices {
      try watch.count(512 + 64 * runs.count, plot)
      let values = runs.map { $0[point] }
      band.low.append(Statistics.percentile(5, of: values))
      band.mid.append(Statistics.mean(values))
      band.high.append(Statistics.percentile(95, of: values))
    }
    return band
  }

  private static func numbers(_ value: LuaValue, _ subject: String) throws -> [Double] {
    if let tensor = value.object(Tensor.self) {
      guard tensor.rank == 1 else {
        throw TensorError.badShape(operation: subject, shape: tensor.shape, expected: "one dimension")
      }
      return try tensor.detached().numbers
    }
    guard let table = value.table, table.fields.isEmpty else {
      throw ScriptError("\(subject): expected a list of numbers or a tensor, got \(value.typeName)")
    }
    var watch = Interruption.Watch()
    return try table.list.enumerated().map { index, element in
      try watch.count(64, subject)
      if let number = element.number { return number }
      if let tensor = element.object(Tensor.self), tensor.count == 1 { return try tensor.item() }
      throw ScriptError("\(subject)[\(index + 1)]: expected number, got \(element.typeName)")
    }
  }

  private static func labels(_ value: LuaValue, _ subject: String) throws -> [String] {
    if value.object(Tensor.self) != nil {
      return try numbers(value, subject).map { Figure.Cell.number($0).label }
    }
    guard let list = value.table?.list else {
      throw ScriptError("\(subject): expected a list of labels, got \(value.typeName)")
    }
    var watch = Interruption.Watch()
    return try list.enumerated().map { index, element in
      try watch.count(256, subject)
      guard let cell = PlotRows.cell(element) else {
        throw ScriptError("\(subject)[\(index + 1)]: expected string or number, got \(element.typeName)")
      }
      return cell.label
    }
  }

  private static func matrix(_ value: LuaValue, _ subject: String) throws -> [[Double]] {
    try Figure.check(subject, "values", count(value), atMost: maxValues)
    if let tensor = value.object(Tensor.self) {
      guard tensor.rank == 2 else {
        throw TensorError.badShape(operation: subject, shape: tensor.shape, expected: "two dimensions")
      }
      let numbers = try tensor.detached().numbers
      let columns = tensor.shape[1]
      return (0..<tensor.shape[0]).map { Array(numbers[$0 * columns..<($0 + 1) * columns]) }
    }
    guard let table = value.table, table.fields.isEmpty else {
      throw ScriptError("\(subject): expected a list of rows or a tensor, got \(value.typeName)")
    }
    let rows = try table.list.enumerated().map { try numbers($1, "\(subject)[\($0 + 1)]") }
    if let index = rows.firstIndex(where: { $0.count != rows[0].count }) {
      throw ScriptError(
        "\(subject): row \(index + 1) has \(rows[index].count) numbers, row 1 has \(rows[0].count)",
        hint: "make them equally long")
    }
    return rows
  }
}

/// Rows of named values, as a study collects them.
private struct PlotRows {
  private let plot: String
  /// Each row with its number, from 1.
  private let rows: [(number: Int, table: LuaTable)]

  init(_ plot: String, _ value: LuaValue) throws {
    let list = value.list ?? []
    guard !list.isEmpty else { throw FigureError.empty(plot: plot) }
    self.init(
      plot,
      try list.enumerated().map { index, value in
        guard let table = value.table, table.list.isEmpty else {
          throw ScriptError(
            "\(plot): row \(index + 1): expected a table of named values, got \(value.typeName)")
        }
        return (index + 1, table)
      })
  }

  private init(_ plot: String, _ rows: [(number: Int, table: LuaTable)]) {
    self.plot = plot
    self.rows = rows
  }

  /// The values of a column, which every row must have.
  func values(_ column: String) throws -> [LuaValue] {
    try rows.map { row in
      guard !row.table[column].isNil else {
        throw FigureError.missingColumn(
          plot: plot, column: column, row: row.number, known: row.table.fields.map(\.name))
      }
      return row.table[column]
    }
  }

  /// The rows with each value of a column, in order of appearance; without a column, one group of all rows without
  /// a name.
  func groups(by column: String?) throws -> [(name: String, rows: PlotRows)] {
    guard let column else { return [("", self)] }
    var names: [String] = []
    var groups: [Name: [(number: Int, table: LuaTable)]] = [:]
    for (row, value) in zip(rows, try values(column)) {
      guard let name = Self.cell(value)?.label else {
        throw ScriptError(
          "\(plot): row \(row.number): \(column): expected string or number, got \(value.typeName)")
      }
      if groups[name] == nil { names.append(name) }
      groups[name, default: []].append(row)
    }
    return names.map { ($0, PlotRows(plot, groups[$0] ?? [])) }
  }

  /// The rows as figures take them; values other than numbers and text are left out.
  var cells: [[String: Figure.Cell]] {
    rows.map { row in
      Dictionary(
        row.table.fields.compactMap { field in Self.cell(field.value).map { (field.name, $0) } },
        uniquingKeysWith: { $1 })
    }
  }

  /// A number, a text or a truth value as a cell; nil for other values.
  static func cell(_ value: LuaValue) -> Figure.Cell? {
    switch value {
    case .integer(let value): .number(Double(value))
    case .number(let value): .number(value)
    case .string(let value): .text(value)
    case .boolean(let value): .text(value ? "true" : "false")
    case .object(let object):
      object.as(Tensor.self).flatMap { $0.count == 1 ? try? .number($0.item()) : nil }
    default: nil
    }
  }
}
