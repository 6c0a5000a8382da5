import Foundation
import Support

/// Reads rows of comma-separated values (RFC 4180) from bytes.
///
/// Accepts quoted fields that contain commas, quotes and line ends, blanks around quotes, all three kinds of line end,
/// a byte order mark, a first line `sep=;` that names another separator, as spreadsheets write it, and blank lines,
/// which are skipped.
package struct CSVReader {
  /// What stands between two fields.
  var separator = UInt8(ascii: ",")
  /// Whether fields without quotes lose the blanks and invisible marks at their ends.
  var trimsPlainFields = false

  private let bytes: [UInt8]
  private let file: String
  private var position = 0
  private var line = 1

  /// The line on which the last row starts; the first line is 1.
  private(set) var row = 0

  private enum Mark {
    static let quote = UInt8(ascii: "\"")
    static let blank = UInt8(ascii: " ")
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
  }

  /// Reads from `bytes`; errors name `file`.
  ///
  /// - Throws: ``DatasetError`` for UTF-16.
  package init(_ bytes: [UInt8], file: String) throws {
    self.bytes = bytes
    self.file = file
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw DatasetError.malformed(
        file: file, row: 1, problem: "the file is encoded in UTF-16", hint: "save it as UTF-8")
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    skipSeparatorLine()
  }

  /// Steps over a first line `sep=;`, quoted or not, and takes the separator from it.
  private mutating func skipSeparatorLine() {
    let text = bytes[position...].prefix { $0 != Mark.newline && $0 != Mark.carriageReturn }
    let isQuoted = text.count == 7 && text.first == Mark.quote && text.last == Mark.quote
    let line = isQuoted ? text.dropFirst().dropLast() : text
    guard line.count == 5, line.prefix(4).elementsEqual("sep=".utf8), let mark = line.last else { return }
    separator = mark
    position += text.count
    if position < bytes.count { endLine() }
  }

  /// The next row that is not blank; nil at the end.
  ///
  /// - Throws: ``DatasetError`` for a row that cannot be parsed.
  package mutating func next() throws -> [String]? {
    while position < bytes.count {
      if bytes[position] == Mark.newline || bytes[position] == Mark.carriageReturn {
        endLine()
        continue
      }
      row = line
      let fields = try fields()
      let isBlank = fields.count == 1 && fields[0].allSatisfy(\.isWhitespace)
      if !isBlank { return fields }
    }
    return nil
  }

  private mutating func fields() throws -> [String] {
    var fields: [String] = []
    fields.reserveCapacity(3)
    while true {
      fields.append(try field())
      guard position < bytes.count else { return fields }
      guard bytes[position] == separator else {
        endLine()
        return fields
      }
      position += 1
    }
  }

  /// Steps over a line end: `\n`, `\r\n` or `\r`.
  private mutating func endLine() {
    let isPair =
      bytes[position] == Mark.carriageReturn && position + 1 < bytes.count
      && bytes[position + 1] == Mark.newline
    position += isPair ? 2 : 1
    line += 1
  }

  private mutating func field() throws -> String {
    let blanks = bytes[position...].prefix { $0 == Mark.blank }.count
    if position + blanks < bytes.count, bytes[position + blanks] == Mark.quote {
      position += blanks
      return try quotedField()
    }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == separator || byte == Mark.newline || byte == Mark.carriageReturn { break }
      position += 1
    }
    let field = try text(bytes[start..<position])
    return trimsPlainFields ? field.trimmedField : field
  }

  private mutating func quotedField() throws -> String {
    var content: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte != Mark.quote {
        if byte == Mark.newline { line += 1 }
        content.append(byte)
      } else if position < bytes.count, bytes[position] == Mark.quote {
        content.append(byte)
        position += 1
      } else {
        position += bytes[position...].prefix { $0 == Mark.blank }.count
        let next = position < bytes.count ? bytes[position] : Mark.newline
        guard next == separator || next == Mark.newline || next == Mark.carriageReturn else {
          throw malformed("text follows a closing quote", hint: "double a quote inside a field")
        }
        return try text(content[...])
      }
    }
    throw malformed("a quoted field is never closed", hint: "close it, or double a quote inside a field")
  }

  private func text(_ slice: ArraySlice<UInt8>) throws -> String {
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw malformed("the row is not UTF-8", hint: "save the file as UTF-8")
    }
    return text
  }

  private func malformed(_ problem: String, hint: String? = nil) -> DatasetError {
    .malformed(file: file, row: row, problem: problem, hint: hint)
  }
}

extension String {
  /// Without surrounding whitespace, and without the invisible marks that are copied with right-to-left text.
  var trimmedField: String {
    guard let first = utf8.first, let last = utf8.last else { return self }
    let isVisible = { (byte: UInt8) in byte > 0x20 && byte < 0x7F }
    if isVisible(first), isVisible(last) { return self }
    let unwanted = CharacterSet.whitespacesAndNewlines.union(
      CharacterSet(
        charactersIn: "\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{2066}\u{2067}\u{2068}\u{2069}\u{FEFF}"))
    return trimmingCharacters(in: unwanted)
  }
}

/// Writes rows of comma-separated values, quoted where they would not be read back to the same bytes.
enum CSVWriter {
  static func line(_ fields: [String]) -> String {
    fields.map { field in
      let isPlain =
        field.utf8.allSatisfy { !Array(",\"\r\n".utf8).contains($0) }
        && field.trimmedField.isSameName(as: field)
      return isPlain ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: ",") + "\n"
  }
}
