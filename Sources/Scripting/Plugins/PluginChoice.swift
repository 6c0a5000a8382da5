import LuaHost

/// A selected plugin with its options.
public struct PluginChoice: LuaHosted {
  public static let luaClassName = "plugin_choice"
  public let plugin: Plugin
  public let options: LuaTable
  /// Its name in results: the plugin's own, or a label that tells one setting from another.
  public let label: String

  public init(_ plugin: Plugin, options: LuaTable = LuaTable(), label: String? = nil) {
    self.plugin = plugin
    self.options = options
    self.label = label ?? plugin.name
  }

  /// What determines its behaviour, for keys; nil for options that do not fit.
  var keyParts: [String]? {
    (try? plugin.options.fill(options)).map { plugin.keyParts(options: $0) }
  }

  /// Plugins from a name, a plugin, `{ name =, options =, label = }`, or a list of these.
  static func list(_ value: LuaValue, _ kind: PluginKind, in state: LuaState) throws -> [PluginChoice] {
    if let list = value.list, !list.isEmpty { return try list.flatMap { try self.list($0, kind, in: state) } }
    switch value {
    case .nil: return []
    case .string(let name):
      return try [PluginChoice(state.plugin(kind, namedByScript: name))]
    case .table(let table):
      guard let name = table["name"].string else {
        if table.fields.isEmpty { return [] }
        throw ScriptError("expected a \(kind.rawValue) as { name =, options = }, got a table without a name")
      }
      guard table["api"].isNil else {
        throw ScriptError(
          "\(kind.rawValue) '\(name)' is declared in the script that uses it; plugins are loaded from files "
            + "of their own",
          hint: "put it into plugins/\(kind.folder)/\(name).lua and name it '\(name)'")
      }
      // Only learners are compared under several settings.
      let known = ["name", "options"] + (kind == .learner ? ["label"] : [])
      if let field = table.fields.first(where: { !known.contains($0.name) }) {
        throw ScriptError(
          "\(kind.rawValue) '\(name)': unknown key '\(field.name)'; it takes \(known.joined(separator: ", "))"
        )
      }
      guard table["options"].isNil || table["options"].table != nil,
        table["label"].isNil || table["label"].string?.isEmpty == false
      else {
        throw ScriptError("\(kind.rawValue) '\(name)': options is a table of options, label a string")
      }
      let plugin = try state.plugin(kind, namedByScript: name)
      return [
        PluginChoice(plugin, options: table["options"].table ?? LuaTable(), label: table["label"].string)
      ]
    default:
      if let choice = value.object(PluginChoice.self) { return [choice] }
      guard let plugin = value.object(Plugin.self), plugin.kind == kind else {
        throw ScriptError("expected a \(kind.rawValue) plugin or its name, got a \(value.typeName)")
      }
      return [PluginChoice(plugin)]
    }
  }
}
