import LuaHost
import Scripting
import Support

/// Assigns `--set kind.option=value` and `--set name.option=value` to the plugins they refer to.
struct SettingRouter {
  private let settings: [(key: String, value: String)]
  private var used: Set<String> = []
  /// Every option that can be set, for "did you mean".
  private var known: [String] = []
  /// Every option with its value, as `kind.option`, or `name.option` if several plugins of a kind are used.
  private(set) var values: [String: String] = [:]
  /// The same with types and defaults, for the run's record.
  private(set) var records: [RunSetting] = []

  init(_ settings: [(key: String, value: String)]) { self.settings = settings }

  /// The options of one plugin: those set for its kind, then those set for its name, then its `own`, which also make
  /// the label that it has in results: `ridge:lambda=10`.
  ///
  /// ``values`` has them as `kind.option` where the plugin `isOnlyOne` of its kind, else as `label.option`.
  ///
  /// - Throws: `OptionError` for a bad value, and for an own option that it does not have.
  mutating func choice(
    _ plugin: Plugin, isOnlyOne: Bool = true, own: [(key: String, value: String)] = []
  ) throws -> PluginChoice {
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
    let label = ([plugin.name] + own.map { "\($0.key)=\($0.value)" }).joined(separator: ":")
    do {
      for (option, value) in own {
        _ = try plugin.options.option(option)
        texts[option] = value
      }
      _ = try plugin.options.fill(texts: Dictionary(own.map { ($0.key, $0.value) }) { $1 })
    } catch let error as OptionError {
      throw OptionError(error.message.prefixed("--\(plugin.kind.rawValue) \(label): "))
    }
    let options: LuaTable
    do { options = try plugin.options.fill(texts: texts) } catch let error as OptionError {
      throw OptionError(error.message.prefixed("--set, plugin \(plugin.title): "))
    }
    for field in options.fields {
      let name = "\(isOnlyOne ? plugin.kind.rawValue : label).\(field.name)"
      values[name] = field.value.literal
      guard let value = SettingValue(field.value) else { continue }
      let declared = plugin.options.options.first { $0.name == field.name }?.defaultValue
      records.append(
        RunSetting(
          name: name, value: value, defaultValue: declared.flatMap(SettingValue.init),
          isGiven: texts[field.name] != nil))
    }
    return PluginChoice(plugin, options: options, label: label)
  }

  /// The options that can be set, as `kind.option`.
  private var kindOptions: [String] {
    let kinds = Set(PluginKind.allCases.map(\.rawValue))
    return Set(known.filter { kinds.contains(String($0.prefix { $0 != "." })) }).sorted()
  }

  /// - Throws: `OptionError` for an option that no selected plugin has, with the nearest one.
  func requireAllUsed() throws {
    guard let unknown = settings.first(where: { !used.contains($0.key) }) else { return }
    // `epochs` alone means `recipe.epochs`.
    let bare =
      unknown.key.contains(".")
      ? nil : unknown.key.nearest(in: kindOptions.map { String($0.drop { $0 != "." }.dropFirst()) })
    let meant = bare.flatMap { name in kindOptions.first { $0.hasSuffix(".\(name)") } }
    throw OptionError(
      "--set \(unknown.key): no selected plugin has this option",
      hint: (meant ?? unknown.key.nearest(in: known)).map { "did you mean '\($0)'?" }
        ?? "the options are \(kindOptions.joined(separator: ", "))")
  }
}
