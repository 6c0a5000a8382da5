import Foundation
import LuaHost
import Scripting
import Support

/// A plugin as `plugins list --json` prints it.
public struct PluginListing: Codable, Sendable {
  /// A declared option.
  public struct Option: Codable, Sendable {
    public var name: String
    /// `integer`, `number`, `boolean`, `string`, or a list of them, `integers`.
    public var type: String
    /// As `--set` takes it; nil without a default.
    public var defaultText: String?
    /// What it accepts, in words.
    public var expected: String
    /// As `--set` takes them; empty where any value is accepted.
    public var choices: [String]
    public var help: String

    enum CodingKeys: String, CodingKey {
      case name, type
      case defaultText = "default"
      case expected, choices, help
    }
  }

  public var kind: String
  public var name: String
  public var path: String
  /// The folder of the search path that contains it.
  public var root: String
  /// Files of the same kind and name that it hides.
  public var shadows: [String]
  public var summary: String?
  /// Nil for a plugin that cannot be loaded.
  public var options: [Option]?
  /// Why it cannot be loaded.
  public var error: String?

  /// `learner/ridge`.
  public var title: String { "\(kind)/\(name)" }

  /// - Throws: `InterruptionError`; an error of the plugin itself is listed.
  public init(_ entry: PluginLibrary.Entry, _ result: Result<Plugin, any Error>) throws {
    kind = entry.kind.rawValue
    name = entry.name
    path = entry.path
    root = entry.root
    shadows = entry.shadows
    switch result {
    case .success(let plugin):
      summary = plugin.summary
      options = plugin.options.options.map(Option.init)
    case .failure(let failure):
      try Interruption.check("loading plugins")
      error = "\(failure)"
    }
  }
}

extension PluginListing.Option {
  fileprivate init(_ option: PluginOption) {
    name = option.name
    type = option.kind.rawValue
    defaultText = option.defaultValue.isNil ? nil : SettingValue(option.defaultValue)?.text
    expected = option.expected
    choices = option.choices.compactMap { SettingValue($0)?.text }
    help = option.help
  }
}

/// The plugins that a command finds.
enum InstalledPlugins {
  /// Loads all plugins in a process of its own, so that one that never ends cannot stop the caller.
  ///
  /// - Throws: `ProgramError` when the process fails.
  static func list(program: String) throws -> [PluginListing] {
    let work = "listing plugins"
    let result = try Subprocess.run(program, ["plugins", "list", "--json", "--quiet"], work: work, hint: "")
    guard result.status == 0 else { throw ProgramError(work: work, reason: result.errors, hint: "") }
    return try ResultFile.decode([PluginListing].self, from: result.output)
  }
}
