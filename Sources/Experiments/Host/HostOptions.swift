import LuaHost

/// What a script is opened with: the options that all commands share, and what belongs to one run.
public struct HostOptions: Sendable {
  /// The most threads; nil for one a core.
  public var threads: Int?
  /// The budget of native memory in bytes; nil for half of what the machine has.
  public var memory: Int?
  public var isQuiet = false
  public var seed: UInt64 = 1
  /// `--plugins` folders, in their order.
  public var pluginFolders: [String] = []
  /// What followed each `--allow`.
  public var grants: [String] = []
  /// What scripts may use up.
  public var limits = Limits.forRuns
  /// `--set` pairs, in their order; of two with one name the last counts.
  public var settings: [(name: String, value: String)] = []
  /// The run's folder; nil for a new one under `runs`.
  public var out: String?
  /// Whether it goes on with what is in the folder: what was logged there stays.
  public var isResumed = false
  /// What the run is called in `runs`.
  public var name = "script"
  /// The command line, for the run's settings.
  public var command: [String] = []

  public init() {}
}
