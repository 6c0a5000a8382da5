import Audio
import Datasets
import Foundation
import Support

/// Random lists, folders and names of data sets, read in this process.
///
/// Lists: an error names the file and row and can be printed, or every clip lies inside the data set. Folders: the import
/// refuses with a reason, or each sound file is in the data set or named among what was left out.
struct DatasetHunt {
  private let root: String
  private let quiet = Console(style: .quiet)

  /// Works in a folder of its own.
  ///
  /// - Throws: `FileError` when it cannot be made.
  init(in folder: String) throws {
    root = folder
    for word in ["one", "two"] {
      for clip in 0..<3 { try write(Data("x".utf8), to: "set/en/clips/\(word)/\(clip).wav") }
    }
    try write(Data("tri/0.wav,tri,cy\n".utf8), to: "set/cy/evaluation.csv")
    try write(Data("x".utf8), to: "set/cy/clips/tri/0.wav")
  }

  /// Runs one case of a seed.
  ///
  /// - Throws: ``Finding``, `FileError`.
  func run(seed: UInt64, number: Int) throws {
    var dice = Dice(seed: seed, number: number)
    if dice.chance(0.8) { try runList(&dice) } else { try runFolder(&dice) }
  }

  private func write(_ bytes: Data, to name: String) throws {
    let path = root + "/" + name
    try AtomicFile.makeFolder(path.parentFolder)
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  // MARK: Lists

  private static let header = "PATH,WORD,LANG\n"
  private static let rows = ["one", "two"].map { word in
    (0..<3).map { "\(word)/\($0).wav,\(word),en\n" }.joined()
  }.joined()
  private static let pieces: [String] = [
    ",", ";", "\t", "\"", "\"\"", "\n", "\r", "\r\n", " ", "\\", "/", "..", "../", "0", "0,", "sep=;\n",
    "sep=,\n",
    "PATH", "WORD", "LANG", "SET,LINK,WORD,VALID\n", "en", "cy", "e\u{301}", "\u{E9}", "\u{200F}", "\u{FEFF}",
    "\0",
    "<html>", "version https://git-lfs.github.com/spec/v1\n", "one/0.wav,two,en\n", "one/0.wav\n",
    String(repeating: "x", count: 300),
  ]

  private func runList(_ dice: inout Dice) throws {
    var bytes = Array((dice.chance(0.5) ? Self.header + Self.rows : Self.rows).utf8)
    for _ in 0..<dice.roll(1...5) { change(&bytes, &dice) }
    let lists = ["base_train.csv": bytes, "base_test.csv": Array(Self.rows.utf8)]
    for (name, bytes) in lists { try write(Data(bytes), to: "set/" + name) }
    do {
      let data = try WordDataset(path: root + "/set", checkingFiles: dice.chance(0.5))
      for clip in Split.allCases.flatMap(data.clips) {
        let isInside = clip.path.hasPrefix(root + "/set/") && !clip.path.split(separator: "/").contains("..")
        guard isInside, !clip.word.isEmpty, data.words.indices.contains(clip.label) else {
          throw Finding("the clip \(clip) of \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
      }
      for warning in data.warnings { try check(warning.message) }
    } catch let error as any NightjarError {
      try check(error.message)
    }
  }

  private func change(_ bytes: inout [UInt8], _ dice: inout Dice) {
    let start = dice.roll(0...bytes.count)
    let end = min(bytes.count, start + dice.roll(0...12))
    switch dice.roll(0...4) {
    case 0: bytes.removeSubrange(start..<end)
    case 1: bytes.insert(UInt8(dice.roll(0...255)), at: start)
    case 2: bytes.insert(contentsOf: bytes[start..<end], at: dice.roll(0...bytes.count))
    default:
      bytes.replaceSubrange(start..<(dice.chance(0.5) ? start : end), with: dice.pick(Self.pieces).utf8)
    }
  }

  private func check(_ message: ErrorMessage) throws {
    let isPrintable = message.description.unicodeScalars.allSatisfy {
      $0.value >= 32 || $0 == "\n" || $0 == "\t"
    }
    guard !message.what.isEmpty, isPrintable else {
      throw Finding("the message \(message.description.debugDescription)")
    }
  }

  // MARK: Folders

  private static let names = [
    "yes", "no", "x-ray", "train", "test", "dev", "_noise_", ".hidden", "0", "anna", "clips", "a b", "é",
    "e\u{301}",
  ]
  private static let stems = [
    "anna_1", "bob_2", "yes_anna_1", "no_bob_3", "1", "17", "0a_nohash_0", "yes-anna-1", "clip", "_", "-",
    "a_", "é_1",
  ]
  private static let endings = ["wav", "wav", "wav", "wav", "WAV", "flac", "m4a", "txt", "csv"]

  private func runFolder(_ dice: inout Dice) throws {
    for name in ["source", "out"] { try? FileManager.default.removeItem(atPath: root + "/" + name) }
    var sounds: [String] = []
    for index in 0..<dice.roll(1...14) {
      let folders = (0..<dice.roll(0...3)).map { _ in dice.pick(Self.names) }
      let ending = dice.pick(Self.endings)
      let name = (folders + ["\(dice.pick(Self.stems)).\(ending)"]).joined(separator: "/")
      let path = "\(root)/source/\(name)"
      guard !FileManager.default.fileExists(atPath: path) else { continue }
      guard ["wav", "flac"].contains(ending.lowercased()) else {
        try? write(Data(dice.pick(["", "x", "yes/1.wav\n"]).utf8), to: "source/" + name)
        continue
      }
      let samples = (0..<80).map { sin(Float($0 * (index + 1)) / 9) / 2 }
      guard (try? AtomicFile.makeFolder(path.parentFolder)) != nil else { continue }
      let wave = Waveform(samples: samples, rate: 8_000)
      try SoundFile.write(wave, to: path, format: ending == "flac" ? .flac : .wav, flushed: false)
      if !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { sounds.append(name) }
    }
    guard FileManager.default.fileExists(atPath: root + "/source") else { return }
    do {
      let report = try DatasetImport(source: root + "/source", destination: root + "/out").run(
        console: quiet, threads: 1)
      let data = try WordDataset(path: report.path, checkingFiles: true)
      let imported = Set(
        Split.allCases.flatMap(data.clips).map {
          $0.path.split(separator: "/").suffix(2).joined(separator: "/")
        })
      let named = report.warnings.map(\.description).joined(separator: "\n")
      for sound in sounds where !isImported(sound, imported) && !isNamed(sound, in: named) {
        throw Finding("\(sound) of \(sounds) is neither imported nor named:\n\(report)")
      }
      for warning in report.warnings { try check(warning.message) }
    } catch let error as any NightjarError {
      try check(error.message)
    }
  }

  /// Whether a clip of the set has the file's folder as its word, or the start of its name, and its name.
  private func isImported(_ sound: String, _ clips: Set<String>) -> Bool {
    let parts = sound.split(separator: "/").suffix(2).map(String.init)
    let name = parts[parts.count - 1]
    let words = [parts[0]] + "_-".compactMap { name.split(separator: $0).first.map(String.init) }
    let names = [name] + Split.allCases.map { "\($0.rawValue)_\(name)" }
    return words.contains { word in names.contains { clips.contains("\(word)/\($0)") } }
  }

  /// Whether the file, or a folder above it, occurs in the text; the names of folders above the words' may be left out.
  private func isNamed(_ sound: String, in text: String) -> Bool {
    let parts = sound.split(separator: "/")
    return parts.indices.contains { first in
      parts.indices[first...].contains { last in
        text.contains(parts[first...last].joined(separator: "/"))
      }
    }
  }
}
