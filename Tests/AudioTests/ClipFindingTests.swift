import Audio
import Foundation
import TestSupport
import Testing

/// A clip, and what is wrong with the second of it that is used.
struct FindingCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let samples: [Float]
  var isAligned = false
  let findings: [ClipFinding]
}

@Suite struct ClipFindingTests {
  static let rate = 8_000

  /// A tone with a soft start and end, as a word has.
  private static func word(_ seconds: Double = 0.5, scale: Float = 0.3) -> [Float] {
    let count = Int(seconds * Double(rate))
    return (0..<count).map { index in
      let t = Float(index) / Float(rate)
      let envelope = sin(Float.pi * Float(index) / Float(count))
      return scale * envelope * sin(2 * Float.pi * 310 * t)
    }
  }

  private static func silence(_ seconds: Double) -> [Float] {
    [Float](repeating: 0, count: Int(seconds * Double(rate)))
  }

  /// A RIFF file of 32-bit floating-point samples.
  private static func floats(_ samples: [Float]) -> Data {
    var data = Data()
    func put(_ value: some FixedWidthInteger) {
      for index in 0..<value.bitWidth / 8 { data.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
    let bytes = UInt32(4 * samples.count)
    data.append(contentsOf: "RIFF".utf8)
    put(36 + bytes)
    data.append(contentsOf: "WAVEfmt ".utf8)
    put(UInt32(16))
    for value in [3, 1] as [UInt16] { put(value) }
    for value in [UInt32(rate), UInt32(4 * rate)] { put(value) }
    for value in [4, 32] as [UInt16] { put(value) }
    data.append(contentsOf: "data".utf8)
    put(bytes)
    for sample in samples { put(sample.bitPattern) }
    return data
  }

  static let cases = [
    FindingCase(testDescription: "a word", samples: word(), findings: []),
    FindingCase(testDescription: "a word of two seconds", samples: word(2), findings: []),
    FindingCase(testDescription: "a word at full scale", samples: word(scale: 1), findings: []),
    FindingCase(
      testDescription: "a low tone at full scale", samples: (0..<8_000).map { sin(Float($0) * 0.08) },
      findings: []),
    FindingCase(
      testDescription: "a word after the first second", samples: silence(1.2) + word(),
      findings: [.late, .silent]
    ),
    FindingCase(
      testDescription: "the same, aligned", samples: silence(1.2) + word(), isAligned: true, findings: []),
    FindingCase(
      testDescription: "a click, then the word",
      samples: word(0.01) + silence(1.2) + word() + silence(0.5), findings: [.late]),
    FindingCase(testDescription: "digital silence", samples: silence(0.5), findings: [.silent]),
    FindingCase(testDescription: "below a step of 16 bits", samples: word(scale: 1e-5), findings: [.silent]),
    FindingCase(testDescription: "a quiet word", samples: word(scale: 1e-3), findings: []),
    FindingCase(
      testDescription: "integers in floating point", samples: word().map { ($0 * 30_000).rounded() },
      findings: [.beyondFullScale]),
    FindingCase(testDescription: "overshoot", samples: word(scale: 1.2), findings: []),
    FindingCase(
      testDescription: "cut off at full scale", samples: word(scale: 4).map { min(max($0, -1), 1) },
      findings: [.clipped]),
    FindingCase(
      testDescription: "cut off, then made quieter",
      samples: word(scale: 4).map { 0.4 * min(max($0, -1), 1) },
      findings: [.clipped]),
    FindingCase(testDescription: "an offset", samples: word().map { $0 + 0.1 }, findings: [.offset]),
  ]

  @Test(arguments: cases) func finds(_ c: FindingCase) throws {
    // A file of floating-point samples, which may be beyond ±1.
    let folder = try TemporaryFolder()
    try folder.write(Self.floats(c.samples), to: "clip.wav")
    let sound = try ClipSound(folder.path + "/clip.wav", ClipReading(isAligned: c.isAligned))
    #expect(Set(sound.findings) == Set(c.findings))
    #expect(abs(sound.seconds * Double(Self.rate) - Double(c.samples.count)) < 0.5)
  }

  @Test func theLoudestSecondIsReadOnRequest() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/late.wav"
    let samples = Self.silence(1.5) + Self.word() + Self.silence(0.5)
    try SoundFile.write(Waveform(samples: samples, rate: Self.rate), to: path)
    let first = try SoundFile.readOneSecond(path, rate: Self.rate)
    let loudest = try SoundFile.readOneSecond(path, rate: Self.rate, isAligned: true)
    #expect(first.allSatisfy { $0 == 0 })
    #expect(loudest.count == Self.rate)
    let whole = samples.reduce(0) { $0 + $1 * $1 }
    #expect(abs(loudest.reduce(0) { $0 + $1 * $1 } / whole - 1) < 1e-3)
  }

  @Test(arguments: [(3_999, false), (4_000, true), (384_000, true), (384_001, false)])
  func aClipHasTheRateOfARecording(rate: Int, isUsable: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/clip.wav"
    try SoundFile.write(Waveform(samples: [0, 0.5, -0.5, 0], rate: rate), to: path)
    let text = failureText { _ = try SoundFile.readOneSecond(path, rate: 16_000) }
    #expect(text.contains("its rate is \(rate) Hz, expected 4000 to 384000 Hz") == !isUsable, "\(text)")
  }
}
