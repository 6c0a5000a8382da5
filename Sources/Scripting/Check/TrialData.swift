import Audio
import Datasets
import Foundation
import Support

/// A tiny data set that is made up to try plugins on: words are tones, in MSWC's layout.
///
/// All of its sizes differ, so that a tensor that is transposed, or made for another size, is found: 7 classes, of
/// which 3 are base words; 15 clips to train on, 9 to test; two sessions of 2 words with 4 shots and 4 queries.
enum TrialData {
  static let rate = 16_000
  static let classes = 7
  private static let base: [(word: String, language: String)] = [
    ("one", "en"), ("two", "en"), ("three", "fr"),
  ]
  private static let sessions: [(language: String, words: [String])] = [
    ("cy", ["un", "dau"]), ("eu", ["bat", "bi"]),
  ]
  private static let header = "PATH,WORD,LANG\n"

  /// Writes the data set into a folder.
  ///
  /// - Throws: `FileError`, `SoundFileError`.
  static func write(to folder: String) throws {
    try AtomicFile.makeFolder(folder)
    var pitch = 250
    var lists = ["train": header, "val": header, "test": header]
    for (word, language) in base {
      pitch += 300
      for (split, clips) in [("train", 0..<5), ("val", 5..<7), ("test", 7..<10)] {
        lists[split]? += try record(word, language, pitch: pitch, clips, in: folder)
      }
    }
    for (split, rows) in lists { try put(rows, "\(folder)/base_\(split).csv") }
    for (language, words) in sessions {
      var rows = header
      for word in words {
        pitch += 300
        rows += try record(word, language, pitch: pitch, 0..<8, in: folder)
      }
      try put(rows, "\(folder)/\(language)/evaluation.csv")
    }
    try put("{ \"kind\": \"made-up sound\", \"rate\": \(rate) }\n", "\(folder)/nightjar.json")
  }

  /// Writes clips of a word, and returns their rows of the list.
  private static func record(
    _ word: String, _ language: String, pitch: Int, _ clips: Range<Int>, in folder: String
  ) throws -> String {
    let parent = "\(folder)/\(language)/clips/\(word)"
    try AtomicFile.makeFolder(parent)
    var rows = ""
    for clip in clips {
      let step = 2 * Float.pi * Float(pitch + 15 * clip) / Float(rate)
      let samples = (0..<rate / 5).map { time in
        // A little noise, always the same.
        let noise = Float((time &* 7_919 &+ clip &* 104_729) % 1_000) / 10_000
        return 0.5 * sin(step * Float(time)) + noise
      }
      try SoundFile.write(Waveform(samples: samples, rate: rate), to: "\(parent)/\(clip).wav", flushed: false)
      rows += "\(word)/\(clip).wav,\(word),\(language)\n"
    }
    return rows
  }

  /// Not flushed to the disk: the folder does not outlive the process.
  private static func put(_ text: String, _ path: String) throws {
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
      throw FileError("write", path, cause: error)
    }
  }
}
