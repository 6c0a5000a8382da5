import Metrics
import Support

/// `results.json` of a bench. Names that NeuroBench has are spelled as NeuroBench spells them.
public struct BenchResults: Codable, Sendable, Hashable {
  /// Rises when a reader must change.
  public static let currentFormat = 1

  public var format = currentFormat
  /// Such as "keyword_fscil".
  public var task: String
  public var data: DataProvenance
  /// Names of the plugins.
  public var model: String
  public var recipe: String
  public var encoder: String
  /// The files of all plugins, as they were; nil in results of version 0.1.
  public var plugins: [PluginSource]?
  /// NeuroBench's figures of the pre-trained network on the base test set.
  public var base: NetworkStatistics
  /// In the order they were asked for.
  public var learners: [LearnerResults]
  public var seed: UInt64
  public var repeats: Int
  /// Every option in force.
  public var settings: [String: String]
  public var timings: [StageTiming]
  /// What failed, `learner/ridge` or `metric/forgetting`, with the reason: its numbers are missing.
  public var failures: [String: String]?
  /// Why the run ended before it was whole: some learners or repeats are missing. Nil for a whole run.
  public var incomplete: String?

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

  /// One line for captions: "synthetic speech, quick, m5, 20 repeats".
  public var caption: String {
    let repeats = "\(repeats) repeat\(repeats == 1 ? "" : "s")"
    return [data.kind, data.size, model, repeats, incomplete == nil ? "" : "incomplete"]
      .filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

/// Where the sounds came from. Synthetic speech is never to be taken for recordings.
public struct DataProvenance: Codable, Sendable, Hashable {
  /// "synthetic speech", "MSWC", or "own recordings".
  public var kind: String
  /// "quick", "standard", "paper"; empty for data of one's own.
  public var size: String
  /// The seed that made synthetic speech.
  public var seed: UInt64?
  public var folder: String
  public var clips: Int
  /// `ContentKey` of the list of files.
  public var key: String

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

/// A plugin's file as it was.
public struct PluginSource: Codable, Sendable, Hashable {
  /// `learner/ridge`.
  public var plugin: String
  public var path: String
  /// `ContentKey` of the file and of the modules it requires.
  public var key: String

  public init(plugin: String, path: String, key: String) {
    self.plugin = plugin
    self.path = path
    self.key = key
  }
}

/// What one learner reached.
public struct LearnerResults: Codable, Sendable, Hashable {
  public var name: String
  /// Accuracy on base and new classes, (repeats, sessions 0…S), 0 to 1.
  public var all: AccuracyCurve
  /// Accuracy on new classes, (repeats, sessions 1…S), 0 to 1; nil when there was no session.
  public var new: AccuracyCurve?
  /// Language → accuracy on its words after the last session, 0 to 1, the mean over repeats.
  public var languages: [String: Double]
  /// What metric and test plugins gave, means over repeats: one number, or one a session.
  public var measures: [String: [Double]]
  /// Metrics and tests that failed with this learner, with the reason.
  public var failures: [String: String]
  /// Figures of continual learning, each with its value in every repeat.
  public var continual: [String: [Double]] = [:]
  /// What a sample of each session's test cost, session 0 first, the mean over repeats; empty where it was not counted.
  public var costs: [SessionStatistics] = []

  public init(
    name: String, all: AccuracyCurve, new: AccuracyCurve?, languages: [String: Double] = [:],
    measures: [String: [Double]] = [:], failures: [String: String] = [:]
  ) {
    self.name = name
    self.all = all
    self.new = new
    self.languages = languages
    self.measures = measures
    self.failures = failures
  }
}
