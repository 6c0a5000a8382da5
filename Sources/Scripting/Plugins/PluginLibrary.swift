import Foundation
import LuaHost
import Support

/// The available plugins, and those that were loaded into the state it is used with.
public final class PluginLibrary {
  /// A plugin file that is not loaded.
  public struct Entry: Sendable, Equatable {
    public let kind: PluginKind
    public let name: String
    public let path: String
    /// The folder of the search path that contains it.
    public let root: String
    /// Files of the same kind and name later in the search path.
    public var shadows: [String] = []
  }

  /// The folders that are searched, in order.
  public let searchPath: [String]
  private let shipped: String?
  /// Loaded plugins by path. While a plugin runs, it is replaced by those that the plugin itself loaded.
  var loaded: [Name: Plugin] = [:]
  /// Whether a loaded plugin is read again where one of its files has changed: at a prompt, files are edited beside it.
  public var readsChangedFiles = false
  /// The titles of all plugins that were loaded so far, by their files.
  public private(set) var titles: [Name: String] = [:]
  /// Folders of files that the user ran: scripts may name plugin files in them.
  private var openFolders: Set<String> = []

  /// - Parameters:
  ///   - folders: `--plugins` folders, in their order.
  ///   - shipped: the plugins that come with nightjar.
  ///   - standard: whether `./plugins` and the user's (`UserFolder.configuration`) are searched as well.
  public init(folders: [String] = [], shipped: String?, standard: Bool = true) {
    let own = UserFolder.configuration.path() + "/plugins"
    let all = folders + (standard ? ["plugins", own] : []) + (shipped.map { [$0] } ?? [])
    var seen: Set<String> = []
    searchPath = all.filter { seen.insert(URL(fileURLWithPath: $0).resolvingSymlinksInPath().path).inserted }
    self.shipped = shipped
  }

  /// What to do where the shipped plugins were not found.
  private static let missingShipped =
    "the shipped plugins were not found: set NIGHTJAR_HOME to the checkout, the folder that contains plugins/"

  /// The folder of the shipped plugins.
  public var shippedFolder: String? { shipped }

  /// The folders of the plugin files and scripts that the user named.
  public var namedFolders: [String] { openFolders.sorted() }

  /// Every plugin by kind and name, the first match of each, with the files it shadows. Nothing is executed.
  public func entries(_ kind: PluginKind? = nil) -> [Entry] {
    (kind.map { [$0] } ?? PluginKind.allCases).flatMap { kind in
      var byName: [Name: Entry] = [:]
      for root in searchPath {
        for entry in entries(kind, in: root) {
          if byName[entry.name] == nil {
            byName[entry.name] = entry
          } else {
            byName[entry.name]?.shadows.append(entry.path)
          }
        }
      }
      return byName.values.sorted { $0.name.isNamedBefore($1.name) }
    }
  }

  /// Whether a file holds tests of a plugin: `learners/mine_test.lua`, beside `learners/mine.lua`.
  public static func isTest(_ path: String) -> Bool { path.hasSuffix("_test.lua") }

  private func entries(_ kind: PluginKind, in root: String) -> [Entry] {
    let folder = root + "/" + kind.folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { file in
      if file.hasSuffix(".lua"), !file.hasPrefix("."), !Self.isTest(file) {
        return Entry(kind: kind, name: String(file.dropLast(4)), path: "\(folder)/\(file)", root: root)
      }
      let main = "\(folder)/\(file)/init.lua"
      guard FileManager.default.fileExists(atPath: main) else { return nil }
      return Entry(kind: kind, name: file, path: main, root: root)
    }
  }

  /// A plugin in a file that nothing finds: it lies beside the folders of the kinds, not in one of them.
  public struct Misplaced: Sendable {
    public let path: String
    /// Where it would be found.
    public let destination: String
    let kind: PluginKind
    let name: String
  }

  /// The plugins that lie directly in a folder of the search path.
  public var misplaced: [Misplaced] {
    searchPath.flatMap { root in
      ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted().compactMap { file in
        let path = "\(root)/\(file)"
        guard file.hasSuffix(".lua"), !file.hasPrefix("."), let source = try? LuaSource(path),
          let kind = PluginKind.declared(in: source.text)
        else { return nil }
        return Misplaced(
          path: path, destination: "\(root)/\(kind.folder)/\(file)", kind: kind,
          name: String(file.dropLast(4)))
      }
    }
  }

  /// The plugin of this kind and name; `name` may also be a path to a `.lua` file or a plugin folder.
  ///
  /// - Throws: ``OptionError`` with the nearest name when the name is unknown; `ScriptError` or `FileError`
  ///   when loading fails.
  public func plugin(_ kind: PluginKind, _ name: String, in state: LuaState) throws -> Plugin {
    if Self.isPath(name) {
      let path = FileStatus(name)?.kind == .folder ? name + "/init.lua" : name
      open(Self.folder(of: path))
      return try plugin(kind, path, in: state) { try LuaSource(path) }
    }
    let entries = entries(kind)
    guard let entry = entries.first(where: { $0.name == name }) else {
      if Self.isTest(name + ".lua") {
        throw OptionError(
          "no \(kind.rawValue) plugin named '\(name)': files named *_test.lua are tests of plugins",
          hint: "rename the plugin")
      }
      if let lost = misplaced.first(where: { $0.name == name && $0.kind == kind }) {
        throw OptionError(
          "no \(kind.rawValue) plugin named '\(name)' in a folder '\(kind.folder)', but there is \(lost.path)",
          hint: "move it to \(lost.destination), or name the file")
      }
      if let other = self.entries().first(where: { $0.name == name }) {
        throw OptionError(
          "no \(kind.rawValue) plugin named '\(name)'; '\(name)' is a \(other.kind.rawValue)")
      }
      let names = entries.map(\.name)
      let hint =
        name.nearest(in: names).map { "did you mean '\($0)'?" }
        ?? (names.isEmpty
          ? "there are none in \(searchPath.joined(separator: ", "))"
          : "there is \(names.joined(separator: ", "))")
      let missing = shipped == nil && names.isEmpty ? Self.missingShipped : nil
      throw OptionError("no \(kind.rawValue) plugin named '\(name)'; \(hint)", hint: missing)
    }
    return try load(entry, in: state)
  }

  /// The plugin that a script names. A file must be in the search path, beside a file that the user ran, or where the
  /// script may read.
  ///
  /// - Throws: ``OptionError``, `CapabilityError`, `ScriptError` or `FileError`.
  func plugin(_ kind: PluginKind, namedByScript name: String, in state: LuaState) throws -> Plugin {
    guard Self.isPath(name) else { return try plugin(kind, name, in: state) }
    var gate = (try? state.attached(ScriptContext.self))?.files ?? FileGate()
    for folder in searchPath + openFolders.sorted() { _ = try? gate.allowReading(folder) }
    let isFolder = try gate.readable(name).status()?.kind == .folder
    let file = try gate.readable(isFolder ? name + "/init.lua" : name)
    guard file.path.hasSuffix(".lua") else {
      throw FileError("load", name, reason: "the name of a plugin file must end in .lua")
    }
    return try plugin(kind, file.path, in: state) { try LuaSource(file) }
  }

  /// Lets scripts name plugin files in a folder.
  func open(_ folder: String) { openFolders.insert(folder) }

  /// Lets scripts name plugin files beside a file that the user ran.
  public func open(beside path: String) { open(Self.folder(of: path)) }

  private static func isPath(_ name: String) -> Bool {
    name.utf8.contains(UInt8(ascii: "/")) || name.hasSuffix(".lua")
  }

  private static func folder(of path: String) -> String {
    let folder = path.parentFolder
    return folder.isEmpty ? "." : folder
  }

  /// Loads an entry, once.
  ///
  /// - Throws: `ScriptError`, `FileError`.
  public func load(_ entry: Entry, in state: LuaState) throws -> Plugin {
    if let plugin = current(entry.path) { return try noted(plugin, in: state) }
    let isFolder = entry.path == "\(entry.root)/\(entry.kind.folder)/\(entry.name)/init.lua"
    let own = isFolder ? [String(entry.path.dropLast("/init.lua".count))] : []
    let plugin = try load(title: "\(entry.kind.rawValue)/\(entry.name)", roots: own + [entry.root], in: state)
    {
      try LuaSource(entry.path)
    }
    guard plugin.name == entry.name else {
      throw ScriptError(
        "the plugin is named '\(plugin.name)', but its file '\(entry.name)'",
        hint: "use the same name for both",
        at: [.script(path: entry.path, line: plugin.line)])
    }
    return try stored(plugin, entry.kind)
  }

  private func plugin(_ kind: PluginKind, _ path: String, in state: LuaState, source: () throws -> LuaSource)
    throws -> Plugin
  {
    if let plugin = current(path) { return try stored(noted(plugin, in: state), kind) }
    return try stored(
      load(title: kind.rawValue, roots: [Self.folder(of: path)], in: state, source: source), kind)
  }

  /// The loaded plugin of a file; nil where it has to be read.
  private func current(_ path: String) -> Plugin? {
    guard let plugin = loaded[path], readsChangedFiles else { return loaded[path] }
    let isUnchanged = plugin.files.allSatisfy { file in
      (try? LuaSource(file.path)).map { ContentKey(of: Data($0.text.utf8)) } == file.content
    }
    return isUnchanged ? plugin : nil
  }

  /// Loads a plugin of any kind, even if it was loaded before, to check it.
  ///
  /// `file` is a `.lua` file or a plugin folder, named after the plugin.
  ///
  /// - Throws: `ScriptError`, `FileError`.
  public func load(file: String, in state: LuaState) throws -> Plugin {
    let main = file + "/init.lua"
    let path = FileManager.default.fileExists(atPath: main) ? main : file
    let named = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    // `require` searches the plugin's own folder and the plugin root it is in.
    let roots = path == main ? [folder.path] : []
    let plugin = try load(
      title: named, roots: roots + [folder.deletingLastPathComponent().path, folder.path], in: state
    ) { try LuaSource(path) }
    guard plugin.name == named else {
      throw ScriptError(
        "the plugin is named '\(plugin.name)', but its file '\(named)'", hint: "use the same name for both",
        at: [.script(path: path, line: plugin.line)])
    }
    return plugin
  }

  private func load(title: String, roots: [String], in state: LuaState, source: () throws -> LuaSource) throws
    -> Plugin
  {
    do {
      let all = roots + (shipped.map { roots.contains($0) ? [] : [$0] } ?? [])
      return try Plugin(source(), roots: all, purpose: title, in: state)
    } catch let error as ScriptError {
      throw error.cause is InterruptionError ? error : error.located(in: .plugin(title: title))
    } catch let error as CapabilityError {
      throw error.prefixed("plugin \(title): ")
    }
  }

  /// A plugin that was loaded before, as one that is read now: by the stage that uses it.
  private func noted(_ plugin: Plugin, in state: LuaState) throws -> Plugin {
    for file in plugin.files { try state.onSource?(file.path, file.content) }
    return plugin
  }

  /// Stores a loaded plugin.
  ///
  /// - Throws: `ScriptError` when it is of another kind.
  private func stored(_ plugin: Plugin, _ kind: PluginKind) throws -> Plugin {
    guard plugin.kind == kind else {
      throw ScriptError(
        "expected a \(kind.rawValue), got a \(plugin.kind.rawValue)",
        at: [.script(path: plugin.path, line: plugin.line)])
    }
    loaded[plugin.path] = plugin
    titles[plugin.path] = plugin.title
    return plugin
  }

  /// Forgets loaded plugins, so that the next use reads their files again.
  public func forget() { loaded = [:] }

  /// Loads every plugin, each with its own result: an error in one does not hide the others.
  public func survey(in state: LuaState) -> [(entry: Entry, result: Result<Plugin, any Error>)] {
    entries().map { entry in (entry, Result { try load(entry, in: state) }) }
  }
}
