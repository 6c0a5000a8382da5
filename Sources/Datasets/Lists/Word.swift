/// The part of the protocol that a word belongs to.
public enum Part: String, Sendable, Codable, CaseIterable {
  /// Known from the start: the network is pre-trained on it.
  case base
  /// Learned later, in one session, from a few samples.
  case session
}

/// A class of a data set: one word of one language.
public struct Word: Hashable, Sendable {
  /// The word's spelling.
  public let name: String
  /// The language's code, such as `en`.
  public let language: String
  public let part: Part

  /// A word of a language, in one part.
  public init(name: String, language: String, part: Part) {
    self.name = name
    self.language = language
    self.part = part
  }
}

/// The four lists of clips a data set has.
public enum Split: String, Sendable, CaseIterable {
  /// Clips of base words for training.
  case train
  /// Clips of base words for choosing settings.
  case val
  /// Clips of base words for the reported results.
  case test
  /// Clips of session words: of each word first those that supports are drawn from, then those that queries are
  /// drawn from.
  case evaluation
}

/// One sound file and the word spoken in it.
public struct Clip: Hashable, Sendable {
  /// The sound file's path.
  public let path: String
  /// The word's spelling.
  public let word: String
  /// The word's class: its index in ``WordDataset/words``.
  public let label: Int
  /// The language's code.
  public let language: String
  /// The list with the clip, relative to the data set.
  public let file: String
  /// The line of the clip in `file`; the first line is 1.
  public let row: Int
}
