import Audio
import Foundation
import Support
import Tensors
import Testing

@Suite struct SoundFileTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  @Test(arguments: SoundFormat.allCases, [8_000, 16_000, 48_000])
  func whatIsWrittenIsRead(_ format: SoundFormat, _ rate: Int) throws {
    let path = folder.path + "/tone.\(format)"
    let tone = Signals.sine(440, rate: rate, count: rate, amplitude: 0.5)
    try SoundFile.write(Waveform(samples: tone, rate: rate), to: path)
    #expect(try SoundFile.info(path) == SoundFile.Info(rate: rate, channels: 1, frames: rate))
    let back = try SoundFile.read(path)
    #expect(back.rate == rate && back.samples.count == tone.count)
    let tolerance: Float = format.isLossless ? 1 / 65_536 : 0.06
    let middle = rate / 10..<rate * 9 / 10
    #expect(zip(tone[middle], back.samples[middle]).allSatisfy { abs($0 - $1) <= tolerance })
  }

  @Test(arguments: [SoundFormat.wav, .flac]) func sixteenBitsComeBackExactly(_ format: SoundFormat) throws {
    let path = folder.path + "/exact.\(format)"
    let levels = [-32_768, -32_767, -1, 0, 1, 12_345, 32_767].map { Float($0) / 32_768 }
    let samples = (0..<4_000).map { levels[$0 % levels.count] }
    try SoundFile.write(Waveform(samples: samples, rate: 16_000), to: path)
    #expect(try SoundFile.read(path).samples == samples)
  }

  @Test(arguments: SoundFormat.allCases, [true, false])
  func sameSamplesGiveTheSameBytes(_ format: SoundFormat, _ flushed: Bool) throws {
    let wave = Waveform(samples: Signals.sine(300, rate: 16_000, count: 16_000, amplitude: 0.3), rate: 16_000)
    let bytes = try (0..<3).map { index in
      let path = "\(folder.path)/\(index).\(format)"
      try SoundFile.write(wave, to: path, flushed: flushed)
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }
    #expect(bytes[0] == bytes[1] && bytes[1] == bytes[2])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
  }

  @Test func tooLoudIsClipped() throws {
    let path = folder.path + "/loud.wav"
    try SoundFile.write(Waveform(samples: [2, -2, 0.5], rate: 8_000), to: path)
    #expect(try SoundFile.read(path).samples == [32_767 / 32_768, -1, 0.5])
  }

  @Test func channelsAreAveraged() throws {
    let path = folder.path + "/stereo.wav"
    let frames: [Int16] = [16_384, 0, 8_192, -8_192, -16_384, -16_384]
    try RawWave.bytes(frames, channels: 2, rate: 44_100).write(to: URL(fileURLWithPath: path))
    #expect(try SoundFile.info(path) == SoundFile.Info(rate: 44_100, channels: 2, frames: 3))
    #expect(try SoundFile.read(path).samples == [0.25, 0, -0.5])
  }

  @Test func longFilesAreReadInBlocks() throws {
    let path = folder.path + "/long.flac"
    let samples = (0..<200_000).map { Float($0 % 1_000) / 1_024 }
    try SoundFile.write(Waveform(samples: samples, rate: 16_000), to: path)
    #expect(try SoundFile.read(path).samples == samples)
  }

  @Test(arguments: [8_000, 16_000, 44_100, 48_000], [0.4, 1, 1.7])
  func oneSecondIsExact(_ rate: Int, _ seconds: Double) throws {
    let path = folder.path + "/clip.wav"
    let count = Int(Double(rate) * seconds)
    let tone = Signals.sine(500, rate: rate, count: count, amplitude: 0.5)
    try SoundFile.write(Waveform(samples: tone, rate: rate), to: path)
    for target in [16_000, 48_000] {
      let clip = try SoundFile.readOneSecond(path, rate: target)
      #expect(clip.count == target)
      let expected = Signals.sine(500, rate: target, count: target, amplitude: 0.5)
      let inside = target / 20..<Int(Double(target) * (min(seconds, 1) - 0.05))
      #expect(zip(clip[inside], expected[inside]).allSatisfy { abs($0 - $1) < 2e-3 })
      let after = min(Int(Double(target) * seconds) + 1, target)
      #expect(clip[after...].allSatisfy { $0 == 0 })
    }
  }

  /// The seconds that this thread has computed, however many others had the processor meanwhile.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// A file eight times as long takes about eight times as long, not 64 times.
  @Test func readingTakesTimeInProportionToTheLength() throws {
    let path = folder.path + "/long.wav"
    func seconds(_ frames: Int) throws -> Double {
      let header = RawWave.bytes([], channels: 1, rate: 16_000).prefix(40)
      let size = withUnsafeBytes(of: UInt32(2 * frames).littleEndian) { Data($0) }
      try (header + size + Data(count: 2 * frames)).write(to: URL(fileURLWithPath: path))
      return try (0..<4).map { _ in
        let start = Self.processorTime()
        _ = try SoundFile.read(path)
        return Self.processorTime() - start
      }.min() ?? 0
    }
    let short = try seconds(1_250_000)
    // Far from both, since other tests have the same caches.
    #expect(try seconds(10_000_000) < 40 * short)
  }

  @Test func aShortFileOfManySamplesStaysInTheBudget() throws {
    let path = folder.path + "/silence.flac"
    try SoundFile.write(Waveform(samples: [Float](repeating: 0, count: 1_000_000), rate: 16_000), to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < 20_000)
    let device = Device(memory: 2 << 20)
    #expect { try SoundFile.read(path, on: device) } throws: { ($0 as? TensorError)?.exitCode == .limit }
    #expect(device.pool.usage.live == 0)
    var count = 0
    #expect(try SoundFile.decode(path) { count += $0.count }.frames == 1_000_000)
    #expect(count == 1_000_000)
    let (samples, rate) = try SoundFile.read(path, on: Device(memory: 32 << 20))
    #expect(samples.shape == [1_000_000] && rate == 16_000)
  }

  @Test func aPipesLengthIsNotBelieved() throws {
    let path = folder.path + "/pipe.wav"
    var bytes = RawWave.bytes([1, 2, 3, 4], channels: 1, rate: 22_050)
    bytes.replaceSubrange(4..<8, with: [0x24, 0xF0, 0xFF, 0x7F])
    bytes.replaceSubrange(40..<44, with: [0x00, 0xF0, 0xFF, 0x7F])
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(try SoundFile.read(path).samples == [1, 2, 3, 4].map { $0 / 32_768 })
  }
}
