import Datasets
import Foundation
import Support
import TestSupport
import Testing

@Suite struct DatasetImportTests {
  let quiet = Console(style: .quiet)

  /// Ten digits by six speakers, four takes, as a free set of spoken digits has them.
  static func digits() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for digit in 0..<10 {
      for speaker in ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"] {
        for take in 0..<4 { try folder.writeClip("\(digit)_\(speaker)_\(take).wav", rate: 8_000) }
      }
    }
    try folder.write("about", to: "README.md")
    return folder
  }

  private func speaker(_ clip: Clip) -> String {
    String((clip.path as NSString).lastPathComponent.split(separator: "_")[1])
  }

  @Test func takesOneFolderOfDigits() throws {
    let source = try Self.digits()
    let out = try TemporaryFolder()
    let report = try DatasetImport(source: source.path, destination: out.path + "/set").run(
      console: quiet, threads: 2)
    #expect(report.clips == 240)
    #expect(report.base == ["0", "1", "2", "3", "4", "5"])
    #expect(report.session == ["6", "7", "8", "9"])
    #expect(report.warnings.map(\.kind) == [.ignoredFiles])
    let data = try WordDataset(path: report.path, checkingFiles: true)
    #expect(data.words.map(\.name) == (0..<10).map(String.init))
    #expect(data.pool == (12, 12))
    let speakers = [Split.train, .val, .test].map { Set(data.clips($0).map(speaker)) }
    #expect(speakers.map(\.count) == [4, 1, 1])
    #expect(speakers[0].union(speakers[1]).union(speakers[2]).count == 6)
    for label in 6..<10 {
      let clips = data.clips(.evaluation, label: label).map(speaker)
      #expect(Set(clips[..<12]).isDisjoint(with: clips[12...]))
    }
    let check = try DatasetCheck(path: report.path, console: quiet, threads: 2)
    #expect(check.exitCode == .done && check.checked == 240 && check.shorter == 240)
  }

  /// What is imported, or the reason why not.
  struct LayoutCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The sound files; every other file has no sound.
    let files: [String]
    let says: String
  }

  static let layouts = [
    LayoutCase(
      testDescription: "a folder per word", files: ["a/1.wav", "a/2.wav", "b/1.wav", "b/2.wav"],
      says: "a folder per word"),
    LayoutCase(
      testDescription: "word_speaker_take",
      files: ["a_1.wav", "a_2.wav", "b_1.wav", "b_2.wav", "c/notes.txt"],
      says: "word_speaker_take"),
    LayoutCase(
      testDescription: "folders first", files: ["a/1.wav", "a/2.wav", "b/1.wav", "c_1.wav", "_noise/x.wav"],
      says: "a folder per word"),
    LayoutCase(
      testDescription: "a data set", files: ["base_train.csv", "en/clips/a/1.wav"],
      says: "it is a complete data set already"),
    LayoutCase(testDescription: "no sound", files: ["a/notes.txt"], says: "there are no sound files in it"),
    LayoutCase(
      testDescription: "names without words", files: ["1.wav"],
      says: "the names of its 1 sound file do not tell the word, such as 1.wav"),
    LayoutCase(
      testDescription: "hyphens", files: ["a-anna-1.wav", "a-anna-2.wav", "b-bob-1.wav"],
      says: "word_speaker_take"),
    LayoutCase(
      testDescription: "one folder more", files: ["x/y/a/1.wav", "x/y/a/2.wav", "x/y/b/1.wav", "x/README"],
      says: "a folder per word"),
    LayoutCase(
      testDescription: "a folder per split",
      files: ["train/a/1.wav", "test/a/1.wav", "dev/a/1.wav", "train/b/1.wav", "test/b/1.wav"],
      says: "a folder per split and word"),
    LayoutCase(
      testDescription: "a folder per speaker in each word",
      files: ["a/anna/1.wav", "a/bob/1.wav", "b/anna/1.wav"], says: "2 folders deep, such as a/anna/1.wav"),
    LayoutCase(
      testDescription: "sound in formats that cannot be read", files: ["a/1.m4a", "b/1.m4a"],
      says: "its 2 sound files cannot be read in this format, such as a/1.m4a"),
    LayoutCase(
      testDescription: "one word", files: ["a/1.wav", "a/2.wav"],
      says: "all of its clips are of one word, \"a\""),
    LayoutCase(
      testDescription: "one word's folder of Speech Commands",
      files: ["0a7c_nohash_0.wav", "1b2d_nohash_0.wav"],
      says: "it is the folder of one word"),
  ]

  @Test(arguments: layouts) func recognizesLayouts(_ c: LayoutCase) throws {
    let source = try TemporaryFolder()
    for name in c.files {
      if name.hasSuffix(".wav") { try source.writeClip(name) } else { try source.write("", to: name) }
    }
    if c.files.contains("base_train.csv") {
      try source.write("", to: "base_test.csv")
    }
    let out = try TemporaryFolder()
    var layout: String?
    let text = failureText {
      let report = try DatasetImport(source: source.path + "/", destination: out.path + "/set")
        .run(console: quiet, threads: 2)
      layout = try WordDataset(path: report.path).provenance?.notes?["layout"]
    }
    #expect(layout == c.says || text.contains(c.says), "\(text)")
  }

  @Test func isTheSameForASeed() throws {
    let source = try Self.digits()
    let out = try TemporaryFolder()
    for (name, seed) in [("a", 3), ("b", 3), ("c", 4)] as [(String, UInt64)] {
      let options = ImportOptions(seed: seed)
      _ = try DatasetImport(source: source.path, destination: out.path + "/" + name, options: options)
        .run(console: quiet, threads: 2)
    }
    #expect(try out.tree("a") == out.tree("b"))
    #expect(try out.tree("a")["base_train.csv"] != out.tree("c")["base_train.csv"])
  }

  @Test func takesAFolderPerWord() throws {
    let source = try TemporaryFolder()
    let out = try TemporaryFolder()
    for word in ["yes", "no", "aujourd’hui"] {
      for clip in 0..<10 { try source.writeClip("\(word)/clip_\(clip).\(clip % 2 == 0 ? "wav" : "flac")") }
    }
    try source.write("x", to: "yes/notes.txt")
    try source.write("x", to: "LICENSE")
    let options = ImportOptions(base: ["yes", "aujourd’hui"], language: "fr")
    let set = out.path + "/deep/set"
    let report = try DatasetImport(source: source.path, destination: set, options: options)
      .run(console: quiet, threads: 2)
    #expect(report.session == ["no"])
    #expect(report.warnings.map(\.count) == [2])
    let data = try WordDataset(path: set, checkingFiles: true)
    #expect(data.languages == ["fr"])
    #expect([Split.train, .val, .test, .evaluation].map { data.clips($0).count } == [14, 2, 4, 10])
    #expect(data.provenance?.kind == "imported speech")
  }

  @Test func refusesOrSkipsBadClips() throws {
    let source = try TemporaryFolder()
    let out = try TemporaryFolder()
    for word in ["a", "b", "c"] { for clip in 0..<6 { try source.writeClip("\(word)/\(clip).wav") } }
    for clip in 0..<12 { try source.write("not sound", to: "a/bad\(clip).wav") }
    var work = DatasetImport(source: source.path, destination: out.path + "/set")
    let text = failureText { _ = try work.run(console: quiet, threads: 2) }
    #expect(
      text.contains("12 clips cannot be read") && text.contains("a/bad0.wav") && text.contains("and 2 more"))
    #expect(text.contains("--skip-bad"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: out.path).isEmpty)
    work = DatasetImport(
      source: source.path, destination: out.path + "/set", options: ImportOptions(skipsBad: true))
    let report = try work.run(console: quiet, threads: 2)
    #expect(report.clips == 18)
    #expect(report.warnings.map(\.kind) == [.unreadableClips])
    #expect(report.warnings.map(\.count) == [12])
  }

  @Test func saysWhatDoesNotFit() throws {
    let source = try Self.digits()
    let out = try TemporaryFolder()
    func text(_ options: ImportOptions, from path: String? = nil, to name: String = "set") -> String {
      let work = DatasetImport(
        source: path ?? source.path, destination: out.path + "/" + name, options: options)
      return failureText { _ = try work.run(console: quiet, threads: 2) }
    }
    #expect(text(ImportOptions(base: ["zero"])).contains("there is no word \"zero\""))
    #expect(text(ImportOptions(base: ["0"], session: ["0"])).contains("named") == false)
    #expect(text(ImportOptions(base: ["0"], session: ["0"])).contains("base word and a session word"))
    #expect(text(ImportOptions(language: "../x")).contains("language code"))
    try out.write("x", to: "notes/README")
    #expect(text(ImportOptions(), from: out.path + "/notes").contains("no sound files"))
    #expect(text(ImportOptions(), from: out.path + "/no").contains("no such file"))
    try out.write("x", to: "taken/file")
    #expect(text(ImportOptions(), to: "taken").contains("not empty"))
    try out.writeClip("lone/a/x.wav")
    try out.writeClip("lone/b/x.wav")
    #expect(text(ImportOptions(), from: out.path + "/lone").contains("2 are needed"))
  }

  /// A colon is part of a name; tar alone would look for a machine of that name.
  @Test(arguments: ["set.tar", "set.tar.gz", "my:set.tar"]) func takesAnArchive(name: String) throws {
    let sample = try SampleDataset()
    let out = try TemporaryFolder()
    try FileManager.default.moveItem(atPath: sample.folder.path, toPath: out.path + "/MSWC")
    _ = try Subprocess.run(
      "/bin/sh", ["-c", "cd '\(out.path)' && tar --force-local -caf \(name) MSWC"], work: "packing",
      hint: "none")
    let work = DatasetImport(source: out.path + "/" + name, destination: out.path + "/set")
    #expect(try work.run(console: quiet, threads: 2).clips == 7)
    #expect(try WordDataset(path: out.path + "/set").sessionLanguages == ["cy"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
        == ["MSWC", "set", name].sorted())
  }

  @Test(arguments: [
    "tar -cPf x.tar ../evil", "ln -s /etc/passwd link; tar -cf x.tar link",
    "head -c 999 /dev/urandom > x.tar", "tar -cf - ../evil | head -c 600 > x.tar",
    "head -c 20000 /dev/urandom > y; tar -czf - y | head -c 9000 > x.tar",
    "printf 'PK\\3\\4half a zip' > x.tar",
  ])
  func refusesAnArchive(made command: String) throws {
    let out = try TemporaryFolder()
    try out.write("x", to: "evil")
    try AtomicFile.makeFolder(out.path + "/in")
    _ = try Subprocess.run(
      "/bin/sh", ["-c", "cd '\(out.path)/in' && \(command)"], work: "packing", hint: "none")
    let text = failureText {
      _ = try DatasetImport(source: out.path + "/in/x.tar", destination: out.path + "/set")
        .run(console: quiet, threads: 2)
    }
    let isDamaged = text.contains("x.tar: the archive is damaged, or a part of it is missing (")
    #expect(text.contains("is refused") || isDamaged, "\(text)")
    #expect(!FileManager.default.fileExists(atPath: out.path + "/set"))
  }
}
