import Datasets
import Foundation
import LuaHost
import Networks
import Support

extension ScriptContext {
  /// Runs `body`, code of a plugin, under the rules of a role, and of those it is inside of.
  ///
  /// - Throws: what `body` throws, and a breach of the rules that it caught.
  func acting<Result>(as role: Role, for plugin: Plugin? = nil, _ body: () throws -> Result) throws -> Result
  {
    roles.append(role)
    let result = Swift.Result { try body() }
    roles.removeLast()
    // Inside another plugin the breach is left to that one's end: it could still catch the error.
    guard let breach, strictest < .metric else { return try result.get() }
    self.breach = nil
    if case .failure(let error) = result, (error as? any NightjarError)?.isRecoverable != true { throw error }
    throw plugin.map { breach.located(in: .plugin(title: $0.title)) } ?? breach
  }

  /// Throws unless whoever is at work may see or do something.
  ///
  /// - Parameter what: what it asked for, as messages name it.
  func require(_ access: Role.Access, for what: @autoclosure () -> String) throws {
    let role = strictest
    guard !role.may(access) else { return }
    let failure = ScriptError(role.rule(against: access).prefixed("\(what()): "))
    breach = breach ?? state.map { failure.placed(in: $0) } ?? failure
    throw failure
  }

  /// What a script may read at a path, by its capabilities and by the rules for whoever is at work.
  func readable(_ path: String, isFolder: Bool = false) throws -> ReadablePath {
    let place = try files.readable(path, isFolder: isFolder)
    guard !strictest.may(.dataFile) else { return place }
    let kept = URL(fileURLWithPath: cache.folder).resolvingSymlinksInPath().path
    var names = place.folder.path(of: place.names)
    while !names.isEmpty {
      let folder = "/" + names.joined(separator: "/")
      if folder == kept || DataFolder.isDataset(folder) {
        try require(.dataFile, for: "'\(path.printable(limit: 200))'")
      }
      names.removeLast()
    }
    return place
  }

  /// The strictest role at work.
  var strictest: Role { roles.max() ?? .script }

  /// Runs `body` while the fields of a network belong to the network alone.
  func guarding<Result>(_ module: any Module, _ body: () throws -> Result) rethrows -> Result {
    let before = guarded
    guarded.formUnion(module.descendants.map { ObjectIdentifier($0.module) })
    defer { guarded = before }
    return try body()
  }

  /// Whether a module's fields are another's than those of the code at work.
  func isForeign(_ module: any Module) -> Bool {
    guarded.contains(ObjectIdentifier(module)) && roles.last != .model && !strictest.may(.network)
  }
}

extension LuaCall {
  /// Throws unless the script at work may see or do something, which messages call by the function's name.
  func require(_ access: Role.Access) throws { try context.require(access, for: functionName) }
}

extension LuaState {
  /// Loads a plugin's file under the rules for it.
  func loading<Result>(_ body: () throws -> Result) throws -> Result {
    guard let context = try? attached(ScriptContext.self) else { return try body() }
    return try context.acting(as: .loading, body)
  }
}
