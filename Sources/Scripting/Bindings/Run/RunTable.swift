import Figures
import LuaHost
import Tensors

/// Rows of named values as a table; see `nj.run.table`.
enum RunTable {
  /// - Parameter columns: the columns to show, in their order; nil shows all, sorted by name, numbers in
  ///   names as numbers ("epoch 6" before "epoch 11").
  /// - Throws: ``ScriptError`` naming row and column of what is no value.
  static func make(_ name: String, rows: [LuaValue], columns: [String]?) throws -> ResultTable {
    guard !rows.isEmpty else { throw ScriptError("table: '\(name)' has no rows") }
    let tables = try rows.enumerated().map { index, row in
      guard let table = row.table, table.list.isEmpty else {
        throw ScriptError("table: row \(index + 1): expected a table of named values, got \(kind(row))")
      }
      return table
    }
    let known = Set(tables.flatMap { $0.fields.map(\.name) })
    let names = try columns.map { try checked($0, known) } ?? known.sorted(by: isBefore)
    guard !names.isEmpty else { throw ScriptError("table: the rows of '\(name)' are empty") }
    let cells = try tables.enumerated().map { index, table in
      try names.map { try cell(table[$0], "row \(index + 1), '\($0)'") }
    }
    return ResultTable(title: name, columns: names.map { ResultTable.Column($0) }, rows: cells)
  }

  private static func kind(_ value: LuaValue) -> String { value.table == nil ? value.typeName : "a list" }

  private static func checked(_ columns: [String], _ known: Set<String>) throws -> [String] {
    for column in columns where !known.contains(column) {
      let hint = column.nearest(in: known.sorted()).map { "did you mean '\($0)'?" }
      throw ScriptError(
        "table: no row has '\(column)'; \(hint ?? "there is " + known.sorted().joined(separator: ", "))")
    }
    return columns
  }

  private static func cell(_ value: LuaValue, _ place: String) throws -> ResultTable.Cell {
    switch value {
    case .nil: .empty
    case .boolean(let value): .text(value ? "true" : "false")
    case .integer(let value): .number(Double(value))
    case .number(let value): .number(value)
    case .string(let value): .text(value)
    default:
      if let tensor = value.object(Tensor.self), tensor.count == 1 {
        .number(try tensor.item())
      } else {
        throw ScriptError("table: \(place): expected number, string or boolean, got \(kind(value))")
      }
    }
  }

  /// Whether one name comes before another when runs of digits in them are read as numbers.
  static func isBefore(_ a: String, _ b: String) -> Bool {
    let left = pieces(a)
    let right = pieces(b)
    for (x, y) in zip(left, right) where x != y {
      if let m = Int(x), let n = Int(y), m != n { return m < n }
      return x < y
    }
    return left.count == right.count ? a < b : left.count < right.count
  }

  /// `epoch 11` as `epoch `, `11`.
  private static func pieces(_ name: String) -> [String] {
    var pieces: [String] = []
    var wasDigit = false
    for character in name {
      let isDigit = character.isASCII && character.isNumber
      if !pieces.isEmpty, isDigit == wasDigit {
        pieces[pieces.count - 1].append(character)
      } else {
        pieces.append(String(character))
      }
      wasDigit = isDigit
    }
    return pieces
  }
}
