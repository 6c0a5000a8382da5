import Algorithms
import Audio
import Foundation
import Support
import Synchronization
import Tensors

/// Makes the clips of one task at a time. Tasks have no mutable state in common.
struct SynthesisWorker: Sendable {
  let options: SynthesisOptions
  let folder: String
  let espeak: Espeak
  let babble: BabblePool
  private let augmentation: WaveformAugmentation

  init(options: SynthesisOptions, folder: String, espeak: Espeak, babble: BabblePool) throws {
    self.options = options
    self.folder = folder
    self.espeak = espeak
    self.babble = babble
    var settings = options.isHarder ? WaveformAugmentation.Options.harder : WaveformAugmentation.Options()
    settings.outputRate = options.rate
    augmentation = try WaveformAugmentation(settings)
  }

  /// Speaks, augments and writes a task's clips, and returns the digest of their bytes.
  ///
  /// - Throws: `ProgramError` when espeak-ng fails, `FileError` for a clip that cannot be written.
  func make(_ task: SynthesisPlan.Task) throws -> String {
    let spoken = try espeak.speak(task, seed: options.seed)
    for (word, sound) in zip(task.words, spoken) {
      let samples = try augmented(sound, word, task)
      try SoundFile.write(
        Waveform(samples: samples, rate: options.rate), to: path(word, task), format: options.format,
        flushed: false)
    }
    return try digest(task)
  }

  /// Whether the clips of a finished task are unchanged.
  func holds(_ task: SynthesisPlan.Task, digest: String) throws -> Bool {
    guard task.words.allSatisfy({ FileManager.default.fileExists(atPath: path($0, task)) }) else {
      return false
    }
    return try self.digest(task) == digest
  }

  /// The clip of one word. Its random numbers depend on nothing but the word and the speaker.
  private func augmented(_ sound: SpokenWaveform, _ word: Word, _ task: SynthesisPlan.Task) throws -> [Float]
  {
    let purpose = "place \(word.language) \(word.name) \(task.role)"
    var random = RandomStream(seed: options.seed, purpose: purpose, index: UInt64(task.index))
    return try augmentation.place(
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
        throw FileError("read", path, cause: error)
      }
    }
    return ContentKey(parts: parts).description
  }
}

/// Background speech. Its speakers say nothing else, and each role has its own.
struct BabblePool: Sendable {
  private static let speakersPerRole = 8
  private static let seconds = 20

  /// A loop of mixed speech for each role, at the clips' rate.
  private let murmurs: [SpeakerRole: [Float]]

  /// Synthesizes the background speakers of every role.
  ///
  /// - Throws: `ProgramError` when espeak-ng fails.
  init(_ options: SynthesisOptions, voices: EspeakVoices, espeak: Espeak, threads: Int) throws {
    let cast = SpeakerCast(espeak: voices, seed: options.seed, isHarder: options.isHarder)
    let jobs = SpeakerRole.allCases.flatMap { role in (0..<Self.speakersPerRole).map { (role, $0) } }
    let talks = try ParallelWork.map(count: jobs.count, threads: threads, during: "speech synthesis") { job in
      let (role, index) = jobs[job]
      let variants = cast.variants(for: role)
      return try Self.talk(options, role, index, voices: voices, variants: variants, espeak: espeak)
    }
    var murmurs: [SpeakerRole: [Float]] = [:]
    for role in SpeakerRole.allCases {
      let ofRole = zip(jobs, talks).filter { $0.0.0 == role }.map(\.1)
      var random = RandomStream(seed: options.seed, purpose: "murmur \(role)")
      murmurs[role] = Babble.pool(of: ofRole, count: Self.seconds * options.rate, random: &random)
    }
    self.murmurs = murmurs
  }

  /// The background speech of a role.
  func murmur(_ role: SpeakerRole) -> [Float] { murmurs[role] ?? [] }

  /// One speaker saying words of one language without pauses, at the clips' rate.
  private static func talk(
    _ options: SynthesisOptions, _ role: SpeakerRole, _ index: Int, voices: EspeakVoices, variants: [String],
    espeak: Espeak
  ) throws -> [Float] {
    var random = RandomStream(seed: options.seed, purpose: "babble \(role)", index: UInt64(index))
    let languages = Array(options.words.map(\.language).uniqued())
    let language = languages[random.below(languages.count)]
    let speaker = Speaker(voices: try voices.voices(of: language), variants: variants, random: &random)
    let words = options.words.filter { $0.language == language }.map(\.name)
    let text = (0..<16).map { _ in words[random.below(words.count)] }.joined(separator: " ")
    let settings = ["-v", speaker.voice, "-p", String(speaker.pitch), "-s", String(speaker.speed)]
    let wave = try espeak.say(text, settings, voice: speaker.voice)
    return try Resampler.resample(
      wave.trimmed() ?? wave.samples, from: Double(wave.rate) * speaker.playback, to: Double(options.rate))
  }
}

/// The record of a synthesis in progress: which tasks are finished, and the digests of their clips.
///
/// The first line identifies the data set; each further line is a task's name and the digest of its clips. A line that
/// is incomplete after a kill, and one whose clips have changed, are ignored.
final class SynthesisJournal: Sendable {
  /// The file's name in an incomplete data set.
  static let file = "synthesis.journal"

  private let path: String
  private let done: [String: String]
  private let handle: Mutex<FileHandle>

  /// Opens the journal of a data set, or creates it.
  ///
  /// - Throws: ``SynthesisOptionError`` when it belongs to another data set, `FileError` when it cannot be written.
  init(dataset: String, settings: ContentKey, voices: String) throws {
    path = dataset + "/" + Self.file
    let header = "nightjar synthesis \(settings) \(voices)"
    if let bytes = FileManager.default.contents(atPath: path) {
      // What follows the last line end is incomplete.
      let whole = bytes.prefix(through: bytes.lastIndex(of: UInt8(ascii: "\n")) ?? bytes.startIndex)
      let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
      guard lines.first == header else {
        throw SynthesisOptionError(
          "\(dataset) contains an incomplete data set with other settings, or of another espeak-ng",
          hint: "remove the folder, or name another with --out")
      }
      done = Dictionary(lines.dropFirst().compactMap(Self.entry), uniquingKeysWith: { _, last in last })
      if whole.count < bytes.count { try AtomicFile.write(whole, to: path) }
    } else {
      done = [:]
      try AtomicFile.write(header + "\n", to: path)
    }
    guard let handle = FileHandle(forWritingAtPath: path) else { throw FileError(errnoOf: "write", path) }
    try handle.seekToEnd()
    self.handle = Mutex(handle)
  }

  private static func entry(_ line: String) -> (String, String)? {
    let fields = line.split(separator: " ").map(String.init)
    return fields.count == 2 && fields[1].count == 32 ? (fields[0], fields[1]) : nil
  }

  /// Whether an earlier run finished some tasks.
  var isResumed: Bool { !done.isEmpty }

  /// The digest of a task's clips, if an earlier run finished the task.
  func digest(of task: String) -> String? { done[task] }

  /// Records a finished task.
  func record(_ task: String, digest: String) throws {
    try handle.withLock { handle in
      do { try handle.write(contentsOf: Data("\(task) \(digest)\n".utf8)) } catch {
        throw FileError(errnoOf: "write", path)
      }
    }
  }

  /// Removes the record of a complete data set.
  func remove() throws {
    guard unlink(path) == 0 else { throw FileError(errnoOf: "remove", path) }
  }
}
