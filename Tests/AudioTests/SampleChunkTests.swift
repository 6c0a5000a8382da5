import Audio
import Foundation
import Testing

/// A container with 1000 samples of 16 bits behind its header, whose sizes a test changes.
struct Container: Sendable, CustomTestStringConvertible {
  enum Kind: String, CaseIterable {
    case riff, rifx, rf64, w64, aiff, aifc, au, auLittle, caf
  }

  let kind: Kind
  var testDescription: String { kind.rawValue }

  static let all = Kind.allCases.map { Container(kind: $0) }
  static let sampleBytes = 2_000

  /// The file. `stated` is what the header says of the samples' size in bytes; `form` what it says of the whole file's.
  func bytes(stated: Int = sampleBytes, form: Int? = nil, present: Int = sampleBytes, behind: [UInt8] = [])
    -> Data
  {
    let isBig = ![.riff, .rf64, .w64, .auLittle].contains(kind)
    func number(_ value: Int, _ width: Int) -> [UInt8] {
      let little = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isBig ? little.reversed() : little
    }
    func tag(_ text: String) -> [UInt8] { Array(text.utf8) }
    let format =
      number(1, 2) + number(1, 2) + number(8_000, 4) + number(16_000, 4) + number(2, 2) + number(16, 2)
    let samples = (0..<present / 2).flatMap { number($0 - 500, 2) }
    let wave = tag("fmt ") + number(16, 4) + format + tag("data")
    let guid: [UInt8] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A]
    let riffGUID: [UInt8] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0x00, 0x00]
    // 8000 Hz as an extended number of 80 bits.
    let common =
      number(1, 2) + number(stated / 2, 4) + number(16, 2) + [0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0]
    let sound = tag("SSND") + number(stated < 0 ? stated : stated + 8, 4) + number(0, 8)
    let header: [UInt8] =
      switch kind {
      case .riff: tag("RIFF") + number(form ?? stated + 36, 4) + tag("WAVE") + wave + number(stated, 4)
      case .rifx: tag("RIFX") + number(form ?? stated + 36, 4) + tag("WAVE") + wave + number(stated, 4)
      case .rf64:
        tag("RF64") + number(-1, 4) + tag("WAVEds64") + number(28, 4) + number(form ?? stated + 72, 8)
          + number(stated, 8) + number(stated / 2, 8) + number(0, 4) + wave + number(-1, 4)
      case .w64:
        tag("riff") + riffGUID + number(form ?? stated + 128, 8) + tag("wave") + guid + tag("fmt ") + guid
          + number(40, 8) + format + tag("data") + guid + number(stated < 0 ? stated : stated + 24, 8)
      case .aiff:
        tag("FORM") + number(form ?? stated + 46, 4) + tag("AIFFCOMM") + number(18, 4) + common + sound
      case .aifc:
        tag("FORM") + number(form ?? stated + 64, 4) + tag("AIFCFVER") + number(4, 4) + number(0xA280_5140, 4)
          + tag("COMM") + number(24, 4) + common + tag("NONE") + [0, 0] + sound
      case .au, .auLittle:
        (isBig ? tag(".snd") : tag("dns.")) + number(24, 4) + number(stated, 4) + number(3, 4)
          + number(8_000, 4)
          + number(1, 4)
      case .caf:
        tag("caff") + number(1, 2) + number(0, 2) + tag("desc") + number(32, 8)
          + [0x40, 0xBF, 0x40, 0, 0, 0, 0, 0] + tag("lpcm") + number(0, 4) + number(2, 4) + number(1, 4)
          + number(1, 4) + number(16, 4) + tag("data") + number(stated < 0 ? stated : stated + 4, 8)
          + number(0, 4)
      }
    return Data(header + samples + behind)
  }
}

/// Only the size of the part with the samples decides whether a file is whole.
@Suite struct SampleChunkTests {
  private let folder: Folder
  private let samples = (0..<1_000).map { Float($0 - 500) / 32_768 }

  init() throws { folder = try Folder() }

  private func write(_ bytes: Data) throws -> String {
    let path = folder.path + "/sound"
    try bytes.write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(arguments: Container.all, [2_000, 0, 7, 1_996, 2_044, 3_000, 2_000_000_036, 0xFFFF_FFFF])
  func theSizeOfTheWholeFileIsNotJudged(_ container: Container, _ form: Int) throws {
    let path = try write(container.bytes(form: form))
    #expect(try SoundFile.info(path) == .init(rate: 8_000, channels: 1, frames: 1_000))
    #expect(try SoundFile.read(path) == Waveform(samples: samples, rate: 8_000))
  }

  @Test(arguments: Container.all, [0, 2, 1_000, 1_998])
  func missingSamplesAreCutShort(_ container: Container, _ present: Int) throws {
    let path = try write(container.bytes(present: present))
    let says = "it is cut short, \(2_000 - present) bytes are missing at the end"
    expectError(says, at: path) { _ = try SoundFile.read(path) }
    expectError(says, at: path) { _ = try SoundFile.readOneSecond(path, rate: 16_000) }
  }

  /// Whatever the size of the whole file says: mended, or never written.
  @Test(arguments: Container.all, [1_036, 0xFFFF_FFFF, 0])
  func halfAFileIsCutShortWhateverItsFormSays(_ container: Container, _ form: Int) throws {
    let path = try write(container.bytes(form: form, present: 1_000))
    expectError("it is cut short, 1000 bytes are missing", at: path) { _ = try SoundFile.read(path) }
  }

  /// -1 is all ones in the width of the field.
  @Test(arguments: Container.all, [0, -1])
  func aSizeThatWasNeverFilledInMeansUntilTheEnd(_ container: Container, _ stated: Int) throws {
    for form in [0, -1, 36] {
      let path = try write(container.bytes(stated: stated, form: form))
      #expect(try SoundFile.info(path).frames == 1_000)
      #expect(try SoundFile.read(path).samples == samples)
      #expect(try SoundFile.readOneSecond(path, rate: 8_000).prefix(1_000) == samples[...])
    }
  }

  @Test(arguments: [0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 2_000_000_000, 0xFFFF_FFDB])
  func placeholdersOfPipesMeanUntilTheEnd(_ stated: Int) throws {
    for kind in [Container.Kind.riff, .rifx, .au] {
      let path = try write(Container(kind: kind).bytes(stated: stated))
      #expect(try SoundFile.read(path).samples == samples, "\(kind)")
    }
  }

  @Test(arguments: Container.all) func nothingBehindAnOpenSizeIsNoSound(_ container: Container) throws {
    for stated in [0, -1] {
      let path = try write(container.bytes(stated: stated, present: 0))
      expectError("it has no samples", at: path) { _ = try SoundFile.read(path) }
    }
  }

  /// µ-law and A-law have one byte a sample, whatever number of bits the header states.
  @Test(arguments: [6, 7], [8, 16, 4_104])
  func logarithmicSamplesHaveOneByte(_ format: Int, _ bits: Int) throws {
    func number(_ value: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let guid: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    let form =
      Array("WAVEfmt ".utf8) + number(40, 4) + number(0xFFFE, 2) + number(2, 2) + number(16_000, 4)
      + number(32_000, 4) + number(2, 2) + number(bits, 2) + number(22, 2) + number(8, 2) + number(3, 4)
      + number(format, 2) + guid + Array("data".utf8) + number(600, 4) + [UInt8](repeating: 0xC4, count: 337)
    let path = try write(Data(Array("RIFF".utf8) + number(668, 4) + form))
    expectError("it is cut short, 263 bytes are missing", at: path) { _ = try SoundFile.read(path) }
  }

  @Test func chunksBehindAnEmptyOneAreNoSamples() throws {
    let list = Array("LIST".utf8) + [8, 0, 0, 0] + Array("INFOICMT".utf8)
    let path = try write(Container(kind: .riff).bytes(stated: 0, form: 52, present: 0, behind: list))
    expectError("it has no samples", at: path) { _ = try SoundFile.read(path) }
  }

  @Test func chunksBehindTheSamplesAreNoSamples() throws {
    let list = Array("LIST".utf8) + [4, 0, 0, 0] + Array("INFO".utf8)
    let path = try write(Container(kind: .riff).bytes(behind: list))
    #expect(try SoundFile.read(path).samples == samples)
  }

  /// As players do, which look for the samples behind a chunk whose size is wrong.
  @Test func samplesBehindADamagedChunkAreJudged() throws {
    for (kind, size) in [(Container.Kind.riff, 16), (.rifx, 19), (.caf, 19)] {
      var bytes = [UInt8](Container(kind: kind).bytes(present: 1_000))
      bytes[size] = bytes[size] &+ 1
      let path = try write(Data(bytes))
      expectError("it is cut short, 1000 bytes are missing", at: path) { _ = try SoundFile.read(path) }
    }
  }

  @Test func aWrongFrameSizeHidesNoMissingSamples() throws {
    var bytes = [UInt8](Container(kind: .riff).bytes(present: 1_000))
    bytes.replaceSubrange(32..<34, with: [0xE8, 0x07])
    let path = try write(Data(bytes))
    expectError("it is cut short, 1000 bytes are missing", at: path) { _ = try SoundFile.read(path) }
  }

  @Test func aMissingPadByteIsNotMissed() throws {
    // 8 bits, an odd number of samples, no byte behind the last one.
    var bytes = [UInt8](Container(kind: .riff).bytes(stated: 1_601, form: 1_638, present: 0))
    bytes.replaceSubrange(28..<36, with: [0x40, 0x1F, 0, 0, 1, 0, 8, 0])
    let path = try write(Data(bytes) + Data(repeating: 128, count: 1_601))
    #expect(try SoundFile.read(path).samples == [Float](repeating: 0, count: 1_601))
  }
}
