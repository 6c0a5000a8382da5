import Foundation
import Support
import Synchronization

/// Where a script or plugin lives: its globals, and the folders its `require` may read.
///
/// It has to outlive the code in it: after it is gone, `require` is an error.
public final class ScriptSpace: Sendable {
  public let environment: LuaReference
  private let loaded: LuaReference
  private let randomSeed: LuaReference?
  private let roots: [(path: String, folder: GrantedFolder)]
  private let sources = Mutex<[ContentKey]>([])

  /// - Parameters:
  ///   - roots: folders that modules are looked for in, the first match wins.
  ///   - purpose: what lives here, for the random numbers.
  public init(in state: LuaState, roots: [String], purpose: String = "script") throws {
    self.roots = try roots.map { ($0, try GrantedFolder($0)) }
    environment = try state.makeEnvironment(purpose: purpose)
    randomSeed = try state.field("math", of: environment).flatMap { try state.field("randomseed", of: $0) }
    loaded = try state.reference(to: LuaTable())
    let require = LuaFunction(
      "require", "Gives the host's `nightjar` module, or runs `folder/module.lua` once",
      [.string("name")], returns: "what the module returns"
    ) { [weak self] call in
      guard let self else { throw ScriptError("require: this plugin was unloaded") }
      return try call.push(self.require(call.string(1), in: call.state))
    }
    try state.setField("require", of: environment, to: state.function(require))
  }

  /// Runs the file at `path`, which the person named, and keeps what it returns.
  ///
  /// - Throws: ``FileError``, or ``ScriptError`` with file, line and traceback.
  public func run(_ path: String, in state: LuaState) throws -> [LuaReference] {
    try run(LuaSource(path), in: state)
  }

  /// Runs a file's text here and keeps what it returns.
  ///
  /// - Throws: ``ScriptError`` with file, line and traceback.
  package func run(_ source: LuaSource, in state: LuaState) throws -> [LuaReference] {
    sources.withLock { $0.append(ContentKey(of: Data(source.text.utf8))) }
    return try state.callForReferences(
      state.load(source.text, path: source.path, environment: environment))
  }

  /// Starts `math.random` here again from a seed.
  package func reseed(_ seed: Int, in state: LuaState) throws {
    if let randomSeed { try state.call(randomSeed, [seed]) }
  }

  /// The digest of every file that ran here, in order: it changes when the code does.
  public var sourceKey: ContentKey { ContentKey(parts: sources.withLock { $0.map(\.description) }) }

  private func require(_ name: String, in state: LuaState) throws -> LuaReference {
    if let module = state.module(name) { return module }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.allSatisfy({ String($0).isModuleName }) else {
      throw ScriptError(
        "require: '\(name)' is no module name; write it as \"folder.module\", without .. or /")
    }
    if let known = try state.field(name, of: loaded) {
      guard try state.kind(of: known) != .boolean else {
        throw ScriptError(
          "require: '\(name)' is being loaded already: modules require each other in a circle")
      }
      return try unwrapped(known, in: state)
    }
    let source = try find(parts.joined(separator: "/"), named: name)
    try state.setField(name, of: loaded, to: true)
    do {
      let result = try run(source, in: state).first ?? state.reference(to: true)
      try state.setField(name, of: loaded, to: wrapped(result, in: state))
      return result
    } catch {
      try state.setField(name, of: loaded, to: LuaValue.nil)
      throw error
    }
  }

  /// Modules are kept in tables of their own, so that one that gives `true` is not taken for half loaded.
  private func wrapped(_ module: LuaReference, in state: LuaState) throws -> LuaReference {
    let holder = try state.reference(to: LuaTable())
    try state.setField("module", of: holder, to: module)
    return holder
  }

  private func unwrapped(_ holder: LuaReference, in state: LuaState) throws -> LuaReference {
    try state.field("module", of: holder) ?? state.reference(to: LuaValue.nil)
  }

  /// The file of a module, under one of the roots even when links are followed.
  private func find(_ relative: String, named name: String) throws -> LuaSource {
    for (root, folder) in roots {
      for candidate in ["\(root)/\(relative).lua", "\(root)/\(relative)/init.lua"] {
        guard let names = folder.names(to: try RealPath.names(candidate)) else {
          throw ScriptError("require: '\(name)' leads out of \(root) by a link, which is not allowed")
        }
        let place = ReadablePath(path: candidate, folder: folder, names: names)
        if try place.status()?.kind == .file { return try LuaSource(place) }
      }
    }
    let searched = roots.map(\.path).joined(separator: ", ")
    throw ScriptError("require: no module '\(name)' in \(searched)")
  }
}

extension String {
  /// Letters, digits, `_` and `-`: one part of a module name.
  var isModuleName: Bool {
    !isEmpty && replacing("-", with: "_").replacing(/^[0-9]+/, with: "_").isIdentifier
  }
}
