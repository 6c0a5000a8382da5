import Foundation
import Support

/// The repeats of one learner that are done, in the cache, so that an experiment that was killed goes on after them.
///
/// Every repeat draws from streams of its own, so the rest is what it would have been. The file begins with a digest of
/// what follows: one that is damaged, or of other plugins, is not used.
struct EvaluationCheckpoint {
  private struct Content: Codable {
    let parts: [String]
    let reads: [StageRead]
    let repeats: [FewShotRepeat]
    let costs: [[SessionCost]]
    let confusion: ConfusionCounts
  }

  private let path: String
  private let parts: [String]
  private let settings: [StageSetting]
  private var pace = SavePace()

  /// The checkpoint of what a key stands for. Its name begins with a dot, as those of temporary files: a day after a
  /// kill, the next pruning removes it.
  init(in cache: StageCache, _ key: StageKey) {
    path = "\(cache.folder)/evaluation/.\(key).checkpoint"
    parts = key.parts
    settings = cache.settings
  }

  /// Continues a learner's results, which are empty, with what an earlier process has saved; returns what was read for
  /// it. Nothing where nothing usable was saved.
  func restore(_ outcome: inout FewShotResults.Learner) -> [StageRead] {
    guard let data = FileManager.default.contents(atPath: path),
      let end = data.firstIndex(of: UInt8(ascii: "\n"))
    else { return [] }
    let body = Data(data[(end + 1)...])
    guard data[..<end] == Data("\(ContentKey(of: body))".utf8),
      let content = try? ResultFile.decode(Content.self, from: body), content.parts == parts,
      content.reads.allSatisfy({ $0.isCurrent(settings) })
    else { return [] }
    outcome.repeats = content.repeats
    outcome.costs = content.costs
    outcome.confusion = content.confusion
    return content.reads
  }

  /// Saves a learner's results, unless that was done a moment ago.
  ///
  /// - Throws: `FileError`.
  mutating func save(_ outcome: FewShotResults.Learner, _ reads: Set<StageRead>) throws {
    // Why operations are not counted is found out in each repeat, so that these are run again.
    guard pace.isDue, outcome.uncounted == nil else { return }
    try pace.save {
      let body = try ResultFile.encode(
        Content(
          parts: parts, reads: reads.sorted { $0.part < $1.part }, repeats: outcome.repeats,
          costs: outcome.costs, confusion: outcome.confusion))
      try AtomicFile.makeFolder(path.parentFolder)
      try AtomicFile.write(Data("\(ContentKey(of: body))\n".utf8) + body, to: path)
    }
  }

  /// Removes the file, once the experiment is done.
  func remove() { unlink(path) }
}
