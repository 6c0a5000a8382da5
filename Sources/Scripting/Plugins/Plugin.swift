import CLua
import Datasets
import FewShot
import LuaHost
import Support

/// A loaded plugin with its checked manifest.
public final class Plugin: LuaHosted, Sendable {
  public static let luaClassName = "plugin"

  public let kind: PluginKind
  public let name: String
  public let summary: String
  public let options: OptionSchema
  /// Capabilities that it requests: `fs.read`, `env=HOME`.
  public let permissions: [Capability]
  /// Whether a learner declares that it changes the network, or what was learned of the base classes.
  public let modifiesBase: Bool
  /// Whether a task declares that it computes its data itself: no data set is opened for it.
  public let generatesData: Bool
  /// The model that a task is run with unless another one is named, if it names one.
  public let model: String?
  /// The encoder whose features a model is made for, if it names one.
  public let encoder: String?
  /// Whether a metric observes the layers of the network that is being tested.
  public let watchesLayers: Bool
  public let path: String
  /// The line of its constructor call.
  public let line: Int
  /// The manifest.
  public let table: LuaReference
  private let space: ScriptSpace
  private let source: LuaSource
  private let roots: [String]
  private let purpose: String
  /// The digest of the code that ran when it was loaded.
  private let loadedKey: ContentKey
  /// Everything else that was read when it was loaded.
  private let loadedReads: [StageRead]

  /// The digest of its source and of the modules that it required when it was loaded.
  public var sourceKey: ContentKey { loadedKey }

  /// Every file of its code so far, with its digest.
  var files: [(path: String, content: ContentKey)] { space.files }

  /// What determines its behaviour before it runs (name, source and options), for the keys of cached results; what it
  /// reads while it runs is a `StageRead`.
  public func keyParts(options: LuaTable) -> [String] {
    ["\(kind.rawValue)=\(name)", "source=\(sourceKey)"] + loadedReads.map(\.part)
      + options.fields.map { "\(kind.rawValue).\($0.name)=\($0.value.literal)" }
  }

  /// The paths of its file and of the modules that it required, each once.
  var paths: [String] {
    space.files.reduce(into: []) { paths, file in if !paths.contains(file.path) { paths.append(file.path) } }
  }

  /// Whether its code so far has these words, one after the other: what it does not mention it does not use.
  public func mentions(_ words: String..., in state: LuaState) -> Bool {
    let own = Set(paths)
    return state.loadedSources.contains { source in
      own.contains(source.path)
        && source.text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }).contains(
          words.map { $0[...] })
    }
  }

  /// `learner/ridge`.
  public var title: String { "\(kind.rawValue)/\(name)" }

  /// Loads a plugin file, whose `require` searches the folders `roots`; `purpose`, such as `learner/ridge`, names the
  /// stream of its `math.random`.
  ///
  /// - Throws: `ScriptError` with file, line and traceback; `FileError`.
  init(_ source: LuaSource, roots: [String], purpose: String, in state: LuaState) throws {
    self.source = source
    self.roots = roots
    self.purpose = purpose
    path = source.path
    space = try ScriptSpace(in: state, roots: roots, purpose: purpose)
    let load = { [space] in try state.loading { try space.run(source, in: state) } }
    let results: [LuaReference]
    if let cache = (try? state.attached(ScriptContext.self))?.cache {
      let (loaded, reads) = try cache.recording(load)
      results = loaded
      let own = Set(space.files.map { StageRead(path: $0.path, content: $0.content) })
      loadedReads = reads.filter { !own.contains($0) }
    } else {
      results = try load()
      loadedReads = []
    }
    loadedKey = space.sourceKey
    let kinds = PluginKind.allCases.map { "nj.\($0.rawValue)" }.joined(separator: ", ")
    guard let table = results.first,
      let mark = try state.reading(table, { try state.manifestMark($1, on: $0) }),
      let kind = PluginKind(rawValue: mark.kind)
    else {
      throw ScriptError(
        "a plugin file must return the result of one of \(kinds)", at: [.file(path: path)])
    }
    self.kind = kind
    line = mark.line
    self.table = table
    watchesLayers = try kind == .metric && state.field("on_layer", of: table) != nil
    func field(_ name: String) throws -> LuaValue {
      try state.reading(table) { try $0.field(name, of: $1) }
    }
    name = try field("name").string ?? ""
    summary = try field("summary").string ?? ""
    options = try OptionSchema(declared: field("options"))
    permissions = try Manifest.permissions(field("permissions"))
    modifiesBase = try field("modifies_base").boolean ?? false
    generatesData = try field("generates_data").boolean ?? false
    model = try field("model").string
    encoder = try field("encoder").string
  }

  /// The same plugin loaded again, with globals and modules of its own.
  ///
  /// - Throws: `ScriptError` when its modules have changed.
  func reloaded(in state: LuaState) throws -> Plugin {
    let copy = try named { try Plugin(source, roots: roots, purpose: purpose, in: state) }
    guard copy.loadedKey == loadedKey else {
      throw violation("a module that it requires has changed since it was loaded")
    }
    return copy
  }

  /// Calls a function of the manifest itself, not of an instance: a model's `build`.
  ///
  /// - Throws: `ScriptError` naming the plugin; `CapabilityError` for permissions that are not granted.
  public func call(_ function: String, _ arguments: [any LuaPushable], in state: LuaState) throws
    -> [LuaValue]
  {
    try requirePermissions(in: state)
    guard let body = try state.field(function, of: table) else { throw missing(function) }
    return try named {
      try granted(in: state) { try state.underCallLimit { try state.call(body, arguments) } }
    }
  }

  /// Runs `body`, code of the plugin, with what the user granted to it.
  func granted<Result>(in state: LuaState, _ body: () throws -> Result) throws -> Result {
    guard let context = try? state.attached(ScriptContext.self) else { return try body() }
    return try context.granted(to: path, body)
  }

  /// Calls a model's `build`; options that were not given get their defaults.
  ///
  /// - Throws: `ScriptError` naming the plugin; ``OptionError``; `CapabilityError`.
  public func build(_ options: LuaTable, task: any LuaPushable, in state: LuaState) throws -> [LuaValue] {
    try call("build", [named { try self.options.fill(options) }, task], in: state)
  }

  /// Creates a `self` for the functions of the manifest; the plugin's `math.random` restarts from the seed.
  ///
  /// - Throws: ``OptionError`` for options that do not fit; `CapabilityError`; `ScriptError`.
  public func makeInstance(options: LuaTable, seed: Int, in state: LuaState) throws -> PluginInstance {
    try requirePermissions(in: state)
    try space.reseed(seed, in: state)
    return try PluginInstance(
      of: self, options: named { try self.options.fill(options) }, seed: seed, in: state)
  }

  /// The error for a rule of the contract that the plugin violated, located at its constructor.
  func violation(_ what: String, hint: String? = nil) -> ScriptError {
    ScriptError(what, hint: hint, at: [.plugin(title: title, path: path, line: line)])
  }

  /// A rule that one of the plugin's functions broke, with the line it begins at.
  func violation(_ what: String, hint: String? = nil, in function: String, _ state: LuaState) -> ScriptError {
    ScriptError(what, hint: hint, at: [location(of: function, in: state)])
  }

  /// Where one of the plugin's functions is defined.
  func location(of function: String, in state: LuaState) -> ErrorLocation {
    let defined = try? state.field(function, of: table).map { body in
      try state.reading(body) { stack, index in
        var record = lua_Debug()
        stack.copy(index)
        return lua_getinfo(stack.thread, ">S", &record) != 0 ? Int(record.linedefined) : 0
      }
    }
    // A function of the host has no line.
    let line = defined.flatMap { $0 }.flatMap { $0 > 0 ? $0 : nil } ?? line
    return .plugin(title: title, path: path, line: line)
  }

  func missing(_ function: String) -> ScriptError {
    ScriptError("it has no function '\(function)'", at: [.plugin(title: title)])
  }

  /// Runs `body`; an error gets the plugin as its location.
  ///
  /// - Throws: what `body` throws.
  func named<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch let error as ScriptError {
      // An interruption is not an error of the plugin.
      if error.cause is InterruptionError { throw error }
      // A plugin inside another is already named by the inner one, and an invalid clip by its row. The lines of the
      // scripts that happened to run are of no use then.
      if error.locations.contains(where: \.isPlugin) || error.isAboutData {
        throw error.droppingLocations(while: \.isScript)
      }
      throw error.located(in: .plugin(title: title))
    } catch let error as OptionError {
      throw OptionError(error.message.prefixed("plugin \(title): "))
    }
  }
}

extension ScriptError {
  /// Whether the cause is a data set or the protocol, and not the plugin that was running.
  fileprivate var isAboutData: Bool {
    cause is ClipError || cause is DatasetError || cause is ProtocolError || cause is EncodingError
  }
}

/// One use of a plugin: its own `self` table, with `self.options` and `self.seed`.
public final class PluginInstance {
  public let plugin: Plugin
  public let options: LuaTable
  /// The `self` table.
  public let table: LuaReference
  /// Not retained: the state itself may hold the instance, such as a data set's encoder.
  private unowned let state: LuaState
  private var functions: [String: LuaReference] = [:]

  init(of plugin: Plugin, options: LuaTable, seed: Int, in state: LuaState) throws {
    self.plugin = plugin
    self.options = options
    self.state = state
    for function in plugin.kind.functions {
      functions[function.name] = try state.field(function.name, of: plugin.table)
    }
    var fields: [String: LuaValue] = ["options": options.luaValue, "seed": .integer(seed)]
    // Scripts teach all learners alike: one that learns nothing in sessions does nothing then.
    if plugin.kind == .learner, functions["learn"] == nil {
      fields["learn"] = .function(try state.load("", path: plugin.path, environment: plugin.table))
    }
    table = try state.makeInstance(of: plugin.table, fields)
  }

  /// Whether the plugin has an optional function.
  public func has(_ function: String) -> Bool { functions[function] != nil }

  /// Calls `self:function(arguments…)`.
  ///
  /// - Throws: `ScriptError` naming the plugin, file and line, with a traceback.
  @discardableResult
  public func call(_ function: String, _ arguments: any LuaPushable...) throws -> [LuaValue] {
    guard let body = functions[function] else { throw plugin.missing(function) }
    return try plugin.named {
      let call = { [state, table, plugin] in
        try plugin.granted(in: state) { try state.call(body, [table] + arguments) }
      }
      switch plugin.kind.record.callLimit {
      case .none: return try call()
      case .ofCall: return try state.underCallLimit(call)
      case .sinceStep: return try state.underCallLimit(isRenewable: true, call)
      }
    }
  }
}

extension Plugin {
  /// Checks that its permissions are granted; asks the user if there is one.
  ///
  /// Called when the plugin is used, not when it is loaded: listing plugins asks nothing.
  ///
  /// - Throws: `CapabilityError` with the flags to add.
  public func requirePermissions(in state: LuaState) throws {
    if permissions.isEmpty { return }
    let context = try state.attached(ScriptContext.self)
    let own = context.grants[path]
    let missing = permissions.filter { !context.capabilities.grants($0) && own?.grants($0) != true }
    if missing.isEmpty { return }
    if try context.grant(missing, to: self) { return }
    let names = missing.map(\.description).joined(separator: ", ")
    let flags = missing.map(\.flag).joined(separator: " ")
    throw CapabilityError(
      "plugin \(title) (\(path)) needs \(names), which \(missing.count == 1 ? "is" : "are") not granted",
      hint: "add \(flags)")
  }
}

extension ScriptContext {
  /// Asks the user, once per plugin. The answer is no without a user to ask, or when a permission names no folder.
  ///
  /// - Throws: `FileError` for a path that cannot be a folder; what ``ScriptContext/ask`` throws.
  fileprivate func grant(_ permissions: [Capability], to plugin: Plugin) throws -> Bool {
    guard let ask, permissions.allSatisfy({ $0.target != nil }), !refused.contains(plugin.path) else {
      return false
    }
    // Resolved before the question, so that what is granted is what the question shows.
    var wider = grants[plugin.path] ?? Capabilities()
    let summaries = try permissions.map { permission in
      let resolved = try wider.allow(permission)
      return resolved.map { $0 == permission.target ? permission.summary : "\(permission.summary) (\($0))" }
        ?? permission.summary
    }
    let request = summaries.joined(separator: ", and to ")
    guard try ask("plugin \(plugin.title) (\(plugin.path)) asks to \(request). Allow?") else {
      refused.insert(plugin.path)
      return false
    }
    grants[plugin.path] = wider
    return true
  }
}
