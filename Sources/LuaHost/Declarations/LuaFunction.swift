/// A host function: its name, what it takes and gives, and its body.
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
  /// What it gives, in words or types: `"tensor"`, `"tensor, integer"`.
  public let returns: String
  let body: Body

  public init(
    _ name: String, _ summary: String, _ parameters: [LuaParameter] = [], returns: String = "nothing",
    _ body: @escaping Body
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.returns = returns
    self.body = body
  }

  /// `softmax(dim, keepdim?)`.
  public var signature: String {
    name + "("
      + parameters.map { ($0.isRest ? "..." : "") + $0.name + ($0.isOptional && !$0.isRest ? "?" : "") }
      .joined(separator: ", ") + ")"
  }
}

/// How many results a host function left for Lua; made by `call.give` and `.nothing`.
public struct LuaResults: Sendable {
  let count: Int32

  public static let nothing = LuaResults(count: 0)
}
