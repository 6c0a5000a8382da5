import CLua
import Datasets
import FewShot
import LuaHost
import Support

/// A loaded plugin: its manifest, checked.
public final class Plugin: LuaHosted, Sendable {
  public static let luaClassName = "plugin"

  public let kind: PluginKind
  public let name: String
  public let summary: String
  public let options: OptionSchema
  /// Capabilities it asks for: `fs.read`, `env=HOME`.
  public let permissions: [Capability]
  /// Whether a learner says that it changes the network, or what it has learned of the base classes.
  public let modifiesBase: Bool
  /// The encoder whose features a model is made for, where it says so.
  public let encoder: String?
  /// Whether a metric is shown the layers of the network at work.
  public let watchesLayers: Bool
  public let path: String
  /// Where in the file its constructor is called.
  public let line: Int
  /// The manifest itself.
  public let table: LuaReference
  private let space: ScriptSpace
  private let source: LuaSource
  private let roots: [String]
  private let purpose: String
  /// The digest of what ran when it was loaded.
  private let loadedKey: ContentKey

  /// The digest of its source and of the modules it required.
  public var sourceKey: ContentKey { space.sourceKey }

  /// What decides what it does: name, source and options, for the keys of cached results.
  public func keyParts(options: LuaTable) -> [String] {
    ["\(kind.rawValue)=\(name)", "source=\(sourceKey)"]
      + options.fields.map { "\(kind.rawValue).\($0.name)=\($0.value.literal)" }
  }

  /// `learner/ridge`.
  public var title: String { "\(kind.rawValue)/\(name)" }

  /// Loads a plugin file.
  ///
  /// - Parameters:
  ///   - roots: where its `require` may look.
  ///   - purpose: what it is, for the random numbers: `learner/ridge`.
  /// - Throws: ``ScriptError`` with file, line and traceback; ``FileError``.
  init(_ source: LuaSource, roots: [String], purpose: String, in state: LuaState) throws {
    self.source = source
    self.roots = roots
    self.purpose = purpose
    path = source.path
    space = try ScriptSpace(in: state, roots: roots, purpose: purpose)
    let results = try state.loading { [space] in try space.run(source, in: state) }
    loadedKey = space.sourceKey
    let kinds = PluginKind.allCases.map { "nj.\($0.rawValue)" }.joined(separator: ", ")
    guard let table = results.first,
      let mark = try state.reading(table, { try state.manifestMark($1, on: $0) }),
      let kind = PluginKind(rawValue: mark.kind)
    else {
      throw ScriptError(
        "a plugin file returns what one of \(kinds) gives; this one does not", at: [.file(path: path)])
    }
    self.kind = kind
    line = mark.line
    self.table = table
    watchesLayers = try kind == .metric && state.field("on_layer", of: table) != nil
    (name, summary, options, permissions, modifiesBase, encoder) = try state.reading(table) { stack, index in
      (
        try stack.field("name", of: index).string ?? "", try stack.field("summary", of: index).string ?? "",
        try OptionSchema(declared: stack.field("options", of: index)),
        try Manifest.permissions(stack.field("permissions", of: index)),
        try stack.field("modifies_base", of: index).boolean ?? false,
        try stack.field("encoder", of: index).string
      )
    }
  }

  /// The same plugin loaded once more, with globals and modules of its own.
  ///
  /// - Throws: ``ScriptError`` when its modules are others by now.
  func reloaded(in state: LuaState) throws -> Plugin {
    let fresh = try named { try Plugin(source, roots: roots, purpose: purpose, in: state) }
    guard fresh.loadedKey == loadedKey else {
      throw violation("a module it requires was changed while it was in use")
    }
    return fresh
  }

  /// Calls a function of the manifest, not of an instance: a model's `build`.
  public func call(_ function: String, _ arguments: [any LuaPushable], in state: LuaState) throws
    -> [LuaValue]
  {
    try requirePermissions(in: state)
    guard let body = try state.field(function, of: table) else { throw missing(function) }
    return try named { try state.call(body, arguments) }
  }

  /// A model's module, with the options that were not given at their defaults.
  public func build(_ options: LuaTable, task: any LuaPushable, in state: LuaState) throws -> [LuaValue] {
    try call("build", [named { try self.options.fill(options) }, task], in: state)
  }

  /// A fresh `self` for the functions of the manifest; the plugin's `math.random` starts again from the seed.
  public func makeInstance(options: LuaTable, seed: Int, in state: LuaState) throws -> PluginInstance {
    try requirePermissions(in: state)
    try space.reseed(seed, in: state)
    return try PluginInstance(
      of: self, options: named { try self.options.fill(options) }, seed: seed, in: state)
  }

  /// A rule that the plugin broke, with its file.
  func violation(_ what: String, hint: String? = nil) -> ScriptError {
    ScriptError(what, hint: hint, at: [.plugin(title: title, path: path, line: line)])
  }

  /// A rule that one of the plugin's functions broke, with the line it begins at.
  func violation(_ what: String, hint: String? = nil, in function: String, _ state: LuaState) -> ScriptError {
    ScriptError(what, hint: hint, at: [location(of: function, in: state)])
  }

  /// Where one of the plugin's functions is written.
  func location(of function: String, in state: LuaState) -> ErrorLocation {
    let found = try? state.field(function, of: table).map { body in
      try state.reading(body) { stack, index in
        var record = lua_Debug()
        stack.copy(index)
        return lua_getinfo(stack.thread, ">S", &record) != 0 ? Int(record.linedefined) : 0
      }
    }
    // A function that was not written in Lua has no line.
    let line = found.flatMap { $0 }.flatMap { $0 > 0 ? $0 : nil } ?? line
    return .plugin(title: title, path: path, line: line)
  }

  func missing(_ function: String) -> ScriptError {
    ScriptError("it has no function '\(function)'", at: [.plugin(title: title)])
  }

  /// Runs `body` so that a failure says which plugin it was.
  func named<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch let error as ScriptError {
      // A stop is no mistake of the plugin.
      if error.cause is InterruptionError { throw error }
      // One plugin inside another is named by the inner one, and a bad clip by its row: the lines of the scripts that
      // happened to be running are of no use then.
      if error.locations.contains(where: \.isPlugin) || error.blamesData {
        throw error.droppingLocations(while: \.isScript)
      }
      throw error.located(in: .plugin(title: title))
    } catch let error as OptionError {
      throw OptionError(error.message.prefixed("plugin \(title): "))
    }
  }
}

extension ScriptError {
  /// Whether a data set is at fault, or a plugin that the failure names, and none that happened to be at work.
  fileprivate var blamesData: Bool {
    cause is ClipError || cause is DatasetError || cause is ProtocolError || cause is EncodingError
  }
}
