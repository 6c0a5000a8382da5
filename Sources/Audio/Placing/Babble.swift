import Tensors

/// The murmur of many people, made of words.
public enum Babble {
  /// `count` samples in which about `voices` of `words` are heard at any time, each equally loud, at random
  /// places.
  ///
  /// Words have the rate of the result. A word that crosses the end goes on at the beginning, so the murmur
  /// can be played round and round. Silent words are passed over; with none left the result is silent.
  public static func pool(
    of words: [[Float]], count: Int, voices: Int = 6, random: inout RandomStream
  ) -> [Float] {
    var pool = [Float](repeating: 0, count: count)
    let audible = words.map { (samples: $0, power: Level.power($0[...])) }.filter { $0.power > 0 }
    guard !audible.isEmpty, count > 0 else { return pool }
    var left = voices * count
    while left > 0 {
      let word = audible[random.below(audible.count)]
      let start = random.below(count)
      let gain = Float(1 / word.power.squareRoot())
      for (i, sample) in word.samples.enumerated() { pool[(start + i) % count] += gain * sample }
      left -= word.samples.count
    }
    return pool
  }
}
