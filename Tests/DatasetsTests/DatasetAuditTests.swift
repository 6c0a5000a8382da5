import Audio
import Datasets
import Foundation
import Support
import TestSupport
import Testing

/// What the sound files of a data set contain that its lists do not tell.
@Suite struct DatasetAuditTests {
  let quiet = Console(style: .quiet)
  let sample: SampleDataset
  private var clips: String { sample.folder.path + "/en/clips/" }

  init() throws { sample = try DatasetCheckTests.sounding() }

  private func check() throws -> DatasetCheck {
    try DatasetCheck(path: sample.folder.path, console: quiet, threads: 2)
  }

  private func copy(_ from: String, to name: String) throws {
    try? FileManager.default.removeItem(atPath: clips + name)
    try FileManager.default.copyItem(atPath: clips + from, toPath: clips + name)
  }

  @Test func theMostFrequentRateIsTheSets() throws {
    try sample.folder.writeClip("en/clips/one/a.wav", rate: 4_000)
    try sample.folder.writeClip("cy/clips/tri/b.wav", rate: 48_000)
    let check = try check()
    #expect(check.audit.rate == 16_000)
    #expect(check.audit.rates.map(\.rate) == [16_000, 48_000, 4_000])
    #expect(check.audit.lowerRate == ["en/clips/one/a.wav (base_train.csv:2)"])
    #expect(check.warnings.map(\.kind) == [.mixedRates, .lowerRates])
    #expect(
      check.text.contains("2 clips have another rate than the set's 16000 Hz: 5 at 16000 Hz, 1 at 48000 Hz"))
    let summary = DatasetSummary(try sample.read())
    #expect(summary.rate == 16_000 && summary.rates.map(\.clips) == [5, 1, 1])
    #expect(summary.text.contains("rates         5 at 16000 Hz, 1 at 48000 Hz, 1 at 4000 Hz"))
  }

  @Test(arguments: [1_000, 500_000]) func aRateThatNoRecordingHasIsABadClip(rate: Int) throws {
    let name = "en/clips/two/a.wav"
    let wave = Waveform(samples: [Float](repeating: 0.1, count: 400), rate: rate)
    try SoundFile.write(wave, to: sample.folder.path + "/" + name)
    for depth in [DatasetCheck.Depth.headers, .samples] {
      let check = try DatasetCheck(path: sample.folder.path, depth: depth, console: quiet, threads: 2)
      #expect(check.exitCode == .data)
      #expect(check.bad.map(\.reason).first?.contains("its rate is \(rate) Hz") == true)
    }
  }

  @Test func aCopyInTheTestIsFoundByItsSound() throws {
    try copy("two/a.wav", to: "two/c.wav")
    let check = try check()
    #expect(check.exitCode == .done)
    #expect(
      check.audit.leaks == [
        "en/clips/two/c.wav (base_test.csv:2) in test is en/clips/two/a.wav (base_train.csv:4) in train"
      ])
    #expect(check.text.contains("warning: 1 clip is in two splits"))
  }

  @Test func aCopyInAnotherFormatIsFoundToo() throws {
    try FileManager.default.removeItem(atPath: clips + "two/c.wav")
    try SoundFile.write(try SoundFile.read(clips + "two/a.wav"), to: clips + "two/c.flac")
    try sample.folder.write("two/c.flac,two,en\n", to: "base_test.csv")
    #expect(try check().audit.leaks.count == 1)
  }

  @Test func oneSoundUnderTwoWordsIsAnError() throws {
    try copy("one/a.wav", to: "two/c.wav")
    let check = try check()
    #expect(check.exitCode == .data)
    #expect(check.audit.contradictions.count == 1)
    #expect(
      check.text.contains("error: the same sound with two words: en/clips/one/a.wav (base_train.csv:2)"))
  }

  @Test func aTestListThatRepeatsTrainingIsNamed() throws {
    try sample.folder.write(
      SampleDataset.header + "two/c.wav,two,en\ntwo/a.wav,two,en\n", to: "base_test.csv")
    let warnings = try sample.read().warnings
    #expect(warnings.map(\.kind) == [.listedInTwoSplits])
    #expect(warnings.map(\.example) == ["base_train.csv:4 and base_test.csv:3"])
  }

  @Test(arguments: [
    (
      "base_train.csv", "one/a.wav,one,en\none/a.wav,two,en\ntwo/a.wav,two,en\n",
      "\"two\" here and \"one\" in row 1"
    ),
    ("base_test.csv", "one/a.wav,two,en\n", "base_train.csv:2 and base_test.csv:1"),
  ])
  func oneClipUnderTwoWordsIsAnErrorOfTheLists(file: String, text: String, says: String) throws {
    try sample.folder.write(text, to: file)
    let reason = failureText { _ = try sample.read() }
    #expect(reason.contains(says), "\(reason)")
  }

  @Test func whatIsNotHeardIsNamed() throws {
    let rate = 16_000
    func write(_ name: String, _ samples: [Float]) throws {
      try SoundFile.write(Waveform(samples: samples, rate: rate), to: clips + name)
    }
    let tone = (0..<rate / 2).map { 0.3 * sin(Float($0) / 7) }
    try write("one/a.wav", [Float](repeating: 0, count: rate))
    try write("one/b.wav", [Float](repeating: 0, count: rate + 100) + tone)
    try write("one/c.wav", tone.map { min(max(9 * $0, -1), 1) })
    try write("two/a.wav", tone.map { $0 + 0.2 })
    let check = try check()
    #expect(
      check.audit.findings.mapValues { $0.map { $0.split(separator: " ")[0] } } == [
        .silent: ["en/clips/one/a.wav", "en/clips/one/b.wav"], .late: ["en/clips/one/b.wav"],
        .clipped: ["en/clips/one/c.wav"], .offset: ["en/clips/two/a.wav"],
      ])
    #expect(check.text.contains("--align takes the loudest second"))
  }

  @Test func silenceIsNoCopyOfSilence() throws {
    for name in ["one/a.wav", "two/c.wav"] {
      let wave = Waveform(samples: [Float](repeating: 0, count: 4_000), rate: 16_000)
      try SoundFile.write(wave, to: clips + name)
    }
    let check = try check()
    #expect(check.audit.contradictions.isEmpty && check.audit.leaks.isEmpty)
  }

  @Test func speakersAreCountedBySplit() throws {
    for name in ["one/anna_1", "one/bob_1", "two/anna_1", "two/bob_2", "two/cleo_1"] {
      try sample.folder.writeClip("en/clips/\(name).wav")
    }
    for name in ["tri/dan_1", "tri/dan_2"] { try sample.folder.writeClip("cy/clips/\(name).wav") }
    try sample.folder.write("one/anna_1.wav,one,en\ntwo/bob_2.wav,two,en\n", to: "base_train.csv")
    try sample.folder.write("one/bob_1.wav,one,en\n", to: "base_val.csv")
    try sample.folder.write("two/cleo_1.wav,two,en\n", to: "base_test.csv")
    try sample.folder.write("tri/dan_1.wav,tri,cy\ntri/dan_2.wav,tri,cy\n", to: "cy/evaluation.csv")
    let check = try check()
    #expect(check.speakers?.text == "train 2, val 1, test 1, evaluation 1")
    #expect(check.speakers?.shared == ["bob"])
    #expect(check.warnings.map(\.kind) == [.speakersInTraining])
    #expect(
      DatasetSummary(try sample.read()).text.contains("speakers      train 2, val 1, test 1, evaluation 1"))
  }

  @Test func namesThatOnlyCountHaveNoSpeakers() throws {
    #expect(try check().speakers == nil)
    for (index, name) in ["one/clip_1", "one/clip_2", "two/take_1"].enumerated() {
      try sample.folder.writeClip("en/clips/\(name).wav", pitch: Float(300 + index))
    }
    let rows = "one/clip_1.wav,one,en\none/clip_2.wav,one,en\ntwo/take_1.wav,two,en\n"
    try sample.folder.write(rows, to: "base_train.csv")
    #expect(try check().speakers == nil)
  }
}

/// The same in an import.
@Suite struct ImportAuditTests {
  let quiet = Console(style: .quiet)
  let source: TemporaryFolder
  let out: TemporaryFolder

  init() throws {
    source = try TemporaryFolder()
    out = try TemporaryFolder()
    for word in ["ab", "cd"] { for clip in 0..<4 { try source.writeClip("\(word)/\(clip).wav") } }
  }

  private func imported(_ reading: ClipReading = ClipReading()) throws -> DatasetImport.Report {
    try DatasetImport(
      source: source.path, destination: out.path + "/set", options: ImportOptions(reading: reading)
    ).run(console: quiet, threads: 2)
  }

  @Test func copiesOfAClipAreLeftOut() throws {
    try FileManager.default.copyItem(
      atPath: source.path + "/ab/1.wav", toPath: source.path + "/ab/again.wav")
    let report = try imported()
    #expect(report.clips == 8)
    #expect(
      report.warnings[0].description
        == "left out 1 copy of another clip of the word: ab/again.wav is ab/1.wav")
  }

  @Test func aLinkThatMakesASecondWordIsRefused() throws {
    try FileManager.default.createSymbolicLink(
      atPath: source.path + "/ef", withDestinationPath: source.path + "/ab")
    let text = failureText { _ = try imported() }
    #expect(text.contains("4 clips contradict others") && text.contains("ef/0.wav is ab/0.wav"), "\(text)")
    #expect(!FileManager.default.fileExists(atPath: out.path + "/set"))
  }

  @Test func theRateAndTheLoudestSecondAreKept() throws {
    try source.writeClip("ab/low.wav", rate: 8_000)
    let report = try imported(ClipReading(isAligned: true))
    #expect(report.rate == 16_000 && report.description.contains("rate     16000 Hz"))
    #expect(report.warnings.map(\.kind) == [.mixedRates, .lowerRates])
    let reading = try WordDataset(path: report.path).reading
    #expect(reading == ClipReading(rate: 16_000, isAligned: true))
    try FileManager.default.removeItem(atPath: out.path + "/set")
    #expect(try imported(ClipReading(rate: 8_000)).rate == 8_000)
    #expect(try WordDataset(path: out.path + "/set").reading.rate == 8_000)
  }

  @Test func speakersAreToldBySplit() throws {
    for word in ["ab", "cd"] {
      for clip in 0..<4 { try FileManager.default.removeItem(atPath: "\(source.path)/\(word)/\(clip).wav") }
      for speaker in ["anna", "bob", "cleo", "dan"] {
        for take in 0..<3 { try source.writeClip("\(word)/\(word)_\(speaker)_\(take).wav") }
      }
    }
    let report = try imported()
    #expect(report.speakers?.shared == [])
    #expect(report.description.contains("speakers train 2, val 1, test 1, evaluation 4"))
    #expect(try WordDataset(path: report.path).provenance?.notes?["separate speakers"] == "yes")
  }
}
