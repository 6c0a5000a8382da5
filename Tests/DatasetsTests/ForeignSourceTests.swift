import Datasets
import Foundation
import Support
import TestSupport
import Testing

/// Folders and archives as others distribute them.
@Suite struct ForeignSourceTests {
  let quiet = Console(style: .quiet)
  let source: TemporaryFolder
  let out: TemporaryFolder

  init() throws {
    source = try TemporaryFolder()
    out = try TemporaryFolder()
  }

  private func imported(
    _ options: ImportOptions = ImportOptions(), from path: String? = nil, to name: String = "set"
  ) throws -> (report: DatasetImport.Report, data: WordDataset) {
    let report = try DatasetImport(
      source: path ?? source.path, destination: out.path + "/" + name, options: options
    ).run(console: quiet, threads: 2)
    return (report, try WordDataset(path: report.path))
  }

  /// The clips of a split as `word/name`.
  private func clips(_ split: Split, of data: WordDataset) -> Set<String> {
    Set(data.clips(split).map { $0.path.split(separator: "/").suffix(2).joined(separator: "/") })
  }

  @Test func followsSpeechCommandsLists() throws {
    for word in ["no", "yes", "zero"] {
      for clip in 0..<5 { try source.writeClip("\(word)/s\(clip)_nohash_0.wav") }
    }
    try source.write("no/s3_nohash_0.wav\nyes/s3_nohash_0.wav\n", to: "testing_list.txt")
    try source.write("no/s1_nohash_0.wav\n", to: "validation_list.txt")
    try source.writeClip("_background_noise_/hum.wav")
    let (report, data) = try imported()
    #expect(clips(.test, of: data) == ["no/s3_nohash_0.wav", "yes/s3_nohash_0.wav"])
    #expect(clips(.val, of: data) == ["no/s1_nohash_0.wav"])
    #expect(data.clips(.train).count == 7 && data.clips(.evaluation).count == 5)
    #expect(data.provenance?.notes?["splits"] == "testing_list.txt, validation_list.txt")
    #expect(report.warnings.map(\.kind) == [.foldersSetAside, .speakersInTraining])
    #expect(report.warnings.map(\.example) == ["_background_noise_", "s1"])
  }

  @Test func entriesWithoutAFileAreNamed() throws {
    for word in ["no", "yes"] {
      for clip in 0..<5 { try source.writeClip("\(word)/s\(clip)_nohash_0.wav") }
    }
    try source.write("no/s3_nohash_0.wav\nyes/s3_nohash_0.wav\n", to: "testing_list.txt")
    let named = ["no/s1", "no/s8", "up/s1"].map { "\($0)_nohash_0.wav\n" }.joined()
    try source.write(named, to: "validation_list.txt")
    let (report, data) = try imported(ImportOptions(base: ["no", "yes"]))
    #expect(clips(.val, of: data) == ["no/s1_nohash_0.wav"])
    let warning = try #require(report.warnings.first { $0.kind == .listedWithoutFile })
    #expect(warning.count == 2 && warning.example == "no/s8_nohash_0, up/s1_nohash_0")
  }

  @Test func namesInListsAreFoundByTheirBytesFirst() throws {
    let nfc = "caf\u{E9}"
    let nfd = "cafe\u{301}"
    for (index, name) in ["no/\(nfc)", "no/\(nfd)", "no/\(nfd)2", "no/a", "no/b", "no/c"].enumerated() {
      try source.writeClip("\(name).wav", pitch: Float(100 + index))
    }
    for clip in 0..<5 { try source.writeClip("yes/\(clip).wav", pitch: Float(200 + clip)) }
    // Of two names that look alike the list means the one of its bytes; a name alone is found however it is spelt.
    try source.write("no/\(nfd).wav\nno/\(nfc)2.wav\nyes/0.wav\n", to: "testing_list.txt")
    try source.write("no/a.wav\nyes/1.wav\n", to: "validation_list.txt")
    let (_, data) = try imported(ImportOptions(base: ["no", "yes"]))
    let names = data.clips(.test).map { Array($0.path.utf8.suffix(from: $0.path.utf8.lastIndex(of: 0x2F)!)) }
    #expect(Set(names) == Set(["/\(nfd).wav", "/\(nfd)2.wav", "/0.wav"].map { Array($0.utf8) }))
  }

  @Test func followsTheListsOfMSWC() throws {
    var list = "SET,LINK,WORD,VALID,SPEAKER,GENDER\n"
    for word in ["ab", "cd"] {
      for (clip, set) in ["TRAIN", "DEV", "TEST", "TRAIN"].enumerated() {
        list += "\(set),\(word)/common_voice_en_\(clip).opus,\(word),True,sp\(clip),NA\n"
        try source.writeClip("en/clips/\(word)/common_voice_en_\(clip).wav")
      }
    }
    try source.writeClip("en/clips/ab/other.wav")
    try source.write(list, to: "en/en_splits.csv")
    let (report, data) = try imported(ImportOptions(base: ["ab", "cd"]), from: source.path + "/en")
    #expect(clips(.test, of: data) == ["ab/common_voice_en_2.wav", "cd/common_voice_en_2.wav"])
    #expect(data.clips(.train).count == 4 && data.clips(.val).count == 2)
    #expect(data.provenance?.notes?["separate speakers"] == "yes")
    #expect(report.warnings.map(\.kind) == [.unlistedClips, .missingSessionLists])
    #expect(report.warnings[0].example == "ab/other.wav")
  }

  @Test func followsFoldersOfSplits() throws {
    for split in ["train", "validation", "test"] {
      for word in ["ab", "cd"] { try source.writeClip("\(split)/\(word)/1.wav") }
    }
    let data = try imported(ImportOptions(base: ["ab"])).data
    #expect(clips(.train, of: data) == ["ab/train_1.wav"])
    #expect(clips(.val, of: data) == ["ab/val_1.wav"])
    #expect(clips(.test, of: data) == ["ab/test_1.wav"])
    #expect(data.clips(.evaluation).count == 3)
  }

  @Test func splitsThatLackAWordAreDrawnAgain() throws {
    for word in ["no", "yes", "zero"] { for clip in 0..<5 { try source.writeClip("\(word)/\(clip).wav") } }
    try source.write("no/3.wav\n", to: "testing_list.txt")
    let (report, data) = try imported()
    #expect(report.warnings.map(\.kind) == [.unusableSplits])
    #expect(Set(data.clips(.test).map(\.word)) == ["no", "yes"])
  }

  @Test func whatIsLeftOutIsNamedWithTheReason() throws {
    for word in ["ab", "cd"] { for clip in 0..<3 { try source.writeClip("\(word)/\(clip).wav") } }
    for name in ["ab/x.m4a", "ab/notes.txt", "ef/1.m4a", "gh/deep/1.wav"] { try source.write("x", to: name) }
    try source.writeClip("beside.wav")
    let warnings = try imported().report.warnings
    #expect(
      warnings.dropLast().map { "\($0.kind.rawValue): \($0.example)" } == [
        "ignoredFiles: ab/notes.txt", "unsupportedFormats: ab/x.m4a, ef/1.m4a",
        "clipsWithoutWord: beside.wav",
        "foldersInWords: gh/deep", "wordsWithoutClips: ef, gh",
      ])
  }

  @Test func aWordWithoutAReadableClipIsNamed() throws {
    for word in ["ab", "cd"] { for clip in 0..<3 { try source.writeClip("\(word)/\(clip).wav") } }
    try source.write("no sound", to: "ef/1.wav")
    let warnings = try imported(ImportOptions(skipsBad: true)).report.warnings
    #expect(warnings.map(\.kind).prefix(2) == [.wordsWithoutClips, .unreadableClips])
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12\n", "it is a Git LFS pointer"),
    ("<!DOCTYPE html>\n<html><head></head></html>\n", "it is a web page"), ("", "empty (0 bytes)"),
  ])
  func whatStandsForAFileIsNamed(text: String, says: String) throws {
    for word in ["ab", "cd"] { try source.writeClip("\(word)/1.wav") }
    try source.write(text, to: "ab/2.wav")
    #expect(failureText { _ = try imported() }.contains(says))
    for name in ["set.tar", "set.zip", "set.bin"] {
      try source.write(text, to: name)
      let reason = failureText { _ = try imported(from: source.path + "/" + name) }
      #expect(reason.contains(says), "\(name): \(reason)")
    }
  }

  @Test(arguments: [
    ("words.tar.xz", "tar", "-cJf"), ("words.zip", "zip", "-qr"), ("words.data", "tar", "-czf"),
  ])
  func takesAnArchiveOfFolders(name: String, program: String, option: String) throws {
    guard [program, "unzip", "xz"].allSatisfy({ Subprocess.find($0) != nil }) else { return }
    for word in ["ab", "cd"] { for clip in 0..<3 { try source.writeClip("words/\(word)/\(clip).wav") } }
    _ = try Subprocess.run(
      "/bin/sh", ["-c", "cd '\(source.path)' && \(program) \(option) \(name) words"], work: "packing",
      hint: "none")
    let data = try imported(from: source.path + "/" + name).data
    #expect(data.words.map(\.name) == ["ab", "cd"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: out.path) == ["set"])
  }

  @Test func aZipWithALinkIsRefused() throws {
    guard ["zip", "unzip"].allSatisfy({ Subprocess.find($0) != nil }) else { return }
    _ = try Subprocess.run(
      "/bin/sh", ["-c", "cd '\(source.path)' && ln -s /etc a && zip -qy x.zip a"], work: "packing",
      hint: "none")
    #expect(failureText { _ = try imported(from: source.path + "/x.zip") }.contains("is refused"))
  }

  @Test func oneWordsFolderAmongOthersIsRefused() throws {
    for word in ["ab", "cd"] {
      for speaker in ["anna", "bob", "cleo"] {
        for take in 0..<2 { try source.writeClip("\(word)/\(speaker)_\(take).wav") }
      }
    }
    let text = failureText { _ = try imported(from: source.path + "/ab/") }
    #expect(text.contains("it is the folder of one word"), "\(text)")
  }

  @Test func aSetInItsOwnSourceIsRefused() throws {
    for word in ["ab", "cd"] { for clip in 0..<3 { try source.writeClip("\(word)/\(clip).wav") } }
    let into = { (path: String) in
      failureText {
        _ = try DatasetImport(source: source.path, destination: path).run(console: quiet, threads: 2)
      }
    }
    #expect(into(source.path + "/set").contains("is inside the source"))
    #expect(into(source.path + "/ab/../new/set").contains("is inside the source"))
    #expect(into(source.path + "-set") == "")
    try FileManager.default.removeItem(atPath: source.path + "-set")
  }

  @Test(
    arguments: [
      ("anna_1", "anna"), ("yes_anna_1", "anna"), ("Yes_anna_b_12", "anna_b"), ("yes-anna-1", "anna"),
      ("0a7c_nohash_3", "0a7c"), ("01_3", nil), ("yes_01_3", nil), ("yes_3", nil), ("17", nil), ("anna", nil),
      ("common_voice_en_17", nil), ("en_train_003", nil),
    ] as [(String, String?)])
  func speakersAreReadFromNamesAndNeverFromANumber(stem: String, speaker: String?) throws {
    #expect(SpeakerNames.speaker(stem: stem, word: "yes") == speaker)
  }
}
