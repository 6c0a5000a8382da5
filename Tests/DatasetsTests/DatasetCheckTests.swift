import Datasets
import Foundation
import Support
import TestSupport
import Testing

@Suite struct DatasetCheckTests {
  let quiet = Console(style: .quiet)

  static func sounding() throws -> SampleDataset {
    let sample = try SampleDataset(clips: false)
    for name in ["one/a", "one/b", "one/c", "two/a", "two/c"] {
      try sample.folder.writeClip("en/clips/\(name).wav")
    }
    for name in ["tri/a", "tri/b"] { try sample.folder.writeClip("cy/clips/\(name).wav") }
    return sample
  }

  @Test func goodClipsPass() throws {
    let sample = try Self.sounding()
    let check = try DatasetCheck(path: sample.folder.path, console: quiet, threads: 2)
    #expect(check.bad.isEmpty && check.checked == 7)
    #expect(check.exitCode == .done)
    #expect(check.text.contains("all 7 clips"))
  }

  @Test(arguments: [DatasetCheck.Depth.samples, .headers])
  func everyBadClipIsNamedWithItsRow(depth: DatasetCheck.Depth) throws {
    let sample = try Self.sounding()
    let clips = sample.folder.path + "/en/clips/"
    try FileManager.default.removeItem(atPath: clips + "one/b.wav")
    try sample.folder.write("", to: "en/clips/one/c.wav")
    try sample.folder.write("no sound at all", to: "en/clips/two/a.wav")
    let whole = try Data(contentsOf: URL(fileURLWithPath: clips + "two/c.wav"))
    try sample.folder.write(whole.prefix(whole.count / 2), to: "en/clips/two/c.wav")
    let check = try DatasetCheck(path: sample.folder.path, depth: depth, console: quiet, threads: 2)
    #expect(check.exitCode == .data)
    #expect(
      check.bad.map { "\($0.file):\($0.row)" } == [
        "base_train.csv:3", "base_train.csv:4", "base_val.csv:2", "base_test.csv:2",
      ])
    let reasons = ["no such file", "the sound format is unknown", "empty", "cut short"]
    for (bad, reason) in zip(check.bad, reasons) { #expect(bad.reason.contains(reason), "\(bad)") }
    #expect(check.text.contains("4 of 7 clips"))
  }

  @Test func summaryCounts() throws {
    let sample = try Self.sounding()
    let summary = DatasetSummary(try sample.read())
    #expect(summary.clips == 7 && summary.words == 3)
    #expect(summary.splits.map(\.clips) == [3, 1, 1, 2])
    #expect(summary.splits.map(\.median) == [1.5, 1, 1, 2])
    #expect(summary.languages.map(\.language) == ["en", "cy"])
    #expect(summary.rate == 16_000 && summary.format == "wav")
    #expect(summary.bytes > 7 * 3_200)
    #expect(summary.text.contains("recorded speech"))
  }
}
