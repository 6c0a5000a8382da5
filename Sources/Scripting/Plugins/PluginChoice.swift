import LuaHost

/// A selected plugin with its options.
public struct PluginChoice: LuaHosted {
  public static let luaClassName = "plugin_choice"
  public let plugin: Plugin
  public let options: LuaTable

  public init(_ plugin: Plugin, options: LuaTable = LuaTable()) {
    self.plugin = plugin
    self.options = options
  }

  /// Plugins from a name, a plugin, `{ name =, options = }`, or a list of these.
  static func list(_ value: LuaValue, _ kind: PluginKind, in state: LuaState) throws -> [PluginChoice] {
    if let list = value.list, !list.isEmpty { return try list.flatMap { try self.list($0, kind, in: state) } }
    switch value {
    case .nil: return []
    case .string(let name):
      return try [PluginChoice(state.plugin(kind, namedByScript: name))]
    case .table(let table):
      guard let name = table["name"].string else { return [] }
      guard table["api"].isNil else {
        throw ScriptError(
          "\(kind.rawValue) '\(name)' is declared in the script that uses it; plugins are loaded from files "
            + "of their own",
          hint: "put it into plugins/\(kind.folder)/\(name).lua and name it '\(name)'")
      }
      let plugin = try state.plugin(kind, namedByScript: name)
      return [PluginChoice(plugin, options: table["options"].table ?? LuaTable())]
    default:
      if let choice = value.object(PluginChoice.self) { return [choice] }
      guard let plugin = value.object(Plugin.self), plugin.kind == kind else {
        throw ScriptError("expected a \(kind.rawValue) plugin or its name, got a \(value.typeName)")
      }
      return [PluginChoice(plugin)]
    }
  }
}
