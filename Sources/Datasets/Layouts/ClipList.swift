import Foundation
import Support

/// One list of a data set, `PATH,WORD,LANG`, as it is written: words are not yet classes.
struct ClipList {
  /// Where a clip is, and whether it was found to be missing.
  struct Location {
    let path: String
    let isMissing: Bool
    /// The paths that were tried, when so many clips are missing that the list cannot belong to this folder.
    var tried: [String]?
  }

  /// One row.
  struct Entry {
    let path: String
    let word: String
    let language: String
    let row: Int
    let isMissing: Bool
  }

  /// The file, relative to the data set.
  let file: String
  private(set) var entries: [Entry] = []
  private(set) var duplicates = 0
  private(set) var firstDuplicate = 0

  /// The entries whose clips are missing.
  var missing: [Entry] { entries.filter(\.isMissing) }

  /// Parses a list. If the first row is a header, its order of columns applies, and its separator.
  ///
  /// - Parameters:
  ///   - bytes: the list's text, comma-separated values.
  ///   - file: its name in messages, relative to the data set.
  ///   - language: what each row's language must be, for a language's own list; nil for any.
  ///   - locate: resolves a row's path and language.
  /// - Throws: ``DatasetError`` with file and row, and the errors of `locate`.
  init(
    _ bytes: [UInt8], file: String, language: String?,
    locate: (_ path: String, _ language: String) throws -> Location
  ) throws {
    self.file = file
    var reader = try CSVReader(bytes, file: file)
    reader.separator = Self.separator(of: reader)
    // What stands in quotes is meant as it is: names may begin with a blank.
    reader.trimsPlainFields = true
    var columns: ListColumns?
    var seen: [[UInt8]: (word: String, row: Int)] = [:]
    while let fields = try reader.next() {
      let row = reader.row
      if columns == nil, let header = ListColumns(header: fields) {
        try header.requireAll(in: fields, file: file, row: row, language: language)
        columns = header
        continue
      }
      var order = columns ?? ListColumns(firstRow: fields, hasLanguage: language != nil)
      order.noticeIndex(in: fields)
      columns = order
      guard let cells = order.cells(of: fields) else {
        throw DatasetError.columns(
          file: file, row: row, expected: order.count, found: fields.count, hint: order.hint(fields))
      }
      let path = cells.path
      let word = cells.word
      let rowLanguage = cells.language?.trimmedField ?? language ?? ""
      try check(path: path, word: word, language: rowLanguage, row: row, expected: language)
      if let earlier = seen.updateValue((word, row), forKey: (path + "\0" + rowLanguage).nameBytes) {
        guard earlier.word.isSameName(as: word) else {
          throw DatasetError.malformed(
            file: file, row: row,
            problem: "\(path) is \"\(word)\" here and \"\(earlier.word)\" in row \(earlier.row)",
            hint: "a clip has one word: remove one of the rows")
        }
        if duplicates == 0 { firstDuplicate = row }
        duplicates += 1
        continue
      }
      let location = try locate(path, rowLanguage)
      if let tried = location.tried {
        throw DatasetError.clipsNotFound(file: file, row: row, tried: tried)
      }
      entries.append(
        Entry(
          path: location.path, word: word, language: rowLanguage, row: row, isMissing: location.isMissing))
    }
  }

  private func check(path: String, word: String, language: String, row: Int, expected: String?) throws {
    guard path.isInsidePath else {
      if path.isEmpty { throw DatasetError.malformed(file: file, row: row, problem: "the path is empty") }
      throw DatasetError.unsafePath(file: file, row: row, path: path)
    }
    guard !word.trimmedField.isEmpty else {
      throw DatasetError.malformed(file: file, row: row, problem: "the word is empty")
    }
    guard language.isLanguageCode else {
      throw DatasetError.malformed(
        file: file, row: row, problem: "\"\(language)\" is not a valid language code",
        hint: "use letters, digits and \"-\", such as en or pt-br")
    }
    if let expected, expected != language {
      throw DatasetError.malformed(
        file: file, row: row, problem: "language \(language) in the list of \(expected)",
        hint: "move the row to \(language)/evaluation.csv")
    }
  }

  /// The separator: a comma, unless another one makes the first row a header.
  private static func separator(of reader: CSVReader) -> UInt8 {
    guard reader.separator == UInt8(ascii: ",") else { return reader.separator }
    return ",;\t".utf8.first { separator in
      var probe = reader
      probe.separator = separator
      return (try? probe.next()).flatMap(\.self).flatMap(ListColumns.init(header:)) != nil
    } ?? reader.separator
  }
}
