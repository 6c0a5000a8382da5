import Audio
import Tensors

/// Voices that talk in the background, of speakers who say nothing else; each role has a pool of its own.
struct BabblePool: Sendable {
  /// How many people talk at once.
  private static let voicesAtOnce = 4
  private static let speakersPerRole = 8

  /// Samples of each talker, of equal loudness.
  private let talkers: [SpeakerRole: [[Float]]]
  /// Samples in a second of every talker, in Hz.
  let rate: Int

  /// Lets the background speakers of every role talk.
  init(_ options: SynthesisOptions, voices: EspeakVoices, espeak: Espeak, threads: Int) throws {
    let cast = SpeakerCast(espeak: voices, seed: options.seed, isHarder: options.isHarder)
    let languages = options.words.map(\.language).uniqued()
    let jobs = SpeakerRole.allCases.flatMap { role in (0..<Self.speakersPerRole).map { (role, $0) } }
    let talks = try ParallelWork.map(count: jobs.count, threads: threads, during: "speech synthesis") { job in
      let (role, index) = jobs[job]
      var random = RandomStream(seed: options.seed, purpose: "babble \(role)", index: UInt64(index))
      let language = languages[random.below(languages.count)]
      let speaker = Speaker(
        voices: try voices.voices(of: language), variants: cast.variants(for: role), random: &random)
      let words = options.words.filter { $0.language == language }.map(\.name)
      let text = (0..<16).map { _ in words[random.below(words.count)] }.joined(separator: " ")
      let settings = ["-v", speaker.voice, "-p", String(speaker.pitch), "-s", String(speaker.speed)]
      return try espeak.say(text, settings, voice: speaker.voice)
    }
    rate = talks.first?.rate ?? 22_050
    var talkers: [SpeakerRole: [[Float]]] = [:]
    for (job, talk) in zip(jobs, talks) {
      talkers[job.0, default: []].append(Self.levelled(talk.trimmed() ?? talk.samples))
    }
    self.talkers = talkers
  }

  /// `count` samples of several people talking at once, for one clip.
  func cut(_ count: Int, role: SpeakerRole, random: inout RandomStream) -> [Float] {
    var sum = [Float](repeating: 0, count: count)
    guard let talkers = talkers[role], !talkers.isEmpty else { return sum }
    for _ in 0..<Self.voicesAtOnce {
      let talker = talkers[random.below(talkers.count)]
      var position = random.below(talker.count)
      for i in 0..<count {
        sum[i] += talker[position]
        position += 1
        if position == talker.count { position = 0 }
      }
    }
    return sum
  }

  /// The samples with a mean square of 1.
  private static func levelled(_ samples: [Float]) -> [Float] {
    let energy = samples.reduce(Float(0)) { $0 + $1 * $1 } / Float(max(samples.count, 1))
    let gain = 1 / max(energy, 1e-12).squareRoot()
    return samples.map { $0 * gain }
  }
}
