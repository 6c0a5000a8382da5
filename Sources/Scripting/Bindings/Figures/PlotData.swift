import Figures
import LuaHost
import Tensors

/// The data of one plot: one series, several, or rows. See ``PlotBindings`` for the forms.
struct PlotData {
  /// One series: a name and what was given for each field.
  struct Series {
    let name: String
    /// How errors call it: `series 'ridge'`.
    let shown: String
    fileprivate(set) var fields: [String: LuaValue]
  }

  /// The plot, as errors call it.
  let plot: String
  /// What goes with the data, axis labels from column names filled in.
  var options: PlotOptions
  private let given: LuaOptions
  private let fields: [String]

  init(_ plot: String, _ given: LuaOptions, fields: [String], options: PlotOptions) {
    self.plot = plot
    self.given = given
    self.fields = fields
    self.options = options
  }

  /// An option that is no data.
  subscript(_ name: String) -> LuaValue { given[name] }

  /// The rows, when the data comes so.
  var rows: PlotRows? {
    get throws { given.has("rows") ? try PlotRows(plot, given["rows"]) : nil }
  }

  /// The name of the column for a field of the rows form.
  func column(_ field: String) throws -> String? {
    if given[field].isNil { return nil }
    guard let name = given[field].string else {
      throw ScriptError(
        "\(plot): field '\(field)': with rows, expected the name of a column, got \(given[field].typeName)")
    }
    return name
  }

  /// The series, whatever form they came in. `main` is what a bare list stands for.
  func series(main: String) throws -> [Series] {
    let series = try collected(main: main)
    let values = series.reduce(0) { $0 + $1.fields.values.reduce(0) { $0 + Self.count($1) } }
    try Figure.check(plot, "values", values, atMost: Self.maxValues)
    return series
  }

  /// The most values of all series: an expanded tensor, or one tensor in every series, has more than it takes memory.
  private static let maxValues = 4_000_000

  /// The values in a field, before they are read.
  private static func count(_ value: LuaValue) -> Int {
    if let tensor = value.object(Tensor.self) { return max(tensor.count, tensor.shape.first ?? 1) }
    return value.table?.list.reduce(0) { $0 + count($1) } ?? 1
  }

  private func collected(main: String) throws -> [Series] {
    if let rows = try rows { return try grouped(rows) }
    if given.has("group") {
      throw ScriptError(
        "\(plot): 'group' names a column of rows", hint: "give rows, or one series for each group")
    }
    guard given.has("series") else {
      let values = fields.filter { given.has($0) }.map { ($0, given[$0]) }
      if values.isEmpty { throw FigureError.empty(plot: plot) }
      return [Series(name: "", shown: "", fields: Dictionary(uniqueKeysWithValues: values))]
    }
    for field in fields where field != "x" && given.has(field) {
      throw ScriptError("\(plot): '\(field)' belongs into each of the series, not beside them")
    }
    let table = given["series"].table ?? LuaTable()
    guard table.list.isEmpty || table.fields.isEmpty else {
      throw ScriptError("\(plot): series: expected a list, or values by name, not both")
    }
    let listed = try table.list.enumerated().map { index, value in
      try one(value, name: nil, shown: "series \(index + 1)", main: main)
    }
    let named = try table.fields.map { field in
      try one(field.value, name: field.name, shown: "series '\(field.name)'", main: main)
    }
    if listed.isEmpty && named.isEmpty { throw FigureError.empty(plot: plot) }
    return listed + named
  }

  private func one(_ value: LuaValue, name: String?, shown: String, main: String) throws -> Series {
    var series = Series(name: name ?? "", shown: shown + ": ", fields: [:])
    if let table = value.table, !table.fields.isEmpty {
      let known = fields.filter { $0 != "group" } + (name == nil ? ["name"] : [])
      guard table.list.isEmpty else {
        throw ScriptError("\(plot): \(shown): unknown key '1'; it takes \(known.joined(separator: ", "))")
      }
      for field in table.fields where !known.contains(field.name) {
        let hint = field.name.nearest(in: known).map { "did you mean '\($0)'?" }
        let takes = "it takes " + known.joined(separator: ", ")
        throw ScriptError(
          "\(plot): \(shown): unknown key '\(field.name)'; \(hint ?? takes)"
        )
      }
      for field in table.fields where field.name != "name" { series.fields[field.name] = field.value }
      if name == nil, !table["name"].isNil {
        guard let text = table["name"].string else {
          throw ScriptError("\(plot): \(shown): name: expected string, got \(table["name"].typeName)")
        }
        series = Series(name: text, shown: "series '\(text)': ", fields: series.fields)
      }
    } else {
      series.fields[main] = value
    }
    if series.fields["x"] == nil, given.has("x") { series.fields["x"] = given["x"] }
    return series
  }

  private func grouped(_ rows: PlotRows) throws -> [Series] {
    if given.has("series") { throw ScriptError("\(plot): give rows or series, not both") }
    let group = try column("group")
    return try rows.groups(by: group).map { name, part in
      var series = Series(name: name, shown: name.isEmpty ? "" : "group '\(name)': ", fields: [:])
      for field in fields where field != "group" {
        if let column = try column(field) {
          series.fields[field] = .table(LuaTable(list: try part.values(column)))
        }
      }
      return series
    }
  }
}

extension PlotData {
  /// The numbers of a field; nil when it was left out.
  func numbers(_ field: String, of series: Series) throws -> [Double]? {
    guard let value = series.fields[field] else { return nil }
    return try Self.numbers(value, "\(plot): \(series.shown)\(field)")
  }

  /// The numbers of a field that has to be there.
  func needed(_ field: String, of series: Series) throws -> [Double] {
    if let numbers = try numbers(field, of: series) { return numbers }
    throw ScriptError(
      "\(plot): \(series.shown)'\(field)' is missing: expected a list of numbers or a tensor")
  }

  /// The labels of a field: text or numbers.
  func labels(_ field: String, of series: Series) throws -> [String]? {
    guard let value = series.fields[field] else { return nil }
    return try Self.labels(value, "\(plot): \(series.shown)\(field)")
  }

  /// A field of rows of numbers, each of one length; nil when it was left out.
  func matrix(_ field: String, of series: Series) throws -> [[Double]]? {
    guard let value = series.fields[field] else { return nil }
    return try Self.matrix(value, "\(plot): \(series.shown)\(field)")
  }

  static func numbers(_ value: LuaValue, _ place: String) throws -> [Double] {
    if let tensor = value.object(Tensor.self) {
      guard tensor.rank == 1 else {
        throw TensorError.badShape(operation: place, shape: tensor.shape, expected: "one dimension")
      }
      return try tensor.detached().numbers
    }
    guard let table = value.table, table.fields.isEmpty else {
      throw ScriptError("\(place): expected a list of numbers or a tensor, got \(value.typeName)")
    }
    return try table.list.enumerated().map { index, element in
      if let number = element.number { return number }
      if let tensor = element.object(Tensor.self), tensor.count == 1 { return try tensor.item() }
      throw ScriptError("\(place)[\(index + 1)]: expected number, got \(element.typeName)")
    }
  }

  static func labels(_ value: LuaValue, _ place: String) throws -> [String] {
    if value.object(Tensor.self) != nil {
      return try numbers(value, place).map { Figure.Cell.number($0).label }
    }
    guard let list = value.table?.list else {
      throw ScriptError("\(place): expected a list of labels, got \(value.typeName)")
    }
    return try list.enumerated().map { index, element in
      guard let cell = PlotRows.cell(element) else {
        throw ScriptError("\(place)[\(index + 1)]: expected string or number, got \(element.typeName)")
      }
      return cell.label
    }
  }

  static func matrix(_ value: LuaValue, _ place: String) throws -> [[Double]] {
    try Figure.check(place, "values", count(value), atMost: maxValues)
    if let tensor = value.object(Tensor.self) {
      guard tensor.rank == 2 else {
        throw TensorError.badShape(operation: place, shape: tensor.shape, expected: "two dimensions")
      }
      let numbers = try tensor.detached().numbers
      let columns = tensor.shape[1]
      return (0..<tensor.shape[0]).map { Array(numbers[$0 * columns..<($0 + 1) * columns]) }
    }
    guard let table = value.table, table.fields.isEmpty else {
      throw ScriptError("\(place): expected a list of rows or a tensor, got \(value.typeName)")
    }
    let rows = try table.list.enumerated().map { try numbers($1, "\(place)[\($0 + 1)]") }
    if let odd = rows.firstIndex(where: { $0.count != rows[0].count }) {
      throw ScriptError(
        "\(place): row \(odd + 1) has \(rows[odd].count) numbers, row 1 has \(rows[0].count); "
          + "make them equally long"
      )
    }
    return rows
  }
}
