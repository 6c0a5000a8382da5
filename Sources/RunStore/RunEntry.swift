/// What the store keeps of one run. All of it is in the run's folder too.
public struct RunEntry: Sendable, Hashable {
  /// What a list of runs shows of it.
  public var summary: StoredRun
  /// Every option with its value.
  public var settings: [StoredSetting] = []
  /// The Lua files that ran.
  public var sources: [StoredSource] = []
  public var learners: [StoredLearner] = []
  /// What a task measured that compares no learners.
  public var metrics: [StoredMetric] = []
  public var series: [StoredSeries] = []
  public var stages: [StoredStage] = []
  public var files: [StoredFile] = []

  public init(summary: StoredRun) { self.summary = summary }
}

/// A run without its parts.
public struct StoredRun: Sendable, Hashable, Codable {
  public var name: String
  /// The path of its folder: relative to the folder of runs if it is in there, else absolute.
  public var folder: String
  /// Changes when a file that the store reads from the folder does.
  public var fingerprint = ""
  /// "bench" or "script".
  public var kind = "script"
  /// "done", "failed", "unfinished" or "running".
  public var state = "unfinished"
  /// Why it is not done.
  public var reason: String?
  public var exitCode: Int?
  /// The command line as text.
  public var command = ""
  /// ISO 8601; empty where it is not known.
  public var started = ""
  public var seconds: Double?
  /// As text, since SQL has no unsigned integers.
  public var seed: String?
  public var task: String?
  public var model: String?
  public var recipe: String?
  public var encoder: String?
  /// "synthetic speech, quick".
  public var data: String?
  /// The content key of the lists of clips.
  public var dataKey: String?
  public var clips: Int?
  public var words: Int?
  public var ways: Int?
  public var shots: Int?
  public var queries: Int?
  public var sessions: Int?
  public var repeats: Int?
  public var gitCommit: String?
  /// How many tracked files differed from the commit.
  public var gitChanges: Int?
  public var host: String?
  public var version: String?
  /// The size of its files.
  public var bytes = 0
  /// The metric that a task is judged by which compares no learners, and its mean over repeats.
  public var metric: String?
  public var metricValue: Double?

  public init(name: String, folder: String) {
    self.name = name
    self.folder = folder
  }
}

/// An option of a run.
public struct StoredSetting: Sendable, Hashable, Codable {
  /// `recipe.epochs`.
  public var name: String
  /// `integer`, `number`, `boolean`, `string`, `list`.
  public var type: String
  /// As JSON.
  public var value: String
  /// As JSON; nil where the option has no default.
  public var defaultValue: String?
  /// Whether the user gave it.
  public var isGiven: Bool

  public init(name: String, type: String, value: String, defaultValue: String?, isGiven: Bool) {
    self.name = name
    self.type = type
    self.value = value
    self.defaultValue = defaultValue
    self.isGiven = isGiven
  }
}

/// A Lua file that ran.
public struct StoredSource: Sendable, Hashable, Codable {
  /// Where it is in the folder's `sources`.
  public var path: String
  /// The digest of its text.
  public var key: String
  public var text: String

  public init(path: String, key: String, text: String) {
    self.path = path
    self.key = key
    self.text = text
  }
}

/// The results of one learner, accuracies from 0 to 1.
public struct StoredLearner: Sendable, Hashable, Codable {
  public var name: String
  /// The mean over sessions and repeats, on all words so far.
  public var accuracy: Double
  /// The same on new words.
  public var newAccuracy: Double?
  /// Repeats × sessions from 0.
  public var all: [[Double]]
  /// Repeats × sessions from 1; empty without a session.
  public var new: [[Double]]

  public init(name: String, accuracy: Double, newAccuracy: Double?, all: [[Double]], new: [[Double]]) {
    self.name = name
    self.accuracy = accuracy
    self.newAccuracy = newAccuracy
    self.all = all
    self.new = new
  }
}

/// A number that a task measured.
public struct StoredMetric: Sendable, Hashable, Codable {
  public var name: String
  /// One for each repeat.
  public var values: [Double]

  public init(name: String, values: [Double]) {
    self.name = name
    self.values = values
  }
}

/// A number that was logged over steps.
public struct StoredSeries: Sendable, Hashable, Codable {
  public var name: String
  public var steps: [Int]
  /// NaN where the logged value is.
  public var values: [Double]

  public init(name: String, steps: [Int], values: [Double]) {
    self.name = name
    self.steps = steps
    self.values = values
  }
}

/// A stage of a run and its duration.
public struct StoredStage: Sendable, Hashable, Codable {
  public var name: String
  public var seconds: Double
  public var isReused: Bool

  public init(name: String, seconds: Double, isReused: Bool) {
    self.name = name
    self.seconds = seconds
    self.isReused = isReused
  }
}

/// A file in a run's folder.
public struct StoredFile: Sendable, Hashable, Codable {
  public var name: String
  public var bytes: Int

  public init(name: String, bytes: Int) {
    self.name = name
    self.bytes = bytes
  }
}
