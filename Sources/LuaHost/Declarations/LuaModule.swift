/// A table of host functions: `nj.nn`, `nj.audio`, and `nj` itself. Scripts can read it, not change it.
public struct LuaModule: Sendable {
  public let name: String
  public let summary: String
  public var functions: [LuaFunction]
  /// Plain values: `nj.version`.
  public var values: [(name: String, summary: String, value: LuaValue)]
  /// Fields computed at each use: `nj.plugins`, `nj.run.seed`.
  public var properties: [LuaProperty]
  public var modules: [LuaModule]

  public init(
    _ name: String, _ summary: String, functions: [LuaFunction] = [],
    values: [(name: String, summary: String, value: LuaValue)] = [], properties: [LuaProperty] = [],
    modules: [LuaModule] = []
  ) {
    self.name = name
    self.summary = summary
    self.functions = functions
    self.values = values
    self.properties = properties
    self.modules = modules
  }
}
