/// The 200 words of NeuroBench's keyword task; a word's class index is its position.
///
/// Data synthesis speaks them, and data sets that hold only these words take their class order from here.
/// Nothing else knows them: a data set carries its own list of words.
public enum Keywords {
  /// All words, base words first.
  public static let all: [Word] = table.split(separator: "\n").dropFirst().compactMap { line in
    let fields = line.split(separator: ",").map(String.init)
    guard fields.count == 4 else { return nil }
    return Word(name: fields[1], language: fields[2], part: fields[3] == "base" ? .base : .session)
  }

  /// The languages in the order of their words.
  public static let languages: [String] = all.map(\.language).uniqued()

  /// The class index of a word, if it is one of the 200. A straight apostrophe counts as the typographic one.
  public static func index(of name: String, language: String) -> Int? {
    positions[Key(name: name, language: language)]
  }

  private struct Key: Hashable {
    let name: String
    let language: String

    init(name: String, language: String) {
      self.name = String(name.map { $0 == "'" ? "’" : $0 })
      self.language = language
    }
  }

  private static let positions = Dictionary(
    all.enumerated().map { (Key(name: $1.name, language: $1.language), $0) },
    uniquingKeysWith: { first, _ in first })
}

extension Sequence where Element: Hashable {
  /// The elements without repeats, in order of first appearance.
  func uniqued() -> [Element] {
    var seen = Set<Element>()
    return filter { seen.insert($0).inserted }
  }
}

extension Keywords {
  /// The words of some languages, or some words, in the table's order; nil for all.
  ///
  /// - Throws: ``SynthesisOptionError`` for a language or a word that is not in the table, with what is near.
  public static func select(languages: [String]? = nil, words: [String]? = nil) throws -> [Word] {
    for language in languages ?? [] where !Self.languages.contains(language) {
      throw SynthesisOptionError(
        "no words of the language \"\(language)\"",
        hint: "use some of \(Self.languages.joined(separator: ", "))"
      )
    }
    for word in words ?? [] where !all.contains(where: { $0.name == word }) {
      let near = word.nearest(in: all.map(\.name)).map { " Did you mean \"\($0)\"?" } ?? ""
      throw SynthesisOptionError("\"\(word)\" is not one of the 200 words.\(near)")
    }
    return all.filter { word in
      (languages?.contains(word.language) ?? true) && (words?.contains(word.name) ?? true)
    }
  }
}
