import Experiments
import Foundation
import SwiftProtobuf
import TensorBoardSchema
import TestSupport
import Testing

/// Event files against values from elsewhere, and against a second reader.
@Suite struct EventFileTests {
  /// RFC 3720, appendix B.4; the last one is the check value of the catalogue of parametrised CRC algorithms.
  static let checksums: [(bytes: [UInt8], checksum: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E),
    ((0..<32).reversed(), 0x113F_DB5C),
    ([UInt8]("123456789".utf8), 0xE306_9283),
  ]

  @Test(arguments: checksums)
  func hasTheChecksumOfItsStandard(_ known: (bytes: [UInt8], checksum: UInt32)) {
    #expect(CRC32C.checksum(Data(known.bytes)) == known.checksum)
  }

  /// What TensorBoard 2.21 writes, `tensorboard.summary.writer.record_writer.RecordWriter`: the version of the file, and
  /// the number 0.25, "loss", at step 7 and 1.5 seconds.
  private static let golden =
    "0f000000000000006d532b091a0d627261696e2e4576656e743a32fc985129"
    + "1a00000000000000129bd82d09000000000000f83f10072a0d0a0b0a046c6f7373150000803ec9d07b8d"

  @Test func writesTheBytesThatTensorBoardWrites() throws {
    let folder = try TemporaryFolder()
    let file = EventFile(in: folder.path, at: Date(timeIntervalSince1970: 0))
    let value = Tensorboard_Summary.Value.with {
      $0.tag = "loss"
      $0.simpleValue = 0.25
    }
    try file.add([value], step: 7, at: Date(timeIntervalSince1970: 1.5))
    try file.flush()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
    #expect(bytes.map { String(format: "%02x", $0) }.joined() == Self.golden)
    #expect((file.path as NSString).lastPathComponent.hasPrefix("events.out.tfevents.0000000000."))
  }

  @Test func aRunBecomesEvents() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder(opening: folder.path)
    var settings = RunSettings(command: ["nightjar", "bench"], seed: 7, started: "2026-11-30T10:00:00Z")
    settings.settings = [
      RunSetting(name: "recipe.lr", value: .number(0.01), defaultValue: nil, isGiven: true),
      RunSetting(name: "align", value: .boolean(true), defaultValue: nil, isGiven: true),
      RunSetting(name: "layers", value: .list([.integer(1), .integer(2)]), defaultValue: nil, isGiven: true),
    ]
    try run.write(settings)
    try run.log("train loss", 0.5, step: 3)
    try run.histograms.add(
      "a, b", [.init(low: -1, high: 0, count: 3), .init(low: 0, high: 1, count: 1)], step: 4)
    try run.flush()
    try run.write(try SampleResults.make())
    try folder.write("no picture", to: "broken.png")
    try folder.write(TinyPicture.png, to: "curve.png")

    let target = try TemporaryFolder()
    let file = EventFile(in: target.path)
    try RunEvents(folder.path).write(to: file)
    let events = try EventReader.read(file.path)
    #expect(events.first?.fileVersion == "brain.Event:2")
    func values(_ tag: String) -> [(step: Int64, value: Tensorboard_Summary.Value)] {
      events.flatMap { event in event.summary.value.filter { $0.tag == tag }.map { (event.step, $0) } }
    }
    #expect(values("train loss").map(\.step) == [3] && values("train loss").map(\.value.simpleValue) == [0.5])
    // Means over the two repeats.
    #expect(values("accuracy/prototypical").map(\.step) == [0, 1])
    #expect(values("accuracy/prototypical").map(\.value.simpleValue) == [0.875, 0.775])
    #expect(values("accuracy_new/prototypical").map(\.step) == [1])
    let histogram = try #require(values("a, b").first)
    #expect(histogram.step == 4 && histogram.value.histo.bucketLimit == [-1, 0, 1])
    #expect(histogram.value.histo.bucket == [0, 3, 1] && histogram.value.histo.num == 4)
    let image = try #require(values("curve").first?.value.image)
    #expect(image.width == 3 && image.height == 2 && image.encodedImageString == TinyPicture.png)
    #expect(values("broken").isEmpty)
    let start = try #require(values("_hparams_/session_start_info").first?.value.metadata.pluginData)
    let hyperparameters = try Tensorboard_HParamsPluginData(serializedBytes: start.content).sessionStartInfo
      .hparams
    #expect(start.pluginName == "hparams" && hyperparameters["recipe.lr"]?.numberValue == 0.01)
    #expect(hyperparameters["align"]?.boolValue == true && hyperparameters["layers"]?.stringValue == "1,2")
    #expect(hyperparameters["seed"]?.numberValue == 7)
  }

  @Test func aHistogramOfOneStepReplacesTheEarlierOne() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/histograms.csv"
    let log = try HistogramLog(path: path)
    for count in 1...2 {
      try log.add("x", [.init(low: 0, high: 1, count: count), .init(low: 1, high: 2, count: 5)], step: 1)
    }
    try log.flush()
    // A kill in the middle of a line.
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try (whole + Data("x,1,0,".utf8)).write(to: URL(fileURLWithPath: path))
    let again = try HistogramLog(path: path)
    try again.add("y", [.init(low: 0, high: 1, count: 1)], step: 1)
    try again.flush()
    let entries = HistogramLog.read(path)
    #expect(entries.map(\.name) == ["x", "y"])
    #expect(entries.first?.bins.map(\.count) == [2, 5])
  }
}

/// A PNG file of 3 by 2 pixels, as far as its header: readers of the size look no further.
private enum TinyPicture {
  static let png = Data(
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + [UInt8]("IHDR".utf8)
      + [0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0])
}

/// A second implementation of the format: bit by bit, and strict.
private enum EventReader {
  struct DamagedRecord: Error {}

  static func read(_ path: String) throws -> [Tensorboard_Event] {
    var rest = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))[...]
    func take(_ count: Int) throws -> [UInt8] {
      guard rest.count >= count else { throw DamagedRecord() }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    func number(_ bytes: [UInt8]) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    var events: [Tensorboard_Event] = []
    while !rest.isEmpty {
      let length = try take(8)
      guard try number(take(4)) == UInt64(masked(length)) else { throw DamagedRecord() }
      let bytes = try take(Int(number(length)))
      guard try number(take(4)) == UInt64(masked(bytes)) else { throw DamagedRecord() }
      events.append(try Tensorboard_Event(serializedBytes: bytes))
    }
    return events
  }

  /// Polynomial division of the bits, the lowest of a byte first, without a table.
  private static func masked(_ bytes: [UInt8]) -> UInt32 {
    var rest = UInt32.max
    for byte in bytes {
      for bit in 0..<8 {
        let isOdd = (rest & 1) != UInt32(byte >> UInt8(bit) & 1)
        rest = (rest >> 1) ^ (isOdd ? 0x82F6_3B78 : 0)
      }
    }
    let checksum = ~rest
    return ((checksum >> 15) | (checksum << 17)) &+ 0xA282_EAD8
  }
}
