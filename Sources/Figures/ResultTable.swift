/// A table for display and for spreadsheets: named columns, rows of text or numbers.
public struct ResultTable: Sendable, Hashable {
  /// One cell. Numbers are stored in full and displayed with the column's decimals.
  public enum Cell: Sendable, Hashable {
    case text(String)
    case number(Double)
    case empty
  }

  /// One column: how its numbers are displayed, and how its cells are aligned.
  public struct Column: Sendable, Hashable {
    public var name: String
    /// Digits after the decimal point; nil displays up to six significant digits.
    public var decimals: Int?
    /// Text that reads as numbers, such as "86.6 [85.7–87.4]", is right-aligned too.
    public var isRight: Bool

    public init(_ name: String, decimals: Int? = nil, isRight: Bool = false) {
      self.name = name
      self.decimals = decimals
      self.isRight = isRight
    }
  }

  /// Displayed above the table; not in the CSV.
  public var title: String
  public var columns: [Column]
  /// As many cells as columns in each row; missing cells are empty, further ones are ignored.
  public var rows: [[Cell]]
  /// Displayed below the table, such as the source of the numbers; not in the CSV.
  public var caption: String

  public init(title: String = "", columns: [Column], rows: [[Cell]] = [], caption: String = "") {
    self.title = title
    self.columns = columns
    self.rows = rows
    self.caption = caption
  }

  /// Rows of named values; columns in the order of `names`, then sorted by name.
  public init(title: String = "", rows: [[String: Cell]], names: [String] = [], caption: String = "") {
    let rest = Set(rows.flatMap(\.keys)).subtracting(names).sorted()
    let columns = (names + rest).map { Column($0) }
    let cells = rows.map { row in columns.map { row[$0.name] ?? .empty } }
    self.init(title: title, columns: columns, rows: cells, caption: caption)
  }

  /// The table in fixed-width text: names, a rule, rows; numbers right-aligned.
  public var text: String {
    let displayed = rows.map { row in columns.indices.map { display(cell(row, $0), columns[$0]) } }
    let names = columns.map { DisplayText.line($0.name) }
    let widths = columns.indices.map { column in
      ([names[column]] + displayed.map { $0[column] }).map(DisplayText.width).max() ?? 0
    }
    let onRight = columns.indices.map { column in columns[column].isRight || isNumeric(column) }
    let line = { (cells: [String]) -> String in
      let padded = columns.indices.map { DisplayText.pad(cells[$0], to: widths[$0], right: onRight[$0]) }
      let joined = padded.joined(separator: "  ")
      let trailing = joined.utf8.reversed().prefix { $0 == UInt8(ascii: " ") }.count
      return String(decoding: joined.utf8.dropLast(trailing), as: UTF8.self)
    }
    var lines = title.isEmpty ? [] : [DisplayText.line(title), ""]
    lines.append(line(names))
    lines.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
    lines += displayed.map(line)
    if !caption.isEmpty { lines += ["", DisplayText.line(caption)] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The table as CSV (RFC 4180, with "\n"): numbers in full, NaN as `NaN`, cells quoted where necessary.
  public var csv: String {
    let header = columns.map { Self.quoted($0.name) }.joined(separator: ",")
    let body = rows.map { row in
      columns.indices.map { column in
        switch cell(row, column) {
        case .text(let text): Self.quoted(text)
        case .number(let value): Self.number(value)
        case .empty: ""
        }
      }.joined(separator: ",")
    }
    return ([header] + body).joined(separator: "\n") + "\n"
  }

  /// One CSV cell; quoted when it has a comma, a quote, a line end or a space at its ends.
  public static func quoted(_ text: String) -> String {
    let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
    let isPlain = !text.unicodeScalars.contains(where: special.contains)
    guard !isPlain || text.first == " " || text.last == " " else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// The text of a CSV cell that ``quoted(_:)`` has made.
  public static func unquoted(_ cell: String) -> String {
    guard cell.count >= 2, cell.first == "\"", cell.last == "\"" else { return cell }
    return String(cell.dropFirst().dropLast()).replacing("\"\"", with: "\"")
  }

  /// A number in CSV: with as few digits as read back the same.
  public static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity" }
    return PlotNumber.exact(value)
  }

  private func cell(_ row: [Cell], _ column: Int) -> Cell { column < row.count ? row[column] : .empty }

  private func display(_ cell: Cell, _ column: Column) -> String {
    switch cell {
    case .text(let text): DisplayText.line(text)
    case .number(let value):
      column.decimals.map { PlotNumber.fixed(value, decimals: $0) } ?? PlotNumber.short(value, digits: 6)
    case .empty: ""
    }
  }

  private func isNumeric(_ column: Int) -> Bool {
    let cells = rows.map { cell($0, column) }.filter { $0 != .empty }
    return !cells.isEmpty && cells.allSatisfy { if case .number = $0 { true } else { false } }
  }
}
