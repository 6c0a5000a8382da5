import Audio
import Datasets
import Foundation
import Support
import TestSupport
import Testing

/// Names of files and folders are bytes: what differs in bytes is two, and is read as it was written.
@Suite struct NameBytesTests {
  private static let nfc = "caf\u{E9}"
  private static let nfd = "cafe\u{301}"
  private static let console = Console(style: .quiet)

  private func words(_ data: WordDataset) -> [[UInt8]] { data.words.map(\.name.nameBytes) }

  /// Four clips, no two of which are the same sound.
  private func writeTakes(of word: String, _ folder: TemporaryFolder) throws {
    let base = word.utf8.reduce(0) { ($0 * 31 + Int($1)) % 997 }
    for take in 0..<4 {
      try folder.writeClip("in/\(word)/\(take).wav", pitch: Float(100 + base + take * 1_000))
    }
  }

  private func importFolder(
    _ folder: TemporaryFolder, _ options: ImportOptions = ImportOptions()
  ) throws -> (data: WordDataset, report: DatasetImport.Report) {
    let out = folder.path + "/out"
    let report = try DatasetImport(source: folder.path + "/in", destination: out, options: options)
      .run(console: Self.console, threads: 1)
    return (try WordDataset(path: out, checkingFiles: true), report)
  }

  /// The names of clips that lists, systems and keyboards write in ways of their own.
  static let names = [
    "\(nfc).wav", "\(nfd).wav", " lead.wav", "trail .wav ", "~home.wav", "~", "a\\b.wav", "\\a.wav",
    "\u{200F}rtl.wav",
    "mark\u{200E}.wav", "\u{FEFF}bom.wav", "a,b.wav", "a\"b.wav", "\"quoted\".wav", "a\nb.wav",
    "zero\u{200B}width.wav",
  ]

  static let oddWords = ["~one", "\\two"]

  @Test func listsReadBackToTheSameBytes() throws {
    let folder = try TemporaryFolder()
    for (index, name) in Self.names.enumerated() {
      for (offset, word) in Self.oddWords.enumerated() {
        let clip = "in/\(word)/\(name.hasSuffix(".wav") ? name : name + ".wav")"
        try folder.writeClip(clip, pitch: Float(100 + 2 * index + offset))
      }
    }
    let (data, report) = try importFolder(folder, ImportOptions(base: Self.oddWords))
    #expect(words(data) == Self.oddWords.map(\.nameBytes))
    #expect(report.clips == 2 * Self.names.count)
    let clips = Split.allCases.flatMap(data.clips)
    #expect(Set(clips.map(\.path.nameBytes)).count == 2 * Self.names.count)
    #expect(clips.allSatisfy { FileStatus($0.path) != nil })
    #expect(data.warnings.allSatisfy { $0.kind != .missingClips && $0.kind != .duplicateRows })
    let check = try DatasetCheck(path: data.path, console: Self.console, threads: 1)
    #expect(check.checked == 2 * Self.names.count && check.bad.isEmpty)
  }

  @Test func wordsInTwoNormalFormsAreTwoWordsThatLookAlike() throws {
    let folder = try TemporaryFolder()
    for word in [Self.nfc, Self.nfd, " go", "go"] {
      try writeTakes(of: word, folder)
    }
    let (data, report) = try importFolder(folder, ImportOptions(base: [Self.nfc, Self.nfd, " go", "go"]))
    #expect(words(data).count == 4 && Set(words(data)).count == 4)
    #expect(report.clips == 16)
    let warning = try #require(report.warnings.first { $0.kind == .lookAlikes })
    #expect(warning.count == 2)
    #expect("\(warning)".contains("\"cafe\\u{301}\"") || "\(warning)".contains("\"\\u{20}go\""), "\(warning)")
  }

  @Test func aWordMayBeTypedInAnotherNormalForm() throws {
    let folder = try TemporaryFolder()
    for word in [Self.nfd, "go"] {
      try writeTakes(of: word, folder)
    }
    let (data, _) = try importFolder(folder, ImportOptions(base: [Self.nfc]))
    #expect(words(data) == [Self.nfd.nameBytes, "go".nameBytes])
    #expect(data.clips(.train).count > 0)
  }

  @Test func clipsThatLookAlikeAreNamedEscaped() throws {
    let folder = try TemporaryFolder()
    for word in ["go", "stop"] {
      for (take, name) in [Self.nfc, Self.nfd, "a", "a\u{200E}"].enumerated() {
        try folder.writeClip("in/\(word)/\(name).wav", pitch: Float(100 + word.count * 10 + take))
      }
    }
    let (_, report) = try importFolder(folder, ImportOptions(base: ["go", "stop"]))
    #expect(report.clips == 8)
    let warning = try #require(report.warnings.first { $0.kind == .lookAlikes })
    #expect(warning.count == 4)
    #expect("\(warning)".contains("\\u{200e}") || "\(warning)".contains("\\u{301}"), "\(warning)")
  }

  @Test func namesThatAreNotUTF8AreCalledThat() throws {
    let folder = try TemporaryFolder()
    for word in ["go", "stop"] {
      try writeTakes(of: word, folder)
    }
    // "café.wav" and a folder "é" in Latin-1, as an archive of Windows has them.
    for command in ["cp 0.wav \"$(printf 'caf\\351.wav')\"", "cd .. && cp -r go \"$(printf '\\351')\""] {
      _ = try Subprocess.run(
        "/bin/sh", ["-c", "cd '\(folder.path)/in/go' && \(command)"], work: "making names", hint: "")
    }
    let (data, report) = try importFolder(folder, ImportOptions(base: ["go", "stop"]))
    #expect(Split.allCases.flatMap(data.clips).count == 8)
    let warning = try #require(report.warnings.first { $0.kind == .undecodableNames })
    #expect(warning.count == 2)
    #expect("\(warning)".contains("not UTF-8") && "\(warning)".contains("caf\\u{fffd}.wav"), "\(warning)")
  }

  @Test func unquotedFieldsLoseTheirBlanksAndQuotedOnesDoNot() throws {
    let folder = try TemporaryFolder()
    for clip in ["a", " a", "\u{200F}a", "b"] { try folder.writeClip("en/clips/one/\(clip).wav") }
    try folder.writeClip("en/clips/ one/a.wav")
    let rows = """
      PATH,WORD,LANG
       one/a.wav , one ,\u{200F}en
      "one/\u{200F}a.wav","one",en
      "one/ a.wav",one," en "
      " one/a.wav"," one",en
      one/b.wav,one,en

      """
    try folder.write(rows, to: "base_train.csv")
    try folder.write("one/b.wav,one,en\n", to: "base_test.csv")
    let data = try WordDataset(path: folder.path, checkingFiles: true)
    #expect(data.warnings.allSatisfy { $0.kind != .missingClips })
    #expect(words(data) == ["one".nameBytes, " one".nameBytes])
    #expect(data.counts(.train) == [4, 1])
  }
}
