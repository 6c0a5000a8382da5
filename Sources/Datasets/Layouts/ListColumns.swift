import Foundation

/// Where path, word and language stand in the rows of a list.
struct ListColumns {
  private var path: Int?
  private var word: Int?
  /// Nil in a language's own list that does not repeat it in every row.
  private var language: Int?
  /// How many columns a row has, without the one of ``hasIndex``.
  private(set) var count: Int
  /// Whether rows begin with a running number that the header has no name for, as data frames are written.
  private var hasIndex = false
  private let hasHeader: Bool
  private var isFirstRow = true

  private static let pathNames: Set = [
    "path", "link", "file", "filename", "file_name", "filepath", "file_path", "audio", "clip",
  ]
  private static let wordNames: Set = ["word", "label", "keyword"]
  private static let languageNames: Set = ["lang", "language", "locale"]

  /// The columns that a header names, of which some may be missing; nil when the row is not a header.
  init?(header fields: [String]) {
    let names = fields.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    path = names.firstIndex(where: Self.pathNames.contains)
    word = names.firstIndex(where: Self.wordNames.contains)
    language = names.firstIndex(where: Self.languageNames.contains)
    guard [path, word, language].count(where: { $0 != nil }) >= 2 else { return nil }
    count = fields.count
    hasHeader = true
  }

  /// The order of a list without a header: PATH,WORD,LANG.
  ///
  /// - Parameter hasLanguage: whether the list is that of one language, so that its rows need not repeat it.
  init(firstRow fields: [String], hasLanguage: Bool) {
    path = 0
    word = 1
    language = hasLanguage && fields.count == 2 ? nil : 2
    count = language == nil ? 2 : 3
    hasHeader = false
  }

  /// Makes sure that a header names path, word and language.
  ///
  /// - Parameter language: the list's own language; nil when every row must name one.
  /// - Throws: ``DatasetError/malformed(file:row:problem:hint:)`` for the first column that is missing.
  func requireAll(in fields: [String], file: String, row: Int, language: String?) throws {
    let missing = [
      (path == nil, "path", "PATH"), (word == nil, "word", "WORD"),
      (self.language == nil && language == nil, "language", "LANG"),
    ].first { $0.0 }
    guard let (_, noun, name) = missing else { return }
    var hint = "name one column \(name)"
    if name == "LANG" {
      hint =
        "add a column LANG with a language code such as en in every row; "
        + "MSWC's own split lists are read by `nightjar data import` of the folder that contains clips"
    }
    throw DatasetError.malformed(
      file: file, row: row,
      problem: "the header has no \(noun) column; its columns are \(fields.joined(separator: ", "))",
      hint: hint)
  }

  /// Notices from the first row of clips that rows begin with a running number.
  mutating func noticeIndex(in fields: [String]) {
    guard isFirstRow else { return }
    isFirstRow = false
    hasIndex = fields.count == count + 1 && Self.isNumber(fields[0])
  }

  /// What a row has in the three columns; nil for a row with another number of columns.
  func cells(of fields: [String]) -> (path: String, word: String, language: String?)? {
    guard let path, let word, fields.count == count + (hasIndex ? 1 : 0) else { return nil }
    guard hasIndex else { return (fields[path], fields[word], language.map { fields[$0] }) }
    guard Self.isNumber(fields[0]) else { return nil }
    return (fields[path + 1], fields[word + 1], language.map { fields[$0 + 1] })
  }

  /// What to do about a row with another number of columns.
  func hint(_ fields: [String]) -> String {
    let first = fields[0]
    if fields.count == 1, first.contains(";") { return "separate columns by commas, not semicolons" }
    if fields.count == 1, first.contains("\t") { return "separate columns by commas, not tabs" }
    if fields.count == 1, first.contains("/") {
      return "give every row a path, a word and a language code; "
        + "Speech Commands' lists of paths are read by `nightjar data import` of their folder"
    }
    if fields.count == 2 {
      return "the row has no language column: give it a path, a word and a language code"
    }
    if fields.count <= count { return "give every row a path, a word and a language code" }
    let quotes = "put quotes around a field that contains commas"
    return hasHeader
      ? quotes
      : "\(quotes), or name the columns in a first row, such as PATH,WORD,LANG (all three are needed)"
  }

  private static func isNumber(_ field: String) -> Bool {
    let digits = field.trimmingCharacters(in: .whitespaces)
    return !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
