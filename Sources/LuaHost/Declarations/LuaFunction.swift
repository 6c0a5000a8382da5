/// A host function: its name, parameters, results, and body.
///
/// Argument checks, help and editor types come from this one declaration.
///
///     LuaFunction(
///       "softmax", "Turns logits into probabilities", [.integer("dim")], returns: "tensor"
///     ) { call in
///       try call.push(call.object(0, Tensor.self).softmax(dim: call.integer(1)))
///     }
public struct LuaFunction: Sendable {
  public typealias Body = @Sendable (LuaCall) throws -> LuaResults

  public let name: String
  public let summary: String
  public let parameters: [LuaParameter]
  /// Its results, as types or in words: `"tensor"`, `"tensor, integer"`.
  public let returns: String
  /// The tables that functions among its arguments get.
  public let records: [LuaRecord]
  let body: Body

  /// Declares a function. Its `body` is called with checked arguments; what it throws becomes an error of the script.
  public init(
    _ name: String, _ summary: String, _ parameters: [LuaParameter] = [], returns: String = "nothing",
    records: [LuaRecord] = [], _ body: @escaping Body
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.returns = returns
    self.records = records
    self.body = body
  }

  /// `softmax(dim, keepdim?)`.
  public var signature: String {
    name + "("
      + parameters.map { ($0.isRest ? "..." : "") + $0.name + ($0.isOptional && !$0.isRest ? "?" : "") }
      .joined(separator: ", ") + ")"
  }
}

/// The number of results that a host function pushed; made by `call.push` and `.nothing`.
public struct LuaResults: Sendable {
  let count: Int32

  /// No results.
  public static let nothing = LuaResults(count: 0)
}

/// A table of host functions: `nj.nn`, `nj.audio`, and `nj` itself. It is read-only for scripts.
public struct LuaModule: Sendable {
  public let name: String
  public let summary: String
  public var functions: [LuaFunction]
  /// Plain values: `nj.version`.
  public var values: [(name: String, summary: String, value: LuaValue)]
  /// Fields that are computed at each use: `nj.run.seed`.
  public var properties: [LuaProperty]
  public var modules: [LuaModule]

  /// Declares a module.
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
