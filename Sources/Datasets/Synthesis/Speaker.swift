import Foundation
import Tensors

/// What a speaker's clips are for. No two roles share a speaker.
enum SpeakerRole: String, Sendable, CaseIterable {
  case train, val, test, support, query

  /// The words the role speaks.
  var part: Part { self == .support || self == .query ? .session : .base }

  /// The split its clips go to.
  var split: Split {
    switch self {
    case .train: .train
    case .val: .val
    case .test: .test
    case .support, .query: .evaluation
    }
  }
}

/// One synthetic person.
struct Speaker: Sendable, Hashable {
  /// The voice with its variant, as `-v` takes it: `en-gb-scotland+f2`.
  let voice: String
  /// `-p`, from 0 to 99.
  let pitch: Int
  /// `-s`, words in a minute.
  let speed: Int
  /// How much faster the speech is played: scales formants, pitch and tempo together.
  let playback: Double

  /// Draws a speaker of a language.
  init(voices: [String], variants: [String], random: inout RandomStream) {
    let accent = voices[random.below(voices.count)]
    voice = accent + "+" + variants[random.below(variants.count)]
    pitch = 20 + random.below(61)
    speed = 145 + random.below(66)
    playback = exp(random.uniform(log(0.88), log(1.14)))
  }

  /// What tells speakers apart; the playback rate alone does not make another person.
  var identity: String { "\(voice) \(pitch) \(speed)" }
}

/// The speakers of every language and role, drawn from the seed.
struct SpeakerCast: Sendable {
  let espeak: EspeakVoices
  let seed: UInt64
  let isHarder: Bool

  /// The speakers of a language: as many of each role as asked for, no two alike.
  func speakers(language: String, counts: [(role: SpeakerRole, count: Int)]) throws -> [SpeakerRole:
    [Speaker]]
  {
    let voices = try espeak.voices(of: language)
    var taken = Set<String>()
    var cast: [SpeakerRole: [Speaker]] = [:]
    for (role, count) in counts {
      let variants = variants(for: role)
      // Beyond a tenth of what can be told apart, drawing without repeats gets slow, then impossible.
      guard taken.count + count < voices.count * variants.count * 400 else {
        throw SynthesisOptionError(
          "\(count) \(role) speakers of \(language) are more than the voices can give")
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

  /// The variants a role's speakers have: all of them, or by the harder recipe a share of its own.
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
