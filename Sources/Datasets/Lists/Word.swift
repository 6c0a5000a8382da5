/// Which side of the protocol a word is on.
public enum Part: String, Sendable, Codable, CaseIterable {
  /// Known from the start: the network is trained on it.
  case base
  /// Met later, in one session, from a few samples.
  case session
}

/// A class of a data set: one word of one language.
public struct Word: Hashable, Sendable {
  /// The word as it is written.
  public let name: String
  /// The language's code, such as `en`.
  public let language: String
  public let part: Part

  public init(name: String, language: String, part: Part) {
    self.name = name
    self.language = language
    self.part = part
  }
}

/// The four lists of clips a data set has.
public enum Split: String, Sendable, CaseIterable {
  /// Base words: what the network is trained on.
  case train
  /// Base words: what settings are chosen by.
  case val
  /// Base words: what is reported.
  case test
  /// Session words: of each word first the samples support sets are drawn from, then those queries are drawn
  /// from.
  case evaluation
}

/// One sound file and the word it says.
public struct Clip: Hashable, Sendable {
  /// Where the sound file is.
  public let path: String
  /// The word as it is written.
  public let word: String
  /// The word's class: its position in ``WordDataset/words``.
  public let label: Int
  /// The language's code.
  public let language: String
  /// The csv file that lists the clip, relative to the data set.
  public let file: String
  /// The line of `file` that lists the clip; the first line is 1.
  public let row: Int
}
