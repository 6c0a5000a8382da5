import Audio
import Datasets
import Foundation
import Support
import TestSupport

/// A data set of tones in MSWC's layout, every word a pitch: two base words, and two languages of two session words.
struct ToneClips {
  let folder: TemporaryFolder
  let dataset: WordDataset

  private static let header = "PATH,WORD,LANG\n"
  private static let rate = 8_000

  init() throws {
    let folder = try TemporaryFolder()
    for (split, clips) in ["train": 1...6, "val": 7...7, "test": 8...10] {
      let lists = try ["yes": 300, "no": 700].sorted { $0.key > $1.key }.map {
        try Self.record($0.key, "en", pitch: $0.value, clips, in: folder)
      }
      try folder.write(Self.header + lists.joined(), to: "base_\(split).csv")
    }
    for (index, language) in ["cy", "eu"].enumerated() {
      let lists = try (1...2).map {
        try Self.record("\(language)\($0)", language, pitch: 900 + 400 * (2 * index + $0), 1...8, in: folder)
      }
      try folder.write(Self.header + lists.joined(), to: "\(language)/evaluation.csv")
    }
    self.folder = folder
    dataset = try WordDataset(path: folder.path)
  }

  /// Writes clips of a word, and returns their rows of the list.
  private static func record(
    _ word: String, _ language: String, pitch: Int, _ clips: ClosedRange<Int>, in folder: TemporaryFolder
  ) throws -> String {
    let parent = "\(folder.path)/\(language)/clips/\(word)"
    try AtomicFile.makeFolder(parent)
    var rows = ""
    for clip in clips {
      let step = 2 * Float.pi * Float(pitch) / Float(rate)
      let samples = (0..<rate / 5).map { 0.5 * sin(step * Float($0 + 7 * clip)) }
      try SoundFile.write(Waveform(samples: samples, rate: rate), to: "\(parent)/\(clip).wav", flushed: false)
      rows += "\(word)/\(clip).wav,\(word),\(language)\n"
    }
    return rows
  }
}
