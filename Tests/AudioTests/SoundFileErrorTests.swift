import Audio
import Foundation
import Tensors
import Testing

/// A file that cannot be read, and what should be said of it.
struct BadFile: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: Data?
  let says: String
  var testDescription: String { name }
}

@Suite struct SoundFileErrorTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  static let cases: [BadFile] = {
    var random = RandomStream(seed: 4, purpose: "garbage")
    let garbage = Data((0..<5_000).map { _ in UInt8(random.below(256)) })
    let good = RawWave.bytes([Int16](repeating: 100, count: 1_000), channels: 1, rate: 16_000)
    let header = """
      NIST_1A
         1024
      sample_count -i 1000
      channel_count -i 1
      sample_rate -i 16000
      sample_n_bytes -i 2
      sample_byte_format -s2 01
      sample_sig_bits -i 16
      end_head

      """
    let sphere =
      Data(header.utf8) + Data(repeating: 0x20, count: 1_024 - header.utf8.count) + good.suffix(2_000)
    // A block of sound in Creative's VOC: version 1.10 and its check, size, 1,000,000 / (256 − 131) Hz, 8 bits.
    let voc =
      Data("Creative Voice File\u{1A}".utf8) + Data([0x1A, 0, 0x0A, 1, 0x29, 0x11, 1, 0xEA, 3, 0, 131, 0])
      + Data(repeating: 0x80, count: 1_000) + Data([0])
    return [
      BadFile(
        name: "creative.voc", bytes: voc, says: "it is VOC (Creative Labs), a format that does not show"),
      BadFile(
        name: "portable.pvf", bytes: Data("PVF1\n1 16000 16\n".utf8) + good.suffix(2_000),
        says: "PVF (Portable Voice Format), a format that does not show whether a file is complete"),
      BadFile(name: "missing.wav", bytes: nil, says: "no such file"),
      BadFile(name: "empty.flac", bytes: Data(), says: "0 bytes"),
      BadFile(name: "garbage.wav", bytes: garbage, says: "the sound format is unknown"),
      BadFile(name: "text.opus", bytes: Data("not a sound".utf8), says: "the sound format is unknown"),
      BadFile(name: "header.wav", bytes: Data("RIFF".utf8) + garbage, says: "damaged"),
      BadFile(name: "header.flac", bytes: Data("fLaC".utf8) + garbage, says: "damaged"),
      BadFile(name: "header.ogg", bytes: Data("OggS".utf8) + garbage, says: "damaged"),
      BadFile(name: "nothing.wav", bytes: RawWave.bytes([], channels: 1, rate: 16_000), says: "no samples"),
      BadFile(name: "short.sph", bytes: sphere.prefix(2_000), says: "cut short, 1024 bytes are missing"),
      BadFile(name: "short.wav", bytes: good.prefix(1_000), says: "cut short, 1044 bytes are missing"),
    ]
  }()

  @Test(arguments: cases) func badFilesAreNamed(_ c: BadFile) throws {
    let path = folder.path + "/" + c.name
    try c.bytes?.write(to: URL(fileURLWithPath: path))
    expectError(c.says, at: path) { _ = try SoundFile.read(path) }
    expectError(c.says, at: path) { _ = try SoundFile.readOneSecond(path, rate: 16_000) }
  }

  /// The other formats of the tests of containers have writers; this one has corpora.
  @Test func aWholeSphereFileIsRead() throws {
    let short = try #require(Self.cases.first { $0.name == "short.sph" }?.bytes)
    let path = folder.path + "/whole.sph"
    try (short + Data(repeating: 0, count: 1_024)).write(to: URL(fileURLWithPath: path))
    #expect(try SoundFile.read(path).samples.count == 1_000)
  }

  @Test func aFolderIsNoSound() throws {
    expectError("folder", at: folder.path) { _ = try SoundFile.read(folder.path) }
    expectError("folder", at: folder.path) { _ = try SoundFile.info(folder.path) }
  }

  @Test(arguments: [0.3, 0.6, 0.95]) func aTruncatedFlacIsDamaged(_ share: Double) throws {
    let path = folder.path + "/cut.flac"
    let samples = Signals.sine(440, rate: 16_000, count: 48_000, amplitude: 0.5)
    try SoundFile.write(Waveform(samples: samples, rate: 16_000), to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(Int(Double(bytes.count) * share)).write(to: URL(fileURLWithPath: path))
    expectError("damaged", at: path) { _ = try SoundFile.read(path) }
  }

  /// Of a long file only the first second is decoded, which is whole.
  @Test func aTruncatedFlacIsDamagedBehindItsFirstSecond() throws {
    let path = folder.path + "/cut.flac"
    let samples = (0..<64_000).map { Float($0 * 7_919 % 1_000) / 1_024 }
    try SoundFile.write(Waveform(samples: samples, rate: 16_000), to: path)
    #expect(try SoundFile.readOneSecond(path, rate: 16_000) == Array(samples.prefix(16_000)))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for missing in [1, 100, bytes.count / 2] {
      try bytes.dropLast(missing).write(to: URL(fileURLWithPath: path))
      expectError("damaged", at: path) { _ = try SoundFile.readOneSecond(path, rate: 16_000) }
      expectError("damaged", at: path) { _ = try SoundFile.read(path) }
    }
  }

  @Test(arguments: [SoundFormat.ogg, .opus], [0.3, 0.6, 0.95])
  func aTruncatedOggIsDamaged(_ format: SoundFormat, _ share: Double) throws {
    let path = folder.path + "/cut.\(format)"
    var random = RandomStream(seed: 4, purpose: "noise")
    let samples = (0..<48_000).map { _ in Float(random.uniform(-0.5, 0.5)) }
    try SoundFile.write(Waveform(samples: samples, rate: 16_000), to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(Int(Double(bytes.count) * share)).write(to: URL(fileURLWithPath: path))
    expectError("damaged", at: path) { _ = try SoundFile.read(path) }
  }

  @Test func whatCannotBeWrittenSaysWhy() throws {
    let waveform = Waveform(samples: [0, 0.1], rate: 16_000)
    expectError("is not that of a sound format", at: "x.mp3") {
      try SoundFile.write(waveform, to: "\(folder.path)/x.mp3")
    }
    expectError("opus does not support 44100 Hz", at: "x.opus") {
      try SoundFile.write(Waveform(samples: [0], rate: 44_100), to: "\(folder.path)/x.opus")
    }
    expectError("no samples", at: "x.wav") {
      try SoundFile.write(Waveform(samples: [], rate: 8_000), to: "\(folder.path)/x.wav")
    }
    expectError("sample 1 is not a finite number", at: "x.wav") {
      try SoundFile.write(Waveform(samples: [0, .nan], rate: 8_000), to: "\(folder.path)/x.wav")
    }
    for flushed in [true, false] {
      expectError("No such file or directory", at: "/none/x.wav") {
        try SoundFile.write(waveform, to: "\(folder.path)/none/x.wav", flushed: flushed)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
