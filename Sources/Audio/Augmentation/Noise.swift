import Tensors

/// Background noise.
public enum Noise {
  /// A colour of noise: the slope of its spectrum.
  public enum Color: String, CaseIterable, Sendable {
    /// Equal energy at every frequency.
    case white
    /// Equal energy in every octave: −3 dB per octave.
    case pink
    /// −6 dB per octave above a 100th of the rate.
    case brown
  }

  /// `count` samples of noise of a colour, white with a mean square near 1; ``ClipEffect/adding(_:to:signalToNoise:)``
  /// sets its level.
  public static func make(_ color: Color, count: Int, random: inout RandomStream) -> [Float] {
    switch color {
    case .white: white(count, random: &random)
    case .pink: pink(count, random: &random)
    case .brown: brown(count, random: &random)
    }
  }

  /// What plays behind a synthesized word.
  enum Background {
    case noise(Color), babble

    /// Draws one with its relative frequency.
    init(random: inout RandomStream, weights: WaveformAugmentation.NoiseWeights) {
      let draw = random.uniform() * (weights.white + weights.pink + weights.babble)
      self =
        draw < weights.white
        ? .noise(.white) : draw < weights.white + weights.pink ? .noise(.pink) : .babble
    }
  }

  /// `count` samples of a background; `babble` is played in a loop from a random sample on, and pink noise in place of
  /// a silent one.
  static func make(
    _ background: Background, count: Int, babble: [Float], random: inout RandomStream
  ) -> [Float] {
    switch background {
    case .noise(let color): return make(color, count: count, random: &random)
    case .babble:
      guard babble.contains(where: { $0 != 0 }) else { return pink(count, random: &random) }
      let start = random.below(babble.count)
      let excerpt = (0..<count).map { babble[(start + $0) % babble.count] }
      return excerpt.contains { $0 != 0 } ? excerpt : pink(count, random: &random)
    }
  }

  /// White noise, with equal energy at every frequency: independent, nearly normal samples of power 1.
  static func white(_ count: Int, random: inout RandomStream) -> [Float] {
    var source = NoiseSource(seededBy: &random)
    var samples = [Float](repeating: 0, count: (count + 3) / 4 * 4)
    for i in stride(from: 0, to: samples.count, by: 4) {
      let four = source.normal()
      samples[i] = four.x
      samples[i + 1] = four.y
      samples[i + 2] = four.z
      samples[i + 3] = four.w
    }
    samples.removeLast(samples.count - count)
    return samples
  }

  /// Pink noise, with equal energy in every octave.
  ///
  /// White noise through six one-pole filters: −3 dB per octave, within 0.05 dB above 0.0002 of the rate.
  /// Source: Paul Kellet's refined method (1999), musicdsp.org.
  static func pink(_ count: Int, random: inout RandomStream) -> [Float] {
    let warmUp = 2048  // the slowest pole's memory
    let white = white(count + warmUp, random: &random)
    let poles = SIMD8<Float>(0.99886, 0.99332, 0.96900, 0.86650, 0.55000, -0.7616, 0, 0)
    let gains = SIMD8<Float>(0.0555179, 0.0750759, 0.1538520, 0.3104856, 0.5329522, -0.0168980, 0, 0)
    var state = SIMD8<Float>.zero
    var previous = Float(0)
    var samples: [Float] = []
    samples.reserveCapacity(count)
    for (i, sample) in white.enumerated() {
      state = state * poles + gains * sample
      if i >= warmUp { samples.append(state.sum() + previous + sample * 0.5362) }
      previous = sample * 0.115926
    }
    return samples
  }

  /// Brown noise: white noise through one pole, whose memory is 100 samples / 2π.
  static func brown(_ count: Int, random: inout RandomStream) -> [Float] {
    let warmUp = 256
    let pole = Float(1 - 2 * Double.pi / 100)
    let gain = (1 - pole * pole).squareRoot()
    var state = Float(0)
    var samples: [Float] = []
    samples.reserveCapacity(count)
    for (i, sample) in white(count + warmUp, random: &random).enumerated() {
      state = state * pole + gain * sample
      if i >= warmUp { samples.append(state) }
    }
    return samples
  }
}

/// Random numbers for noise, faster than a `RandomStream`, from which it draws its seed.
///
/// xoshiro128++ in four lanes (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021).
struct NoiseSource {
  private var a: SIMD4<UInt32>
  private var b: SIMD4<UInt32>
  private var c: SIMD4<UInt32>
  private var d: SIMD4<UInt32>

  init(seededBy random: inout RandomStream) {
    func words(_ random: inout RandomStream) -> SIMD4<UInt32> {
      let first = random.next()
      let second = random.next()
      return SIMD4(
        UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first >> 32),
        UInt32(truncatingIfNeeded: second), UInt32(truncatingIfNeeded: second >> 32))
    }
    a = words(&random)
    b = words(&random)
    c = words(&random)
    d = words(&random)
  }

  /// Four words, each of 32 random bits.
  @inline(__always) mutating func next() -> SIMD4<UInt32> {
    let result = Self.rotate(a &+ d, 7) &+ a
    let shifted = b &<< 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = Self.rotate(d, 11)
    return result
  }

  /// Four numbers with mean 0 and variance 1, nearly normal: each the sum of four uniform ones.
  @inline(__always) mutating func normal() -> Lanes {
    let first = next()
    let second = next()
    let sum = (first & 0xFFFF) &+ (first &>> 16) &+ (second & 0xFFFF) &+ (second &>> 16)
    let centred = SIMD4<Int32>(truncatingIfNeeded: sum) &- 131_070
    // Each of the four has the variance (65536² − 1) / 12.
    return Lanes(centred) * 2.642_857e-5
  }

  @inline(__always) private static func rotate(_ x: SIMD4<UInt32>, _ bits: UInt32) -> SIMD4<UInt32> {
    (x &<< bits) | (x &>> (32 - bits))
  }
}

/// The babble of many voices, mixed from words.
public enum Babble {
  /// `count` samples in which about `voices` of `words` overlap at any time, equally loud, at random positions.
  ///
  /// Words have the rate of the result. A word that crosses the end continues at the beginning, so the babble can be
  /// played in a loop. Silent words are skipped; without any other the result is silent.
  public static func pool(
    of words: [[Float]], count: Int, voices: Int = 6, random: inout RandomStream
  ) -> [Float] {
    var pool = [Float](repeating: 0, count: count)
    let audible = words.map { (samples: $0, power: Level.power($0[...])) }.filter { $0.power > 0 }
    guard !audible.isEmpty, count > 0 else { return pool }
    var remaining = voices * count
    while remaining > 0 {
      let word = audible[random.below(audible.count)]
      let start = random.below(count)
      let gain = Float(1 / word.power.squareRoot())
      for (i, sample) in word.samples.enumerated() { pool[(start + i) % count] += gain * sample }
      remaining -= word.samples.count
    }
    return pool
  }
}
