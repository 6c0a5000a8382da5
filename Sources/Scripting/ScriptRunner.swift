import Foundation
import Tensors

extension LuaState {
  /// Runs Lua text in an environment of its own.
  ///
  /// - Parameter path: what errors call the text.
  /// - Throws: ``ScriptFailure`` with `file:line`, for syntax errors as well.
  @discardableResult
  public func run(_ text: String, path: String, globals: [String: LuaReference] = [:]) throws -> [LuaValue] {
    try call(load(text, path: path, environment: makeEnvironment(globals)))
  }
}
