import RunStore
import Support

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

  /// A run with what is in its folder.
  public init(_ entry: RunEntry, folder: String) {
    self.entry = entry
    results = BenchResults.read(run: folder)
    confusions = WordConfusion.read(run: folder)
    embedding = EmbeddedSample.read(run: folder)
    peakMemory = (try? ResultFile.read(RunOutcome.self, from: folder + "/outcome.json"))?.peakMemory
  }
}
