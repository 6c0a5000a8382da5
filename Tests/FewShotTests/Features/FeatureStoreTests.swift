import FewShot
import Foundation
import Support
import Tensors
import TestSupport
import Testing

/// Takes the first four samples of a clip, and counts how often it is asked.
private final class FirstSamples: ClipEncoder {
  let name = "first"
  let location = ErrorLocation.plugin(title: "encoder/first")
  let keyParts: [String]
  private let scale: Float
  private(set) var asked = 0

  init(scale: Float = 1) { (self.scale, keyParts) = (scale, ["first", "scale=\(scale)"]) }

  func prepare(rate: Int) -> Int { rate }

  func encode(_ waveforms: Tensor) throws -> Tensor {
    asked += 1
    return try Slice(1, from: 0, count: 4)(waveforms).scaled(by: scale).reshaped([-1, 2, 2])
  }
}

@Suite struct FeatureStoreTests {
  private let device = Device(memory: 1 << 28, threads: 2)
  private let sample: SampleDataset

  init() throws {
    sample = try SampleDataset(clips: false)
    for (i, name) in [
      "en/clips/one/a", "en/clips/one/b", "en/clips/one/c", "en/clips/two/a", "en/clips/two/c",
      "cy/clips/tri/a", "cy/clips/tri/b",
    ].enumerated() { try sample.folder.writeClip("\(name).wav", pitch: 100 * Float(i + 1)) }
  }

  private func store(_ console: Console = Console(style: .quiet)) throws -> FeatureStore {
    FeatureStore(
      try sample.read(), device: device,
      cache: StageCache(folder: sample.folder.path + "/cache", console: console),
      console: console)
  }

  @Test func rowsAreInTheOrderOfTheList() throws {
    let store = try store()
    let clips = store.dataset.clips(.train)
    let file = try store.features(.train, FirstSamples())
    #expect(file.rowShape == [2, 2] && file.rows == 3)
    let waveforms = try store.waveforms(clips, rate: 16_000)
    #expect(waveforms.shape == [3, 16_000])
    let expected = try (0..<3).map { Array(try waveforms.row($0).prefix(4)) }
    #expect(try file.readAll(on: device).floatValues == expected.flatMap(\.self))
    #expect(try file.read([2, 0], on: device).floatValues == expected[2] + expected[0])
    #expect(expected[0] != expected[1])
  }

  @Test func theMostFrequentRateIsThatOfTheDataSet() throws {
    let clip = try #require(try sample.read().clips(.train).first)
    #expect(clip.path.hasSuffix("en/clips/one/a.wav"))
    try sample.folder.writeClip("en/clips/one/a.wav", rate: 8_000)
    #expect(try store().nativeRate() == 16_000)
  }

  @Test func featuresAreMadeOncePerKey() throws {
    let first = FirstSamples()
    let made = try store().features(.train, first).readAll(on: device).floatValues
    let again = FirstSamples()
    let store = try store()
    #expect(try store.features(.train, again).readAll(on: device).floatValues == made)
    // All splits in one batch, then a few clips again beside others.
    #expect((first.asked, again.asked) == (2, 0))
    let other = FirstSamples()
    let louder = FirstSamples(scale: 2)
    #expect(try store.features(.test, other).rows == 1)
    #expect(try store.features(.train, louder).readAll(on: device).floatValues == made.map { 2 * $0 })
    #expect((other.asked, louder.asked) == (0, 2))
    // Another list is another data set.
    try sample.folder.write(
      SampleDataset.header + "one/b.wav,one,en\ntwo/a.wav,two,en\n", to: "base_train.csv")
    let changed = FirstSamples()
    #expect(try self.store().features(.train, changed).rows == 2)
    #expect(changed.asked == 2)
  }

  @Test func aTruncatedFileIsMadeAgain() throws {
    let made = try store().features(.train, FirstSamples()).readAll(on: device).floatValues
    let folder = sample.folder.path + "/cache/features"
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".rows") })
    #expect(truncate(folder + "/" + name, 70) == 0)
    let again = FirstSamples()
    #expect(try store().features(.train, again).readAll(on: device).floatValues == made)
    #expect(again.asked == 2)
  }

  @Test func aBadClipIsNamedWithItsRow() throws {
    try sample.folder.write("no sound", to: "en/clips/one/b.wav")
    let text = failureText { _ = try store().features(.train, FirstSamples()) }
    #expect(text.hasPrefix("base_train.csv:3: one: "), "\(text)")
    #expect(text.contains("nightjar data check"))
    let folder = sample.folder.path + "/cache/features"
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func filesOfRowsRefuseWhatTheyAreNot() throws {
    let path = sample.folder.path + "/x.rows"
    let rows = try Tensor((0..<12).map { Float($0) }, shape: [3, 4], on: device)
    do {
      var writer = try RowFile.Writer(path)
      try writer.put(rows, at: [3, 0, 2])
      try writer.put(Slice(0, from: 1, count: 1)(rows), at: [1])
      #expect(failureText { try writer.put(.zeros([1, 5], on: device), at: [4]) }.contains("(1, [4])"))
      #expect(failureText { try writer.put(rows, at: [4]) }.contains("(1, [4])"))
    }
    let file = try RowFile(path)
    #expect(file.rows == 4 && file.rowShape == [4])
    #expect(try file.read([3, 0], on: device).floatValues == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(try file.readAll(on: device).rows().map(\.first) == [4, 4, 8, 0])
    #expect(try file.read([], on: device).shape == [0, 4])
    for bad in [4, -1] {
      #expect(failureText { _ = try file.read([bad], on: device) }.contains("outside 0..<4"))
    }
    #expect(truncate(path, 64 + 16 + 7) == 0)
    #expect(failureText { _ = try RowFile(path) }.contains("truncated"))
    #expect(failureText { _ = try file.read([1], on: device) }.contains("it ends at byte"))
    try sample.folder.write("something else", to: "x.rows")
    #expect(failureText { _ = try RowFile(path) }.contains("not a file of rows"))
    #expect(failureText { _ = try RowFile(path + "none") }.contains("none"))
  }
}

@Suite struct AugmentedBatchesTests {
  private let device = Device(memory: 1 << 28, threads: 2)
  private let tones: ToneClips

  init() throws { tones = try ToneClips() }

  private func batches(_ threads: Int = 2, _ augmentation: ClipAugmentation? = nil) throws -> ClipBatches {
    let console = Console(style: .quiet)
    let store = FeatureStore(
      tones.dataset, device: Device(memory: 1 << 28, threads: threads),
      cache: StageCache(folder: tones.folder.path + "/cache", console: console), console: console)
    return try ClipBatches(
      .train, of: store, encoder: FirstSamples(), size: 5, shuffleSeed: 3, augmentation: augmentation)
  }

  private func features(_ batches: ClipBatches) throws -> [[Float]] {
    var all: [[Float]] = []
    try batches.forEach { features, _ in all.append(try features.floatValues) }
    return all
  }

  @Test func noChangeGivesTheFeaturesOfTheCache() throws {
    let plain = try features(batches())
    #expect(try features(batches { waveforms, _ in waveforms }) == plain)
    #expect(try features(batches(1) { waveforms, _ in waveforms }) == plain)
  }

  @Test func everyBatchIsChangedAnew() throws {
    var calls: [Int] = []
    let batches = try batches { waveforms, rate in
      calls.append(rate)
      return try waveforms.scaled(by: Float(calls.count))
    }
    let first = try #require(try batches.next())
    #expect(try first.waveforms().floatValues.prefix(4) == first.features.floatValues.prefix(4))
    let passes = try (0..<2).map { _ in try features(batches) }
    #expect(calls == Array(repeating: 8_000, count: 1 + 2 * 3))
    #expect(passes[0] != passes[1])
  }

  @Test func anotherShapeIsRefused() throws {
    let batches = try batches { waveforms, _ in try Slice(1, from: 0, count: 100)(waveforms) }
    #expect(throws: ProtocolError.self) { try batches.next() }
  }
}
