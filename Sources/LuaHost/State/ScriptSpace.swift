import Foundation
import Support
import Synchronization

/// The environment of a script or plugin: its globals, and the folders its `require` may read.
///
/// It must outlive the code that runs in it: afterwards, `require` is an error.
public final class ScriptSpace: Sendable {
  public let environment: LuaReference
  private let loaded: LuaReference
  /// Lua's own libraries, of this environment.
  private let libraries: [String: LuaReference]
  private let randomSeed: LuaReference?
  private let roots: [(path: String, folder: GrantedFolder)]
  private let sources = Mutex<[(path: String, content: ContentKey)]>([])

  /// An environment whose `require` searches the folders `roots`; the first match wins.
  ///
  /// `purpose` names the stream of its `math.random`: equal names give equal numbers.
  ///
  /// - Throws: `FileError` for a root that cannot be a folder; ``ScriptError``.
  public init(in state: LuaState, roots: [String], purpose: String = "script") throws {
    self.roots = try roots.map { ($0, try state.roots.folder($0)) }
    environment = try state.makeEnvironment(purpose: purpose)
    randomSeed = try state.field("math", of: environment).flatMap { try state.field("randomseed", of: $0) }
    loaded = try state.reference(to: LuaTable())
    libraries = try Self.libraries(of: environment, in: state)
    let require = LuaFunction(
      "require",
      "Returns the host's `nightjar` module, a library of Lua, or what `folder/module.lua` returns; a file runs once",
      [.string("name")], returns: "what the module returns"
    ) { [weak self] call in
      guard let self else { throw ScriptError("require: this plugin was unloaded") }
      return try call.push(self.require(call.string(1), in: call.state))
    }
    try state.setField("require", of: environment, to: state.function(require))
  }

  private static func libraries(of environment: LuaReference, in state: LuaState) throws -> [String:
    LuaReference]
  {
    var result: [String: LuaReference] = [:]
    for name in ["_G", "coroutine", "math", "string", "table", "utf8"] {
      result[name] = try state.field(name, of: environment)
    }
    return result
  }

  /// Runs the file at `path`, which the user named.
  ///
  /// - Returns: references to what it returns.
  ///
  /// - Throws: `FileError`, or ``ScriptError`` with file, line and traceback.
  public func run(_ path: String, in state: LuaState) throws -> [LuaReference] {
    try run(LuaSource(path), in: state)
  }

  /// Runs the text of a file in this environment.
  ///
  /// - Returns: references to what it returns.
  ///
  /// - Throws: ``ScriptError`` with file, line and traceback.
  package func run(_ source: LuaSource, in state: LuaState) throws -> [LuaReference] {
    let content = ContentKey(of: Data(source.text.utf8))
    try state.onSource?(source.path, content)
    sources.withLock { $0.append((source.path, content)) }
    state.note(source, content)
    return try state.callForReferences(
      state.load(source.text, path: source.path, environment: environment))
  }

  /// Restarts `math.random` of this environment from a seed.
  ///
  /// - Throws: ``ScriptError``.
  package func reseed(_ seed: Int, in state: LuaState) throws {
    if let randomSeed { try state.call(randomSeed, [seed]) }
  }

  /// The digest of every file that ran in this environment, in order.
  public var sourceKey: ContentKey { ContentKey(parts: files.map(\.content.description)) }

  /// Every file that ran in this environment, in order, with its digest.
  public var files: [(path: String, content: ContentKey)] { sources.withLock { $0 } }

  /// The names of the globals that exist now.
  ///
  /// - Throws: ``ScriptError``.
  package func globals(in state: LuaState) throws -> [String] {
    try state.reading(environment) { $0.keyNames($1) }
  }

  private func require(_ name: String, in state: LuaState) throws -> LuaReference {
    if let module = state.module(name) ?? libraries[name] { return module }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.allSatisfy({ String($0).isModuleName }) else {
      throw ScriptError(
        "require: '\(name)' is not a module name; write it as \"folder.module\", without .. or /")
    }
    if let entry = try state.field(name, of: loaded) {
      guard try state.kind(of: entry) != .boolean else {
        throw ScriptError(
          "require: '\(name)' is already being loaded: modules require each other in a cycle")
      }
      return try unwrapped(entry, in: state)
    }
    let source = try find(parts.joined(separator: "/"), named: name, in: state)
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

  /// A loaded module is stored in a table of its own: a bare `true` marks one that is still being loaded.
  private func wrapped(_ module: LuaReference, in state: LuaState) throws -> LuaReference {
    let holder = try state.reference(to: LuaTable())
    try state.setField("module", of: holder, to: module)
    return holder
  }

  private func unwrapped(_ holder: LuaReference, in state: LuaState) throws -> LuaReference {
    try state.field("module", of: holder) ?? state.reference(to: LuaValue.nil)
  }

  /// The file of a module. It must be under its root even when links are followed.
  private func find(_ relative: String, named name: String, in state: LuaState) throws -> LuaSource {
    for (root, folder) in roots {
      for candidate in ["\(root)/\(relative).lua", "\(root)/\(relative)/init.lua"] {
        guard let names = folder.names(to: try RealPath.names(candidate)) else {
          throw ScriptError(
            "require: '\(name)' leads out of \(root) through a symbolic link, which is not allowed")
        }
        let file = ReadablePath(path: candidate, folder: folder, names: names)
        if try file.status()?.kind == .file { return try LuaSource(file) }
      }
    }
    let searched = roots.map(\.path).joined(separator: ", ")
    throw ScriptError("require: no module '\(name)' in \(searched)", hint: state.advice(name, .required))
  }
}

extension String {
  /// Whether this is letters, digits, `_` and `-`: one part of a module name.
  var isModuleName: Bool {
    !isEmpty && replacing("-", with: "_").replacing(/^[0-9]+/, with: "_").isIdentifier
  }
}

/// The text of a Lua file, with the path that errors show.
package struct LuaSource {
  package let path: String
  package let text: String
  private static let maxSize = 16 << 20

  /// Reads a file that the user named or put in a plugin folder: symbolic links are followed.
  ///
  /// - Throws: `FileError`.
  package init(_ path: String) throws {
    try FileStatus.requireRegular(path)
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw FileError(
        "read", path, reason: FileStatus(path) == nil ? "no such file" : "it is not a readable file")
    }
    try self.init(bytes, path)
  }

  /// Reads a file that a script named.
  ///
  /// - Throws: `FileError`.
  package init(_ file: ReadablePath) throws { try self.init(file.bytes(atMost: Self.maxSize), file.path) }

  /// Checks bytes that are in memory; errors show `path`.
  ///
  /// - Throws: `FileError` for text that is too long or not UTF-8.
  package init(_ bytes: Data, _ path: String) throws {
    guard bytes.count <= Self.maxSize else {
      throw FileError("read", path, reason: "it is larger than \(Self.maxSize >> 20) MB")
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw FileError("read", path, reason: "it is not Lua text (UTF-8)")
    }
    self.path = path
    self.text = text
  }
}

extension String {
  /// Whether this is letters, digits and underscores, not starting with a digit.
  package var isIdentifier: Bool {
    guard let first = utf8.first, !(48...57).contains(first) else { return false }
    return utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
    }
  }
}
