import Audio
import Support
import Tensors

/// The murmur of people in the background, who say nothing else; each role has its own people.
struct BabblePool: Sendable {
  private static let speakersPerRole = 8
  private static let seconds = 20

  /// A murmur at the clips' rate, to be played round and round.
  private let murmurs: [SpeakerRole: [Float]]

  /// Lets the background speakers of every role talk.
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

  /// The murmur behind the clips of a role.
  func murmur(_ role: SpeakerRole) -> [Float] { murmurs[role] ?? [] }

  /// One speaker saying words of one language without a pause, at the clips' rate.
  private static func talk(
    _ options: SynthesisOptions, _ role: SpeakerRole, _ index: Int, voices: EspeakVoices, variants: [String],
    espeak: Espeak
  ) throws -> [Float] {
    var random = RandomStream(seed: options.seed, purpose: "babble \(role)", index: UInt64(index))
    let languages = options.words.map(\.language).uniqued()
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
