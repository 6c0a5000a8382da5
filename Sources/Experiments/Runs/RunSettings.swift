import FewShot
import Scripting
import Support

/// The settings of a run, stored with its results so that it can be reproduced.
public struct RunSettings: Codable, Sendable, Hashable {
  /// The command line, one element per argument.
  public var command: [String]
  /// The `--set` options as they were given.
  public var options: [String: String]
  public var seed: UInt64
  /// Versions of nightjar and of what it depends on.
  public var versions: [String: String]
  /// The start time, ISO 8601 with its time zone.
  public var started: String
  /// The folder in which it was started. This and what follows is nil in runs of version 0.1.
  public var folder: String?
  public var process: RunProcess?
  /// Nil where the folder is not in a git repository.
  public var git: GitState?
  public var machine: MachineDescription?
  /// Every option with its effective value.
  public var settings: [RunSetting]?
  /// What a bench runs; nil for a script.
  public var experiment: RunExperiment?
  /// The Lua files that ran.
  public var sources: SourceList?

  /// The settings of a run.
  public init(
    command: [String], options: [String: String] = [:], seed: UInt64, versions: [String: String] = [:],
    started: String = ""
  ) {
    self.command = command
    self.options = options
    self.seed = seed
    self.versions = versions
    self.started = started
  }
}

extension RunSettings {
  /// The versions that runs of this program record.
  public static var currentVersions: [String: String] { NightjarModule.versions }
}

/// An option of a run with its effective value.
public struct RunSetting: Codable, Sendable, Hashable {
  /// `recipe.epochs`.
  public var name: String
  public var value: SettingValue
  /// Nil for an option without a default: its value was given, or decided during the run.
  public var defaultValue: SettingValue?
  /// Whether the user gave it.
  public var isGiven: Bool

  public init(name: String, value: SettingValue, defaultValue: SettingValue?, isGiven: Bool) {
    self.name = name
    self.value = value
    self.defaultValue = defaultValue
    self.isGiven = isGiven
  }

  enum CodingKeys: String, CodingKey {
    case name, value
    case defaultValue = "default"
    case isGiven = "given"
  }

  /// Whether the user gave another value than the default.
  public var isDifferent: Bool { isGiven && value != defaultValue }
}

/// What a bench compares, and on what.
public struct RunExperiment: Codable, Sendable, Hashable {
  public var task: String
  public var model: String
  public var recipe: String
  public var encoder: String
  /// The names that they have in the results.
  public var learners: [String]
  public var tests: [String]
  public var metrics: [String]
  public var data: DataProvenance
  /// The seeds of a run with several.
  public var seeds: [UInt64]?
  /// The repeats of each seed.
  public var repeats: Int
  /// What the sessions were drawn with; nil until the sessions have run.
  public var sessions: SessionNumbers?

  public init(
    task: String, model: String, recipe: String, encoder: String, learners: [String], tests: [String],
    metrics: [String], data: DataProvenance, seeds: [UInt64]? = nil, repeats: Int
  ) {
    self.task = task
    self.model = model
    self.recipe = recipe
    self.encoder = encoder
    self.learners = learners
    self.tests = tests
    self.metrics = metrics
    self.data = data
    self.seeds = seeds
    self.repeats = repeats
  }
}

/// The numbers of the few-shot protocol that a run used.
public struct SessionNumbers: Codable, Sendable, Hashable {
  /// New classes per session.
  public var ways: Int
  /// Samples each new class was learned from.
  public var shots: Int
  /// Samples each new class was tested on.
  public var queries: Int
  /// Sessions after the base.
  public var sessions: Int

  public init(ways: Int, shots: Int, queries: Int, sessions: Int) {
    self.ways = ways
    self.shots = shots
    self.queries = queries
    self.sessions = sessions
  }
}

extension SessionNumbers {
  /// The numbers of an experiment; nil before its first repeat.
  init?(_ results: FewShotResults) {
    guard let sessions = results.learners.first?.repeats.first?.sessions.count else { return nil }
    self.init(
      ways: results.settings.ways, shots: results.settings.shots, queries: results.settings.queries,
      sessions: sessions)
  }

  /// As options of the task, for those that were not given.
  var settings: [String: SettingValue] {
    [
      "task.ways": .integer(ways), "task.shots": .integer(shots), "task.queries": .integer(queries),
      "task.sessions": .integer(sessions),
    ]
  }
}

/// How a run ended.
public struct RunOutcome: Codable, Sendable, Hashable {
  /// 0 for a run that is done; see `ExitCode`.
  public var exitCode: Int
  /// Why it ended early; nil for a run that is done.
  public var reason: String?
  /// The time of its end, ISO 8601 with its time zone.
  public var ended: String
  /// From its start to its end.
  public var seconds: Double
  /// The duration of each stage.
  public var stages: [StageTiming]
  /// The peak memory of the process, in bytes; nil where it cannot be measured.
  public var peakMemory: Int?
}
