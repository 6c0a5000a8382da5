import Figures
import RunStore
import Support
import Synchronization

/// What a report draws of a run.
public struct ReportedRun: Sendable {
  /// What the store has of it.
  public var entry: RunEntry
  /// Nil for a run without any.
  public let results: BenchResults?
  /// Which words were taken for which; empty where it was not recorded.
  let confusions: [WordConfusion]
  /// Samples as the network embeds them; empty where it was not recorded.
  let embedding: [EmbeddedSample]
  /// The peak memory of its process, in bytes; nil where it was not recorded.
  let peakMemory: Int?

  private let comparison = ComputedTable()

  /// The best learner against each other one; nil where there is nothing to compare. It is computed once: of ten
  /// thousand repeats that takes a second.
  var comparisonTable: ResultTable? { comparison.table { results?.comparisonTable } }

  /// A run with what is in its folder.
  public init(_ entry: RunEntry, folder: String) {
    self.init(entry, BenchResults.read(run: folder), folder: folder)
  }

  /// A run whose results were read already.
  init(_ entry: RunEntry, _ results: BenchResults?, folder: String) {
    self.entry = entry
    self.results = results
    confusions = WordConfusion.read(run: folder)
    embedding = EmbeddedSample.read(run: folder)
    peakMemory = (try? ResultFile.read(RunOutcome.self, from: folder + "/outcome.json"))?.peakMemory
  }
}

/// A table that is computed when it is first asked for.
private final class ComputedTable: Sendable {
  /// Nil before that.
  private let computed = Mutex<ResultTable??>(nil)

  func table(_ compute: () -> ResultTable?) -> ResultTable? {
    computed.withLock { computed in
      if let computed { return computed }
      let table = compute()
      computed = .some(table)
      return table
    }
  }
}
