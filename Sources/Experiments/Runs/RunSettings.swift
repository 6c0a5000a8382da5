import FewShot
/// What made a run, kept beside its results so that it can be made again.
public struct RunSettings: Codable, Sendable, Hashable {
  /// The command line, one element per argument.
  public var command: [String]
  /// Every option in force, defaults included: `model.channels` → "256".
  public var options: [String: String]
  public var seed: UInt64
  /// Versions that matter: nightjar, lua, openblas, gnuplot, espeak-ng.
  public var versions: [String: String]
  public var plugins: [PluginSource]
  /// When it began, ISO 8601 with its time zone.
  public var started: String

  /// One plugin's file as it was.
  public struct PluginSource: Codable, Sendable, Hashable {
    public var kind: String
    public var name: String
    public var path: String
    /// `ContentKey` of the source text.
    public var hash: String

    public init(kind: String, name: String, path: String, hash: String) {
      (self.kind, self.name, self.path, self.hash) = (kind, name, path, hash)
    }
  }

  public init(
    command: [String], options: [String: String] = [:], seed: UInt64, versions: [String: String] = [:],
    plugins: [PluginSource] = [], started: String = ""
  ) {
    (self.command, self.options, self.seed) = (command, options, seed)
    (self.versions, self.plugins, self.started) = (versions, plugins, started)
  }
}
