import Foundation
import LuaHost

extension LuaState {
  /// Runs Lua text, which errors call `path`, in an environment of its own with these globals.
  ///
  /// - Throws: `ScriptError` with `file:line`, for syntax errors as well.
  @discardableResult
  public func run(_ text: String, path: String, globals: [String: LuaReference] = [:]) throws -> [LuaValue] {
    try call(load(text, path: path, environment: makeEnvironment(globals)))
  }

  /// Runs a script file. Its `require` reads modules beside it, then those in `roots`.
  ///
  /// - Throws: `ScriptError` with `file:line` and traceback; `FileError`.
  @discardableResult
  public func runFile(_ path: String, roots: [String] = []) throws -> [LuaValue] {
    try run(LuaSource(path), besides: path.parentFolder, roots: roots)
  }

  /// Runs the text of a script that is in no file; its `require` reads modules in the current folder, then in `roots`.
  ///
  /// - Throws: `ScriptError` with `file:line` and traceback; `FileError` for text that is too long or not UTF-8.
  @discardableResult
  public func runBytes(_ bytes: Data, named name: String, roots: [String] = []) throws -> [LuaValue] {
    try run(LuaSource(bytes, name), besides: "", roots: roots)
  }

  private func run(_ source: LuaSource, besides folder: String, roots: [String]) throws -> [LuaValue] {
    let path = source.path
    let own = folder.isEmpty ? "." : folder
    // Plugins may lie beside the script that uses them.
    try? attached(PluginLibrary.self).open(own)
    let space = try ScriptSpace(in: self, roots: [own] + roots)
    let results = try space.run(source, in: self)
    do { return try results.map { try value(of: $0) } } catch let failure as ScriptError {
      throw ScriptError(failure.message.prefixed("the script's result: "), at: [.script(path: path, line: 1)])
    }
  }
}
