import Audio
import Foundation
import Scripting
import Support
import TestSupport

/// A data set of tones, every word a pitch, to run the protocol on with the shipped plugins.
extension BindingsState {
  /// Lua that opens it and builds a small network: `data` and `model`.
  static let tones = """
    local data = nj.data.words { path = FILES .. "/data", encoder = "frames" }
    local model = nj.plugin("model", "m5").build({ channels = 8 }, data:task())

    """

  /// Two base words, and two languages with two session words each, of six clips; and an encoder for them.
  func putTones() throws {
    try put(
      """
      local nj = require "nightjar"
      return nj.encoder {
        name = "frames", summary = "The samples themselves, 20 a frame", api = 1,
        encode = function(self, waveforms) return waveforms:slice(2, 1, 3200):reshape(-1, 160, 20) end,
      }
      """, at: "plugins/encoders/frames.lua")
    let shipped = URL(fileURLWithPath: Fixtures.folder + "/../../plugins").standardized.path
    state.attach(PluginLibrary(folders: [root + "/plugins"], shipped: shipped, standard: false))
    let header = "PATH,WORD,LANG\n"
    let base = ["yes": 300, "no": 700]
    for (split, clips) in ["train": 1...6, "val": 7...7, "test": 8...9] {
      var list = header
      for (word, pitch) in base.sorted(by: { $0.key > $1.key }) {
        for clip in clips { try list += row(word, "en", clip, pitch: pitch) }
      }
      try put(list, at: "files/data/base_\(split).csv")
    }
    for (place, language) in ["cy", "eu"].enumerated() {
      var list = header
      for word in 1...2 {
        let pitch = 1_000 + 400 * (2 * place + word)
        for clip in 1...6 { try list += row("\(language)\(word)", language, clip, pitch: pitch) }
      }
      try put(list, at: "files/data/\(language)/evaluation.csv")
    }
  }

  private func row(_ word: String, _ language: String, _ clip: Int, pitch: Int) throws -> String {
    let samples = (0..<3_200).map { sin(2 * Float.pi * Float(pitch) * Float($0 + 7 * clip) / 16_000) }
    let folder = "\(root)/files/data/\(language)/clips/\(word)"
    try AtomicFile.makeFolder(folder)
    try SoundFile.write(Waveform(samples: samples, rate: 16_000), to: "\(folder)/\(clip).wav", flushed: false)
    return "\(word)/\(clip).wav,\(word),\(language)\n"
  }
}
