import Audio
import Foundation
import Tensors

/// A data set of eight "words" in MSWC's layout, each a tone of its own in noise; made once for all trials.
enum TinySpeech {
  /// The folder, and a cache that trials of the same network share.
  static let folder = made()
  static var data: String { folder + "/data" }
  static var cache: String { folder + "/cache" }

  static let base = [("alpha", "en"), ("beta", "en"), ("gamma", "fr"), ("delta", "fr")]
  /// One word with a space, one that is written from right to left.
  static let sessions = [("uno", "es"), ("dos", "es"), ("two words", "fa"), ("سلام", "fa")]

  /// A bench on it that is done in a blink.
  static let fast = [
    "bench", "--data", data, "--repeats", "2", "--set", "recipe.epochs=1", "--set", "model.channels=4",
    "--quiet", "--no-check",
  ]

  /// A learner that draws and trains, also the network it was given, and runs `action` whenever it learns.
  static func restless(learning action: String = "") -> String {
    """
    local nj = require "nightjar"
    return nj.learner { name = "restless", summary = "trains the readout further", api = 1, modifies_base = true,
      start = function(self, base)
        self.model = base.model
        self.optimizer = nj.optim.SGD(base.model.output:parameters(), { lr = 1 })
        self.noise = nj.randn { base.model.classes } * 0.1
      end,
      learn = function(self, support)
        local loss = nj.loss.cross_entropy(self.model:readout(support.features), support.labels)
        loss:backward()
        self.optimizer:step()
        \(action)
      end,
      scores = function(self, features) return self.model:readout(features) + self.noise end }
    """
  }

  private static func made() -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/nightjar-trials-\(getpid())"
    try? write(to: folder + "/data")
    atexit { try? FileManager.default.removeItem(atPath: TinySpeech.folder) }
    return folder
  }

  /// Writes the data set into a folder.
  static func write(to folder: String, sessions: [(String, String)] = sessions) throws {
    var noise = Noise(state: 1)
    for (split, count) in [("train", 6), ("val", 1), ("test", 3)] {
      let rows = try base.enumerated().flatMap { index, word in
        try (0..<count).map { try clip(folder, word, "\(split)_\($0)", index, &noise) }
      }
      try list(rows, folder + "/base_\(split).csv")
    }
    for language in Set(sessions.map(\.1)) {
      let rows = try sessions.enumerated().filter { $0.element.1 == language }.flatMap { index, word in
        try (0..<8).map { try clip(folder, word, "\($0)", 4 + index, &noise) }
      }
      try list(rows, "\(folder)/\(language)/evaluation.csv")
    }
  }

  private static func list(_ rows: [String], _ path: String) throws {
    try Data(("PATH,WORD,LANG\n" + rows.joined(separator: "\n") + "\n").utf8).write(
      to: URL(fileURLWithPath: path))
  }

  private static func clip(
    _ folder: String, _ word: (String, String), _ name: String, _ index: Int, _ noise: inout Noise
  ) throws -> String {
    let path = "\(word.0)/\(name).wav"
    let file = URL(fileURLWithPath: "\(folder)/\(word.1)/clips/\(path)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let rate = 8000
    let phase = noise.next()
    let step = 2 * Double.pi * Double(250 + 230 * index) / Double(rate)
    var bytes = header(samples: rate, rate: rate)
    for t in 0..<rate {
      let tone: Double = 9000 * sin(phase + step * Double(t))
      bytes += little(Int(tone + 900 * noise.next()), 2)
    }
    try bytes.write(to: file)
    return "\(path),\(word.0),\(word.1)"
  }

  /// A number's lowest bytes, the lowest first.
  private static func little(_ value: Int, _ bytes: Int) -> Data {
    var data = Data()
    for byte in 0..<bytes { data.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    return data
  }

  /// A wav file's first 44 bytes: one channel of 16 bits.
  private static func header(samples: Int, rate: Int) -> Data {
    var data = Data("RIFF".utf8)
    data += little(36 + 2 * samples, 4) + Data("WAVEfmt ".utf8)
    data += little(16, 4) + little(1, 2) + little(1, 2)
    data += little(rate, 4) + little(2 * rate, 4) + little(2, 2) + little(16, 2)
    data += Data("data".utf8) + little(2 * samples, 4)
    return data
  }

  /// Numbers from 0 to 1 (Knuth's linear congruential generator).
  struct Noise {
    var state: UInt64
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
  }
}

extension Sandbox {
  /// A fast bench on the tiny data set, with the cache that trials share unless another one is named.
  ///
  /// Unless `isChecked`, plugins are not checked on made-up data first, so that a mistake shows in the run itself.
  func bench(
    _ arguments: [String], isChecked: Bool = false, cache: String = TinySpeech.cache
  ) throws -> Outcome {
    let fast = TinySpeech.fast.filter { !isChecked || $0 != "--no-check" }
    return try run(fast + arguments, environment: ["XDG_CACHE_HOME": cache])
  }

  /// The runs there are, by name.
  var runs: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path("runs"))) ?? []).sorted()
      .filter { exists("runs/\($0)/settings.json") }
  }

  /// `results.json` of a run folder without what may differ from run to run.
  func results(_ run: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path(run) + "/results.json"))
    var results = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    results["timings"] = nil
    return results
  }

  /// The same as text, to compare.
  func comparable(_ run: String) throws -> String {
    String(
      decoding: try JSONSerialization.data(withJSONObject: results(run), options: [.sortedKeys]),
      as: UTF8.self)
  }
}
