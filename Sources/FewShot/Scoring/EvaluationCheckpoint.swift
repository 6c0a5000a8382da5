import Foundation
import Support

/// The repeats of one learner that are done, in the cache, so that an experiment that was killed goes on after them,
/// and so that one process gets them from another (``RepeatHelpers``).
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
  /// Where the complete repeats of a helper's part are left.
  private let deliveryPath: String
  let key: StageKey
  private var parts: [String] { key.parts }
  private let settings: [StageSetting]
  private var pace = SavePace()

  /// The checkpoint of what a key stands for, or of a part of its repeats. Its name begins with a dot, as those of
  /// temporary files: a day after a kill, the next pruning removes it.
  init(in cache: StageCache, _ key: StageKey, part: RepeatPart? = nil) {
    let name = part.map { "\(key).\($0.index)-\($0.count)" } ?? "\(key)"
    path = "\(cache.folder)/evaluation/.\(name).checkpoint"
    deliveryPath = "\(cache.folder)/evaluation/.\(name).delivery"
    self.key = key
    settings = cache.settings
  }

  /// Continues a learner's results, which are empty, with what an earlier process has saved; returns what was read for
  /// it. Nothing where nothing usable was saved.
  func restore(_ outcome: inout FewShotResults.Learner) -> [StageRead] {
    guard let content = content(of: path) else { return [] }
    outcome.repeats = content.repeats
    outcome.costs = content.costs
    outcome.confusion = content.confusion
    return content.reads
  }

  private func content(of path: String) -> Content? {
    guard let data = FileManager.default.contents(atPath: path),
      let end = data.firstIndex(of: UInt8(ascii: "\n"))
    else { return nil }
    let body = Data(data[(end + 1)...])
    guard data[..<end] == Data("\(ContentKey(of: body))".utf8),
      let content = try? ResultFile.decode(Content.self, from: body), content.parts == parts,
      content.reads.allSatisfy({ $0.isCurrent(settings) })
    else { return nil }
    return content
  }

  /// Saves a learner's results, unless that was done a moment ago.
  ///
  /// - Throws: `FileError`.
  mutating func save(_ outcome: FewShotResults.Learner, _ reads: Set<StageRead>) throws {
    // Why operations are not counted is found out in each repeat, so that these are run again.
    guard pace.isDue, outcome.uncounted == nil else { return }
    let file = self
    try pace.save { try file.write(outcome, reads, to: path) }
  }

  private func write(
    _ outcome: FewShotResults.Learner, _ reads: Set<StageRead>, to path: String
  ) throws {
    let body = try ResultFile.encode(
      Content(
        parts: parts, reads: reads.sorted { $0.part < $1.part }, repeats: outcome.repeats,
        costs: outcome.costs, confusion: outcome.confusion))
    try AtomicFile.makeFolder(path.parentFolder)
    try AtomicFile.write(Data("\(ContentKey(of: body))\n".utf8) + body, to: path)
  }

  /// Leaves the repeats of a helper's part, which are complete, for the experiment. Those of which something failed or
  /// could not be counted are left to it: the order of repeats decides which reason is given.
  ///
  /// - Throws: `FileError`.
  func deliver(_ outcome: FewShotResults.Learner, _ reads: Set<StageRead>) throws {
    guard outcome.uncounted == nil, outcome.failures.isEmpty else { return }
    try write(outcome, reads, to: deliveryPath)
  }

  /// Whether a helper has delivered.
  var isDelivered: Bool { FileStatus(deliveryPath) != nil }

  /// Adds what a helper has delivered to a learner's results; nil where that is not `count` repeats.
  ///
  /// - Returns: what was read for it.
  func collect(_ count: Int, into outcome: inout FewShotResults.Learner) -> [StageRead]? {
    guard let content = content(of: deliveryPath), content.repeats.count == count else { return nil }
    outcome.repeats += content.repeats
    outcome.costs += content.costs
    outcome.confusion.add(content.confusion)
    return content.reads
  }

  /// Removes the files, once the experiment is done.
  func remove() {
    unlink(path)
    unlink(deliveryPath)
  }
}
