import LuaHost

/// One use of a plugin: a `self` table of its own, with `self.options` and `self.seed`.
public final class PluginInstance {
  public let plugin: Plugin
  public let options: LuaTable
  /// The `self` table.
  public let table: LuaReference
  /// Not kept alive: a data set's encoder, say, is an instance that the state itself holds.
  private unowned let state: LuaState
  private var functions: [String: LuaReference] = [:]

  init(of plugin: Plugin, options: LuaTable, seed: Int, in state: LuaState) throws {
    self.plugin = plugin
    self.options = options
    self.state = state
    table = try state.makeInstance(of: plugin.table, ["options": options.luaValue, "seed": .integer(seed)])
    for function in plugin.kind.functions {
      functions[function.name] = try state.field(function.name, of: plugin.table)
    }
  }

  /// Whether the plugin has an optional function.
  public func has(_ function: String) -> Bool { functions[function] != nil }

  /// Calls `self:function(arguments…)`.
  ///
  /// - Throws: ``ScriptError`` that names the plugin, file and line, with a traceback.
  @discardableResult
  public func call(_ function: String, _ arguments: any LuaPushable...) throws -> [LuaValue] {
    guard let body = functions[function] else { throw plugin.missing(function) }
    return try plugin.named {
      guard plugin.kind.hasCallLimit else { return try state.call(body, [table] + arguments) }
      return try state.underCallLimit { try state.call(body, [table] + arguments) }
    }
  }
}
