import Foundation

/// Sounds to test with.
enum Signals {
  /// A sine of `hertz`.
  static func sine(_ hertz: Double, rate: Int, count: Int, amplitude: Double) -> [Float] {
    (0..<count).map { Float(amplitude * sin(2 * .pi * hertz * Double($0) / Double(rate))) }
  }

  /// Sample `i` of a sine of full scale at a rate that need not be whole.
  static func wave(_ hertz: Double, _ i: Int, _ rate: Double) -> Float {
    Float(sin(2 * .pi * hertz * Double(i) / rate))
  }

  /// The mean square.
  static func power(_ samples: some Collection<Float>) -> Double {
    samples.reduce(0) { $0 + Double($1 * $1) } / Double(samples.count)
  }

  /// The amplitude of the part of `samples` at `hertz`.
  static func amplitude(_ samples: some Collection<Float>, at hertz: Double, rate: Int) -> Double {
    var re = 0.0
    var im = 0.0
    for (i, sample) in samples.enumerated() {
      let angle = 2 * .pi * hertz * Double(i) / Double(rate)
      re += Double(sample) * cos(angle)
      im += Double(sample) * sin(angle)
    }
    return 2 * (re * re + im * im).squareRoot() / Double(samples.count)
  }
}

/// An empty folder that goes when the test does.
final class Folder: Sendable {
  let path = FileManager.default.temporaryDirectory.path + "/nightjar-audio-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The bytes of a RIFF file, written without the library under test.
enum RawWave {
  static func bytes(_ samples: [Int16], channels: Int, rate: Int) -> Data {
    let size = samples.count * 2
    var bytes = Data("RIFF".utf8) + little(36 + size, 4) + Data("WAVEfmt ".utf8) + little(16, 4)
    bytes += little(1, 2) + little(channels, 2) + little(rate, 4) + little(rate * channels * 2, 4)
    bytes += little(channels * 2, 2) + little(16, 2) + Data("data".utf8) + little(size, 4)
    for sample in samples { bytes += little(Int(UInt16(bitPattern: sample)), 2) }
    return bytes
  }

  private static func little(_ value: Int, _ count: Int) -> Data {
    Data((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
  }
}
