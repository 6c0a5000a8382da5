import Figures
import Support

extension ResultTable {
  /// The rows by the names of their columns, for `--json`; empty cells are left out.
  var objects: [[String: SettingValue]] {
    rows.map { row in
      Dictionary(
        zip(columns, row).compactMap { column, cell -> (String, SettingValue)? in
          switch cell {
          case .text(let text): (column.name, .string(text))
          case .number(let value): (column.name, .number(value))
          case .empty: nil
          }
        }
      ) { first, _ in first }
    }
  }
}
