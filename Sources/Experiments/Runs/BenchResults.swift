import Datasets
import Foundation
import Support

/// The contents of a bench's `results.json`. Keys that NeuroBench has are spelled as NeuroBench spells them.
public struct BenchResults: Codable, Sendable, Hashable {
  /// The version of the format; it increases when readers must change.
  public static let currentFormat = 1

  public var format = currentFormat
  /// The task, such as "keyword_fscil".
  public var task: String
  public var data: DataProvenance
  /// The names of the plugins.
  public var model: String
  public var recipe: String
  public var encoder: String
  /// The files of all plugins at the time of the run; nil in results of version 0.1.
  public var plugins: [PluginSource]?
  /// NeuroBench's metrics of the pre-trained network on the base test set.
  public var base: NetworkStatistics
  /// In the order of the request.
  public var learners: [LearnerResults]
  /// What a task of another kind measured: numbers by name, each with its value in every repeat.
  public var metrics: [String: [Double]]?
  /// The metric that the task is judged by; nil where the task does not say.
  public var main: String?
  /// Lists of numbers by name, repeats × points.
  public var curves: [String: [[Double]]]?
  public var seed: UInt64
  /// The seeds of a run with several: every learner has the repeats of each, in this order. Nil for one seed.
  public var seeds: [UInt64]?
  /// The repeats of each seed.
  public var repeats: Int
  /// What the sessions were drawn with; nil in results of version 0.1.
  public var sessions: SessionNumbers?
  /// Every option with its value.
  public var settings: [String: String]
  public var timings: [StageTiming]
  /// The plugins that failed, such as `learner/ridge`, with the reason; their numbers are missing.
  public var failures: [String: String]?
  /// Why learners or repeats are missing; nil for a complete run.
  public var incomplete: String?

  /// Results of a run, complete until ``incomplete`` is set.
  public init(
    task: String, data: DataProvenance, model: String, recipe: String, encoder: String,
    base: NetworkStatistics,
    learners: [LearnerResults], seed: UInt64, repeats: Int, settings: [String: String] = [:],
    timings: [StageTiming] = []
  ) {
    self.task = task
    self.data = data
    self.model = model
    self.recipe = recipe
    self.encoder = encoder
    self.base = base
    self.learners = learners
    self.seed = seed
    self.repeats = repeats
    self.settings = settings
    self.timings = timings
  }

  /// Keeps why plugins failed, of all seeds.
  mutating func note(_ bySeed: [[String: String]]) {
    let all = bySeed.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    failures = all.isEmpty ? nil : all
  }

  /// One line for captions: "synthetic speech, quick; mfcc, m5, cross_entropy; 10 ways, 5 shots, 10 sessions; seed 1,
  /// 20 repeats".
  public var caption: String {
    var parts = [data.name, [encoder, model, recipe].filter { !$0.isEmpty }.joined(separator: ", ")]
    if let sessions {
      parts.append(
        [
          "way".counted(sessions.ways), "shot".counted(sessions.shots), "session".counted(sessions.sessions),
        ].joined(separator: ", "))
    }
    let seeds = allSeeds.map(String.init).joined(separator: ", ")
    parts.append(
      (allSeeds.count == 1 ? "seed \(seeds), " : "seeds \(seeds), each ") + "repeat".counted(repeats)
        + (incomplete == nil ? "" : ", incomplete"))
    return parts.filter { !$0.isEmpty }.joined(separator: "; ")
  }

  /// The metric that the task is judged by, or else the accuracy or the only one, with its mean over repeats; nil for a
  /// task that compares learners.
  var mainMetric: (name: String, mean: Double)? {
    guard let metrics else { return nil }
    let accuracy = metrics["ClassificationAccuracy"] == nil ? nil : "ClassificationAccuracy"
    let only = metrics.count == 1 ? metrics.keys.first : nil
    guard let name = main ?? accuracy ?? only, let values = metrics[name], !values.isEmpty else { return nil }
    return (name, values.reduce(0, +) / Double(values.count))
  }

  /// The seeds that networks were trained with, one at least.
  public var allSeeds: [UInt64] { seeds ?? [seed] }
}

/// The origin of the sound files, so that synthetic speech is not mistaken for recordings.
public struct DataProvenance: Codable, Sendable, Hashable {
  /// "synthetic speech", "MSWC", or "own recordings".
  public var kind: String
  /// "quick", "standard", "paper"; empty for recordings.
  public var size: String
  /// The seed of synthetic speech.
  public var seed: UInt64?
  public var folder: String
  public var clips: Int
  /// Base words and those of sessions; nil in results of version 0.1.
  public var words: Int?
  /// The content key of the lists.
  public var key: String

  /// "synthetic speech, quick"; of recordings with the name of their folder, "recorded speech, mine".
  public var name: String {
    let folder =
      kind.hasPrefix("synthetic") || folder.isEmpty ? "" : URL(fileURLWithPath: folder).lastPathComponent
    return [kind, size.isEmpty ? folder : size].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The origin of a data set.
  public init(
    kind: String, size: String = "", seed: UInt64? = nil, folder: String, clips: Int, key: String = ""
  ) {
    self.kind = kind
    self.size = size
    self.seed = seed
    self.folder = folder
    self.clips = clips
    self.key = key
  }
}

/// A plugin's file at the time of the run.
public struct PluginSource: Codable, Sendable, Hashable {
  /// `learner/ridge`.
  public var plugin: String
  public var path: String
  /// The content key of the file and of the modules it requires.
  public var key: String

  /// The file of a plugin.
  public init(plugin: String, path: String, key: String) {
    self.plugin = plugin
    self.path = path
    self.key = key
  }
}

extension DataProvenance {
  /// The origin that a data set states.
  init(of dataset: WordDataset) {
    let clips = Split.allCases.reduce(0) { $0 + dataset.clips($1).count }
    self.init(
      kind: dataset.provenance?.kind ?? "recorded speech", size: dataset.provenance?.size ?? "",
      seed: dataset.provenance?.seed, folder: dataset.path, clips: clips, key: dataset.contentKey.description)
    words = dataset.words.count
  }
}
