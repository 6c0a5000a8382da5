/// What made a run, kept beside its results so that it can be made again.
public struct RunSettings: Codable, Sendable, Hashable {
  /// The command line, one element per argument.
  public var command: [String]
  /// Every option in force, defaults included: `model.channels` → "256".
  public var options: [String: String]
  public var seed: UInt64
  /// Versions that matter: nightjar, lua, openblas, gnuplot, espeak-ng.
  public var versions: [String: String]
  /// When it began, ISO 8601 with its time zone.
  public var started: String

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
