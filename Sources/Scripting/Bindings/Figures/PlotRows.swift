import Figures
import LuaHost
import Tensors

/// Rows of named values, as a study gathers them.
struct PlotRows {
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

  /// The values of a column, all of which have to be there.
  func values(_ column: String) throws -> [LuaValue] {
    try rows.map { row in
      guard !row.table[column].isNil else {
        throw FigureError.missingColumn(
          plot: plot, column: column, row: row.number, known: row.table.fields.map(\.name))
      }
      return row.table[column]
    }
  }

  /// The rows with each value of a column, in order of appearance; all rows under no name without one.
  func groups(by column: String?) throws -> [(name: String, rows: PlotRows)] {
    guard let column else { return [("", self)] }
    var names: [String] = []
    var found: [String: [(number: Int, table: LuaTable)]] = [:]
    for (row, value) in zip(rows, try values(column)) {
      guard let name = Self.cell(value)?.label else {
        throw ScriptError(
          "\(plot): row \(row.number): \(column): expected string or number, got \(value.typeName)")
      }
      if found[name] == nil { names.append(name) }
      found[name, default: []].append(row)
    }
    return names.map { ($0, PlotRows(plot, found[$0] ?? [])) }
  }

  /// The rows as figures take them; what is no number or text is left out.
  var cells: [[String: Figure.Cell]] {
    rows.map { row in
      Dictionary(
        row.table.fields.compactMap { field in Self.cell(field.value).map { (field.name, $0) } },
        uniquingKeysWith: { $1 })
    }
  }

  /// A number, a text or a truth value as a cell.
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
