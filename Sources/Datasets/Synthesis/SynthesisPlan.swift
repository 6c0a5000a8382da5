import Algorithms
import Foundation
import Tensors

/// Which speaker says which words, and the file of each clip: everything that is decided before synthesis starts.
struct SynthesisPlan: Sendable {
  /// All words of one language by one speaker: one process.
  struct Task: Sendable {
    let language: String
    let role: SpeakerRole
    /// The speaker's number within language and role, from 0.
    let index: Int
    let speaker: Speaker
    /// In the order of the classes.
    let words: [Word]

    /// A name that no other task has.
    var name: String { "\(language)/\(role)/\(index)" }
  }

  let options: SynthesisOptions
  let tasks: [Task]

  /// Plans all tasks, language by language.
  ///
  /// - Throws: ``SynthesisOptionError`` when a language has too few voices.
  init(_ options: SynthesisOptions, voices: EspeakVoices) throws {
    self.options = options
    let cast = SpeakerCast(espeak: voices, seed: options.seed, isHarder: options.isHarder)
    var tasks: [Task] = []
    for language in options.words.map(\.language).uniqued() {
      let words = options.words.filter { $0.language == language }
      let roles = Self.roles(of: words, options.clipsPerWord)
      let speakers = try cast.speakers(language: language, counts: roles)
      for (role, _) in roles {
        for (index, speaker) in (speakers[role] ?? []).enumerated() {
          let spoken = words.filter { $0.part == role.part }
          tasks.append(Task(language: language, role: role, index: index, speaker: speaker, words: spoken))
        }
      }
    }
    self.tasks = tasks
  }

  private static func roles(
    of words: [Word], _ counts: SynthesisOptions.Counts
  ) -> [(role: SpeakerRole, count: Int)] {
    SpeakerRole.allCases.filter { role in words.contains { $0.part == role.part } }.map { ($0, counts[$0]) }
  }

  /// The number of clips.
  var clipCount: Int { tasks.reduce(0) { $0 + $1.words.count } }

  /// A clip's path relative to `DIR/<lang>/clips/`, in MSWC's form: a folder per word.
  static func clip(_ word: Word, role: SpeakerRole, index: Int, format: String) -> String {
    let number = String(index)
    let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
    return "\(word.name)/\(word.language)_\(role)_\(padded).\(format)"
  }

  /// The lists: their paths in the data set, and their contents.
  static func lists(_ options: SynthesisOptions) -> [(file: String, text: String)] {
    var lists = [Split.train, .val, .test].map { split in
      (MSWCLayout.list(of: split, language: ""), rows(options, options.words, [split]))
    }
    let session = options.words.filter { $0.part == .session }
    for language in session.map(\.language).uniqued() {
      let words = session.filter { $0.language == language }
      lists.append(
        (MSWCLayout.list(of: .evaluation, language: language), rows(options, words, [.evaluation])))
    }
    return lists
  }

  /// A header, then word by word all clips of a split; in an evaluation list, supports come before queries.
  private static func rows(_ options: SynthesisOptions, _ words: [Word], _ splits: [Split]) -> String {
    var text = "PATH,WORD,LANG\n"
    for word in words {
      for role in SpeakerRole.allCases where role.part == word.part && splits.contains(role.split) {
        for index in 0..<options.clipsPerWord[role] {
          let path = clip(word, role: role, index: index, format: options.format.rawValue)
          text += CSVWriter.line([path, word.name, word.language])
        }
      }
    }
    return text
  }
}

/// The use of a speaker's clips. No two roles have a speaker in common.
enum SpeakerRole: String, Sendable, CaseIterable {
  case train, val, test, support, query

  /// The part whose words are spoken.
  var part: Part { self == .support || self == .query ? .session : .base }

  /// The split that the clips belong to.
  var split: Split {
    switch self {
    case .train: .train
    case .val: .val
    case .test: .test
    case .support, .query: .evaluation
    }
  }
}

/// One synthetic speaker.
struct Speaker: Sendable, Hashable {
  /// The voice with its variant, as option `-v`: `en-gb-scotland+f2`.
  let voice: String
  /// Option `-p`, from 0 to 99.
  let pitch: Int
  /// Option `-s`, in words per minute.
  let speed: Int
  /// The factor by which playback is faster: it scales formants, pitch and tempo together.
  let playback: Double

  /// Draws a speaker of a language.
  init(voices: [String], variants: [String], random: inout RandomStream) {
    let accent = voices[random.below(voices.count)]
    voice = accent + "+" + variants[random.below(variants.count)]
    pitch = 20 + random.below(61)
    speed = 145 + random.below(66)
    playback = exp(random.uniform(log(0.88), log(1.14)))
  }

  /// What distinguishes speakers; the playback rate alone does not make another one.
  var identity: String { "\(voice) \(pitch) \(speed)" }
}

/// The speakers of every language and role, drawn from the seed.
struct SpeakerCast: Sendable {
  let espeak: EspeakVoices
  let seed: UInt64
  let isHarder: Bool

  /// The speakers of a language, by role; all are distinct.
  ///
  /// - Throws: ``SynthesisOptionError`` when the voices are too few for that many speakers.
  func speakers(
    language: String, counts: [(role: SpeakerRole, count: Int)]
  ) throws -> [SpeakerRole: [Speaker]] {
    let voices = try espeak.voices(of: language)
    var taken = Set<String>()
    var cast: [SpeakerRole: [Speaker]] = [:]
    for (role, count) in counts {
      let variants = variants(for: role)
      // Beyond a tenth of all combinations, drawing without repetition gets slow, then impossible.
      guard taken.count + count < voices.count * variants.count * 400 else {
        throw SynthesisOptionError(
          "\(count) \(role) speakers of \(language) are more than its \(voices.count) voices allow")
      }
      cast[role] = (0..<count).map { index in
        var random = RandomStream(seed: seed, purpose: "speaker \(language) \(role)", index: UInt64(index))
        var speaker = Speaker(voices: voices, variants: variants, random: &random)
        while !taken.insert(speaker.identity).inserted {
          speaker = Speaker(voices: voices, variants: variants, random: &random)
        }
        return speaker
      }
    }
    return cast
  }

  /// The variants of a role's speakers: all of them, or with the harder recipe a disjoint subset.
  func variants(for role: SpeakerRole) -> [String] {
    guard isHarder else { return espeak.variants }
    var random = RandomStream(seed: seed, purpose: "held-out variants \(role.part)")
    let shuffled = random.permutation(espeak.variants.count).map { espeak.variants[$0] }
    let (from, to): (Double, Double) =
      switch role {
      case .train: (0, 0.7)
      case .val: (0.7, 0.8)
      case .test: (0.8, 1)
      case .support: (0, 0.5)
      case .query: (0.5, 1)
      }
    let count = Double(shuffled.count)
    return Array(shuffled[Int(from * count)..<Int(to * count)])
  }
}
