/// A table that a host gives to functions of scripts, for the reference and editors: its name there, and its fields.
public struct LuaRecord: Sendable {
  /// As editors call it, `metric_batch`: `nj.metric_batch`.
  public let name: String
  /// What it is, and which functions get it.
  public let summary: String
  public let fields: [LuaParameter]

  /// Declares a table.
  public init(_ name: String, _ summary: String, _ fields: [LuaParameter]) {
    self.name = name
    self.summary = summary
    self.fields = fields
  }
}
