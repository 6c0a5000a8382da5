import Foundation

/// What `espeak-ng --stdout` gives: mono 16-bit samples.
struct SpokenWaveform: Sendable {
  /// Samples; full scale is ±1.
  let samples: [Float]
  /// Samples in a second, in Hz.
  let rate: Int

  init(samples: [Float], rate: Int) { (self.samples, self.rate) = (samples, rate) }

  /// Takes the samples from a WAV stream. Its header does not know the length: all that follows is sound.
  ///
  /// Nil when there is no header or no sample.
  init?(wav: Data) {
    let bytes = [UInt8](wav)
    let header = 44
    guard bytes.count > header + 1, bytes.starts(with: Array("RIFF".utf8)),
      bytes[36..<40].elementsEqual("data".utf8), bytes[22] == 1, bytes[34] == 16
    else { return nil }
    rate = (0..<4).reduce(0) { $0 | Int(bytes[24 + $1]) << (8 * $1) }
    guard rate > 0 else { return nil }
    var samples = [Float](repeating: 0, count: (bytes.count - header) / 2)
    for i in samples.indices {
      let low = UInt16(bytes[header + 2 * i])
      let high = UInt16(bytes[header + 2 * i + 1])
      samples[i] = Float(Int16(bitPattern: high << 8 | low)) / 32_768
    }
    self.samples = samples
  }

  /// Below this a sample counts as silence: some variants have an echo that never reaches zero.
  private var threshold: Float {
    let peak = samples.reduce(0) { max($0, abs($1)) }
    return max(40 / 32_768, 0.004 * peak)
  }

  /// The stretches of sound between silences of over 0.3 s.
  func pieces() -> [[Float]] {
    let threshold = threshold
    let gap = rate * 3 / 10
    var spans: [Range<Int>] = []
    for (i, sample) in samples.enumerated() where abs(sample) >= threshold {
      if let last = spans.last, i - last.upperBound < gap {
        spans[spans.count - 1] = last.lowerBound..<i + 1
      } else {
        spans.append(i..<i + 1)
      }
    }
    return spans.map(cut)
  }

  /// The sound without silence around it; nil when there is none.
  func trimmed() -> [Float]? {
    let threshold = threshold
    guard let first = samples.firstIndex(where: { abs($0) >= threshold }),
      let last = samples.lastIndex(where: { abs($0) >= threshold })
    else { return nil }
    return cut(first..<last + 1)
  }

  /// A span with 10 ms on either side, which holds the soft start and end of a word.
  private func cut(_ span: Range<Int>) -> [Float] {
    let margin = rate / 100
    return Array(samples[max(0, span.lowerBound - margin)..<min(samples.count, span.upperBound + margin)])
  }
}
