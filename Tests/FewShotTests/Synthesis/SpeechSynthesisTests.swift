import FewShot
import Foundation
import Tensors
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

  @Test func quickTiming() throws {
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
