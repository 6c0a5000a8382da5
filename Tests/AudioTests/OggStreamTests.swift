import Audio
import Foundation
import Testing

/// An Ogg file ends with a page that says so, and may hold several streams, one behind the other.
@Suite struct OggStreamTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func write(_ bytes: Data, _ name: String = "sound.ogg") throws -> String {
    let path = folder.path + "/" + name
    try bytes.write(to: URL(fileURLWithPath: path))
    return path
  }

  private func stream(_ format: SoundFormat, pitch: Double, rate: Int = 16_000) throws -> Data {
    let path = "\(folder.path)/one.\(format)"
    let tone = Signals.sine(pitch, rate: rate, count: rate, amplitude: 0.5)
    try SoundFile.write(Waveform(samples: tone, rate: rate), to: path)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func pages(_ bytes: Data) -> [Int] {
    let mark = Data("OggS".utf8)
    var starts: [Int] = []
    var from = bytes.startIndex
    while let found = bytes.range(of: mark, in: from..<bytes.endIndex) {
      starts.append(found.lowerBound - bytes.startIndex)
      from = found.upperBound
    }
    return starts
  }

  @Test(arguments: [SoundFormat.ogg, .opus]) func chainedStreamsAreReadToTheEnd(_ format: SoundFormat) throws
  {
    let pitches = [300.0, 500, 700]
    let streams = try pitches.map { try stream(format, pitch: $0) }
    let alone = try streams.map { try SoundFile.read(write($0)).samples }
    let path = try write(streams.reduce(Data(), +))
    #expect(try SoundFile.info(path).frames == 48_000)
    #expect(try SoundFile.read(path).samples == alone.flatMap(\.self))
    #expect(try SoundFile.readOneSecond(path, rate: 16_000) == alone[0])
  }

  @Test func oneSecondMayTakeSeveralStreams() throws {
    let short = try stream(.ogg, pitch: 300, rate: 8_000)
    var samples = try SoundFile.read(write(short)).samples
    let path = try write(short + short)
    samples += samples
    #expect(try SoundFile.read(path).samples == samples)
    #expect(try SoundFile.readOneSecond(path, rate: 8_000) == Array(samples.prefix(8_000)))
  }

  @Test func streamsOfTwoRatesAreRefused() throws {
    let path = try write(stream(.ogg, pitch: 300) + stream(.ogg, pitch: 300, rate: 8_000))
    expectError("different rates, 16000 Hz and 8000 Hz", at: path) { _ = try SoundFile.read(path) }
  }

  @Test(arguments: [SoundFormat.ogg, .opus])
  func aFileCutBetweenPagesIsCutShort(_ format: SoundFormat) throws {
    let whole = try stream(format, pitch: 300)
    for page in pages(whole).dropFirst(3) {
      let path = try write(whole.prefix(page))
      expectError("it is cut short, its last page is missing", at: path) { _ = try SoundFile.read(path) }
      expectError("it is cut short", at: path) { _ = try SoundFile.readOneSecond(path, rate: 16_000) }
      let chained = try write(whole.prefix(page) + whole)
      expectError("the last page of a stream in it is missing", at: path) { _ = try SoundFile.read(chained) }
    }
    let chained = try write(whole + whole.dropLast(10))
    expectError("it is cut short, ", at: chained) { _ = try SoundFile.read(chained) }
  }

  @Test func bytesBehindTheLastPageAreNoSound() throws {
    let path = try write(stream(.ogg, pitch: 300) + Data(repeating: 0, count: 1_000))
    #expect(try SoundFile.read(path).samples.count == 16_000)
  }
}
