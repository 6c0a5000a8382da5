import Foundation

/// Recordings to run commands on: each "word" is two tones with slight differences between speakers. Every two words
/// have the same tones, so that they can be confused.
enum ToneWords {
  static let words = ["ab", "be", "ce", "de", "el", "fa", "go", "hi", "io", "ja"]

  /// Writes `recordings/WORD/SPEAKER_TAKE.wav`, 8 kHz, into a sandbox.
  static func record(in sandbox: Sandbox, takes: Int = 20) throws {
    for (index, word) in words.enumerated() {
      for take in 0..<takes {
        let speaker = Double(take % 5)
        // Two words in a row can be confused, but no clip is a copy of another word's.
        let pitch = (220 + 300 * Double(index / 2) + Double(index % 2)) * (1 + 0.01 * speaker)
        let samples = (0..<6400).map { i -> Int16 in
          let t = Double(i) / 8000
          let envelope = min(1, t * 20) * min(1, (0.8 - t) * 20)
          let wobble = 1 + 0.02 * sin(2 * .pi * (3 + Double(take)) * t)
          let wave = sin(2 * .pi * pitch * wobble * t) + 0.5 * sin(2 * .pi * (2900 - pitch) * t)
          return Int16(9000 * envelope * wave)
        }
        let path = sandbox.path("recordings/\(word)/s\(take % 5)_\(take).wav")
        try FileManager.default.createDirectory(
          atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try wav(samples, rate: 8000).write(to: URL(fileURLWithPath: path))
      }
    }
  }

  /// A 16-bit mono RIFF file.
  private static func wav(_ samples: [Int16], rate: UInt32) -> Data {
    var data = Data()
    func put<T: FixedWidthInteger>(_ value: T) {
      withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
    let bytes = UInt32(samples.count * 2)
    data.append(contentsOf: "RIFF".utf8)
    put(36 + bytes)
    data.append(contentsOf: "WAVEfmt ".utf8)
    put(UInt32(16))
    put(UInt16(1))
    put(UInt16(1))
    put(rate)
    put(rate * 2)
    put(UInt16(2))
    put(UInt16(16))
    data.append(contentsOf: "data".utf8)
    put(bytes)
    for sample in samples { put(sample) }
    return data
  }
}
