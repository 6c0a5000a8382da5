import Datasets
import Foundation
import LuaHost
import Networks
import Support

extension ScriptContext {
  /// Runs `body`, code of a plugin, under the rules of a role and of the roles it is nested in.
  ///
  /// - Throws: what `body` throws, and a violation of the rules that it caught.
  func acting<Result>(as role: Role, for plugin: Plugin? = nil, _ body: () throws -> Result) throws -> Result
  {
    roles.append(role)
    noteMemoryRule()
    let result = Swift.Result { try body() }
    roles.removeLast()
    noteMemoryRule()
    // Inside another plugin the violation is thrown when that one ends: it could still catch the error.
    guard let violation, strictest < .metric else { return try result.get() }
    self.violation = nil
    if case .failure(let error) = result, (error as? any NightjarError)?.isRecoverable != true { throw error }
    throw plugin.map { violation.located(in: .plugin(title: $0.title)) } ?? violation
  }

  /// Throws unless the executing role has an access; messages name the function or value that was used, `what`.
  ///
  /// - Throws: `ScriptError` with the rule.
  func require(_ access: Role.Access, for what: @autoclosure () -> String) throws {
    let role = strictest
    guard !role.may(access) else { return }
    let failure = ScriptError(role.rule(against: access).prefixed("\(what()): "))
    violation = violation ?? state.map { failure.placed(in: $0) } ?? failure
    throw failure
  }

  /// A path that the script may read, by its capabilities and by the rules of the executing role.
  func readable(_ path: String, isFolder: Bool = false) throws -> ReadablePath {
    let readable = try files.readable(path, isFolder: isFolder)
    cache.note(StageRead(.path, readable.resolved))
    guard !strictest.may(.dataFile) else { return readable }
    if files.isWritten(readable, isFolder: isFolder) {
      try require(.writtenFile, for: "'\(path.printable(limit: 200))'")
    }
    let cached = URL(fileURLWithPath: cache.folder).resolvingSymlinksInPath().path
    var names = readable.folder.path(of: readable.names)
    while !names.isEmpty {
      let folder = "/" + names.joined(separator: "/")
      if folder == cached || DataFolder.isDataset(folder) {
        try require(.dataFile, for: "'\(path.printable(limit: 200))'")
      }
      names.removeLast()
    }
    return readable
  }

  /// Runs `body` with what the user granted to the plugin at `path`, which is no other plugin's; nil for none.
  func granted<Result>(to path: String?, _ body: () throws -> Result) rethrows -> Result {
    let around = grantee
    grantee = path
    defer { grantee = around }
    return try body()
  }

  /// Lua's own `collectgarbage("count")` knows no roles.
  private func noteMemoryRule() { state?.hidesMemory = !strictest.may(.measuring) }

  /// The strictest of the executing roles.
  var strictest: Role { roles.max() ?? .script }

  /// Runs `body` while only a network's own code may set its fields.
  func guarding<Result>(_ module: any Module, _ body: () throws -> Result) rethrows -> Result {
    let before = guarded
    guarded.formUnion(module.descendants.map { ObjectIdentifier($0.module) })
    defer { guarded = before }
    return try body()
  }

  /// Whether the executing code may not set a module's fields.
  func isForeign(_ module: any Module) -> Bool {
    guarded.contains(ObjectIdentifier(module)) && roles.last != .model && !strictest.may(.network)
  }
}

extension LuaCall {
  /// Throws unless the executing role has an access; messages name the called function.
  ///
  /// - Throws: `ScriptError` with the rule.
  func require(_ access: Role.Access) throws { try context.require(access, for: functionName) }
}

extension LuaState {
  /// Loads a plugin's file under the rules of loading.
  func loading<Result>(_ body: () throws -> Result) throws -> Result {
    guard let context = try? attached(ScriptContext.self) else { return try body() }
    return try context.acting(as: .loading, body)
  }
}
