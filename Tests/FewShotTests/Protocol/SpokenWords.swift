import Datasets
import TestSupport

/// A data set of lists alone, without sound: a base language, and session words by language.
struct SpokenWords {
  private let folder: TemporaryFolder
  let dataset: WordDataset

  /// - Parameters:
  ///   - words: how many session words each language has.
  ///   - clips: how many clips each session word has.
  init(_ words: KeyValuePairs<String, Int>, clips: Int) throws {
    folder = try TemporaryFolder()
    let header = "PATH,WORD,LANG\n"
    for split in ["train", "val", "test"] {
      try folder.write(header + "yes/1.wav,yes,en\nno/1.wav,no,en\n", to: "base_\(split).csv")
    }
    try folder.writeClip("en/clips/yes/1.wav")
    try folder.writeClip("en/clips/no/1.wav")
    for (language, count) in words {
      var list = header
      for word in 1...count {
        for clip in 1...clips { list += "\(language)\(word)/\(clip).wav,\(language)\(word),\(language)\n" }
      }
      try folder.write(list, to: "\(language)/evaluation.csv")
      try folder.writeClip("\(language)/clips/\(language)1/1.wav")
    }
    dataset = try WordDataset(path: folder.path)
  }
}
