import Audio
import Datasets
import Foundation
import Support
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct SpeechSynthesisTests {
  static let counts = SynthesisOptions.Counts(train: 3, val: 1, test: 2, support: 3, query: 2)

  static func options(seed: UInt64 = 7, isHarder: Bool = false) throws -> SynthesisOptions {
    let names = ["surrounding", "appearance", "collection", "gobeithio", "newyddion", "wybodaeth"]
    return SynthesisOptions(
      seed: seed, isHarder: isHarder, words: try Keywords.select(words: names), counts: counts)
  }

  let quiet = Console(style: .quiet)

  @Test func makesExactCountsThatTheReaderTakes() throws {
    let folder = try TemporaryFolder()
    let path = try SpeechSynthesis(try Self.options(), folder: folder.path + "/a").run(
      console: quiet, threads: 2)
    let data = try WordDataset(path: path, checkingFiles: true)
    #expect(data.warnings.isEmpty)
    #expect(data.languages == ["en", "cy"])
    #expect(data.sessionLanguages == ["cy"])
    #expect(data.counts(.train) == [3, 3, 3, 0, 0, 0])
    #expect(data.counts(.val) == [1, 1, 1, 0, 0, 0])
    #expect(data.counts(.test) == [2, 2, 2, 0, 0, 0])
    #expect(data.counts(.evaluation) == [0, 0, 0, 5, 5, 5])
    #expect(data.provenance?.isSynthetic == true)
    let first = data.clips(.evaluation).prefix(5).map { ($0.path as NSString).lastPathComponent }
    #expect(first.map { $0.split(separator: "_")[1] } == ["support", "support", "support", "query", "query"])
  }

  @Test(arguments: [SoundFormat.flac, .opus, .wav]) func seedDecidesEveryByte(format: SoundFormat) throws {
    let folder = try TemporaryFolder()
    var options = try Self.options()
    options.format = format
    let isClip = { (name: String) in name.hasSuffix("." + format.rawValue) }
    for (name, threads) in [("one", 1), ("many", 5)] {
      _ = try SpeechSynthesis(options, folder: folder.path + "/" + name).run(console: quiet, threads: threads)
    }
    let tree = try folder.tree("one")
    #expect(tree == (try folder.tree("many")))
    #expect(tree.keys.count(where: isClip) == 33)
    #expect(Set(tree.filter { isClip($0.key) }.values).count == 33, "no two clips are alike")
    options.seed = 8
    _ = try SpeechSynthesis(options, folder: folder.path + "/other").run(console: quiet, threads: 2)
    #expect(try folder.tree("other").allSatisfy { !isClip($0.key) || tree[$0.key] != $0.value })
  }

  @Test func goesOnAfterAKill() throws {
    let folder = try TemporaryFolder()
    let options = try Self.options()
    _ = try SpeechSynthesis(options, folder: folder.path + "/whole").run(console: quiet, threads: 2)
    var killed = SpeechSynthesis(options, folder: folder.path + "/killed")
    killed.stopsAfter = 6
    #expect(throws: InterruptionError.self) { _ = try killed.run(console: quiet, threads: 2) }
    #expect(failureText { _ = try WordDataset(path: killed.folder) }.contains("synthesis is incomplete"))
    // What a kill and a bad disk leave: half a line, half a clip, a clip that is gone, a damaged one.
    let journal = killed.folder + "/synthesis.journal"
    let lines = try String(contentsOfFile: journal, encoding: .utf8)
    #expect(lines.split(separator: "\n").count == 7)
    try (lines + "cy/support/0 0123").write(toFile: journal, atomically: false, encoding: .utf8)
    let clips = killed.folder + "/en/clips/surrounding/"
    try Data().write(to: URL(fileURLWithPath: clips + "en_train_0002.flac.1.2.part"))
    try FileManager.default.removeItem(atPath: clips + "en_train_0000.flac")
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: clips + "en_train_0001.flac"))
    killed.stopsAfter = .max
    _ = try killed.run(console: quiet, threads: 3)
    #expect(try folder.tree("killed") == folder.tree("whole"))
  }

  @Test func completeSetIsLeftAlone() throws {
    let folder = try TemporaryFolder()
    let synthesis = SpeechSynthesis(try Self.options(), folder: folder.path + "/a")
    _ = try synthesis.run(console: quiet, threads: 2)
    let start = Date()
    #expect(try synthesis.run(console: quiet, threads: 2) == synthesis.folder)
    #expect(Date().timeIntervalSince(start) < 0.05)
    let other = SpeechSynthesis(try Self.options(seed: 9), folder: synthesis.folder)
    #expect(failureText { _ = try other.run(console: quiet, threads: 2) }.contains("contains something else"))
  }

  @Test(arguments: [false, true]) func speakersAreInOneRoleOnly(isHarder: Bool) throws {
    var options = try Self.options(isHarder: isHarder)
    options.counts = SynthesisOptions.Size.standard.counts
    let speakers = try SpeechSynthesis(options, folder: "/nowhere").speakers()
    #expect(speakers.mapValues(\.count)["en train"] == 200)
    for language in ["en", "cy"] {
      let all = speakers.filter { $0.key.hasPrefix(language) }.flatMap(\.value)
      #expect(Set(all).count == all.count)
    }
    guard isHarder else { return }
    let variants = ["train", "val", "test"].map { role in
      Set(
        (speakers["en \(role)"] ?? []).compactMap { $0.split(separator: " ")[0].split(separator: "+").last })
    }
    #expect(variants[0].isDisjoint(with: variants[1]))
    #expect(variants[0].isDisjoint(with: variants[2]))
  }

  @Test func saysWhatIsWrongWithTheProgram() throws {
    let folder = try TemporaryFolder()
    var synthesis = SpeechSynthesis(try Self.options(), folder: folder.path + "/a")
    synthesis.searchPath = folder.path
    let missing = failureText { _ = try synthesis.run(console: quiet, threads: 2) }
    #expect(missing.contains("apt install espeak-ng") && missing.contains("--data DIR"))
    try folder.write("#!/bin/sh\necho no voice today >&2\nexit 3\n", to: "espeak-ng")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/espeak-ng")
    let failed = failureText { _ = try synthesis.run(console: quiet, threads: 2) }
    #expect(failed.contains("no voice today") && failed.contains("code 3"), "\(failed)")
  }

  @Test func speaksWordByWordWhenPausesMislead() throws {
    let folder = try TemporaryFolder()
    let names = ["oh. dear. me", "plain & <simple>"]
    var options = try Self.options()
    options.words = names.map { Word(name: $0, language: "en", part: .base) }
    let path = try SpeechSynthesis(options, folder: folder.path + "/a").run(console: quiet, threads: 2)
    #expect(try WordDataset(path: path, checkingFiles: true).counts(.train) == [3, 3])
    options.words.append(Word(name: "\u{200B}", language: "en", part: .base))
    let text = failureText {
      _ = try SpeechSynthesis(options, folder: folder.path + "/b").run(console: quiet, threads: 2)
    }
    #expect(text.contains("said nothing") && text.contains("voice en"), "\(text)")
  }

  @Test func refusesWhatCannotBe() throws {
    var options = try Self.options()
    options.format = .opus
    options.rate = 22_050
    #expect(
      failureText { _ = try SpeechSynthesis(options, folder: "/nowhere").run(console: quiet, threads: 1) }
        .contains("--rate 16000"))
    options = SynthesisOptions(words: try Keywords.select(languages: ["fa"]))
    #expect(
      failureText { _ = try SpeechSynthesis(options, folder: "/nowhere").run(console: quiet, threads: 1) }
        .contains("no base words"))
  }

  @Test func hundredsOfProcessesLeaveNothingBehind() throws {
    let open = { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    let before = try open()
    let sizes = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 400) { index in
      let arguments = ["-c", "echo problem >&2; head -c \(index * 500) /dev/zero"]
      let result = try? Subprocess.run("/bin/sh", arguments, work: "a test", hint: "none")
      sizes.withLock {
        $0.append((result?.output.count ?? -1) - index * 500 + (result?.errors == "problem" ? 0 : 1))
      }
    }
    #expect(sizes.withLock { $0 } == [Int](repeating: 0, count: 400))
    // Other tests open files at the same time.
    #expect(try open() < before + 40)
  }

  /// A measurement, made when `NIGHTJAR_SYNTH_OUT` names a new folder.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["NIGHTJAR_SYNTH_OUT"] != nil))
  func quickTiming() throws {
    guard let out = ProcessInfo.processInfo.environment["NIGHTJAR_SYNTH_OUT"] else { return }
    let options = SynthesisOptions()
    let start = Date()
    _ = try SpeechSynthesis(options, folder: out).run(console: Console(style: .plain), threads: 2)
    print("synth", Date().timeIntervalSince(start))
    let again = Date()
    _ = try SpeechSynthesis(options, folder: out).run(console: Console(style: .plain), threads: 2)
    print("again", Date().timeIntervalSince(again))
    let reading = Date()
    let data = try WordDataset(path: out)
    print("read", Date().timeIntervalSince(reading), data.warnings, data.words.count)
  }
}
