import LuaHost
import Scripting

/// Gives `--set kind.option=value` and `--set name.option=value` to the plugins they are meant for.
struct SettingRouter {
  private let settings: [(key: String, value: String)]
  private var used: Set<String> = []
  /// Everything that could have been set, for "did you mean".
  private var known: [String] = []
  /// Every option in force, as `kind.option`, or `name.option` where several plugins of a kind are in use.
  private(set) var inForce: [String: String] = [:]

  init(_ settings: [(key: String, value: String)]) { self.settings = settings }

  /// The options of one plugin: what was set for its kind, then what was set for its name.
  mutating func choice(_ plugin: Plugin, isOnlyOne: Bool = true) throws -> PluginChoice {
    var texts: [String: String] = [:]
    for prefix in [plugin.kind.rawValue, plugin.name] {
      known += plugin.options.names.map { "\(prefix).\($0)" }
      for (key, value) in settings where key.hasPrefix(prefix + ".") {
        let option = String(key.dropFirst(prefix.count + 1))
        guard plugin.options.names.contains(option) else { continue }
        texts[option] = value
        used.insert(key)
      }
    }
    let options: LuaTable
    do { options = try plugin.options.fill(texts: texts) } catch let failure as OptionError {
      throw OptionError(failure.message.prefixed("--set, plugin \(plugin.title): "))
    }
    for field in options.fields {
      inForce["\(isOnlyOne ? plugin.kind.rawValue : plugin.name).\(field.name)"] = field.value.literal
    }
    return PluginChoice(plugin, options: options)
  }

  /// What could have been set, as `kind.option`.
  private var kindOptions: [String] {
    let kinds = Set(PluginKind.allCases.map(\.rawValue))
    return Set(known.filter { kinds.contains(String($0.prefix { $0 != "." })) }).sorted()
  }

  /// - Throws: ``OptionError`` for a key that no chosen plugin has, with the nearest one that is.
  func requireAllUsed() throws {
    guard let unknown = settings.first(where: { !used.contains($0.key) }) else { return }
    // `epochs` alone means `recipe.epochs`.
    let bare =
      unknown.key.contains(".")
      ? nil : unknown.key.nearest(in: kindOptions.map { String($0.drop { $0 != "." }.dropFirst()) })
    let meant = bare.flatMap { name in kindOptions.first { $0.hasSuffix(".\(name)") } }
    let hint =
      (meant ?? unknown.key.nearest(in: known)).map { "; did you mean '\($0)'?" }
      ?? "; there is \(kindOptions.joined(separator: ", "))"
    throw OptionError("--set \(unknown.key): no chosen plugin has this option\(hint)")
  }
}
