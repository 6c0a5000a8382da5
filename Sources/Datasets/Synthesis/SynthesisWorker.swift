import Audio
import Foundation
import Support
import Tensors

/// Makes the clips of one task at a time. Tasks share nothing that changes.
struct SynthesisWorker: Sendable {
  let options: SynthesisOptions
  let folder: String
  let espeak: Espeak
  let babble: BabblePool
  private let placing: WaveformAugmentation

  init(options: SynthesisOptions, folder: String, espeak: Espeak, babble: BabblePool) throws {
    self.options = options
    self.folder = folder
    self.espeak = espeak
    self.babble = babble
    var settings = options.isHarder ? WaveformAugmentation.Options.harder : WaveformAugmentation.Options()
    settings.outputRate = options.rate
    placing = try WaveformAugmentation(settings)
  }

  /// Speaks, places and writes a task's clips, and returns the digest of their bytes.
  func make(_ task: SynthesisPlan.Task) throws -> String {
    let spoken = try espeak.speak(task, seed: options.seed)
    for (word, sound) in zip(task.words, spoken) {
      let samples = try place(sound, word, task)
      try SoundFile.write(
        Waveform(samples: samples, rate: options.rate), to: path(word, task), format: options.format,
        flushed: false)
    }
    return try digest(task)
  }

  /// Whether the clips of a task that was done earlier are as they were.
  func holds(_ task: SynthesisPlan.Task, digest: String) throws -> Bool {
    guard task.words.allSatisfy({ FileManager.default.fileExists(atPath: path($0, task)) }) else {
      return false
    }
    return try self.digest(task) == digest
  }

  /// The clip of one word: which numbers it draws depends on the word and the speaker alone.
  private func place(_ sound: SpokenWaveform, _ word: Word, _ task: SynthesisPlan.Task) throws -> [Float] {
    let purpose = "place \(word.language) \(word.name) \(task.role)"
    var random = RandomStream(seed: options.seed, purpose: purpose, index: UInt64(task.index))
    return try placing.place(
      word: sound.samples, rate: sound.rate, playbackRate: task.speaker.playback,
      babble: babble.murmur(task.role),
      random: &random)
  }

  private func path(_ word: Word, _ task: SynthesisPlan.Task) -> String {
    let name = SynthesisPlan.clip(word, role: task.role, index: task.index, format: options.format.rawValue)
    return "\(folder)/\(word.language)/clips/\(name)"
  }

  private func digest(_ task: SynthesisPlan.Task) throws -> String {
    let parts = try task.words.map { word in
      let path = path(word, task)
      do { return ContentKey(of: try Data(contentsOf: URL(fileURLWithPath: path))).description } catch {
        throw FileError("read", path, reason: error.localizedDescription)
      }
    }
    return ContentKey(parts: parts).description
  }
}
