import Foundation
import LuaHost
import Support

/// All plugins that can be found, and those that are loaded into the one state it is used with.
public final class PluginLibrary {
  /// A plugin file, found but not loaded.
  public struct Entry: Sendable, Equatable {
    public let kind: PluginKind
    public let name: String
    public let path: String
    /// The folder of the search path it is in.
    public let root: String
    /// Files of the same kind and name further down the search path.
    public var shadows: [String] = []
  }

  /// Folders in the order they are searched.
  public let searchPath: [String]
  private let shipped: String?
  /// Plugins that were loaded, by their files; whoever is at work has those it loaded itself.
  var loaded: [String: Plugin] = [:]
  /// Folders of files that the person had run: scripts may name plugins in them.
  private var openFolders: Set<String> = []

  /// - Parameters:
  ///   - folders: `--plugins` folders, in their order.
  ///   - shipped: the plugins that come with nightjar.
  ///   - standard: whether `./plugins` and `~/.config/nightjar/plugins` are searched as well.
  public init(folders: [String] = [], shipped: String?, standard: Bool = true) {
    let home = NSHomeDirectory() + "/.config/nightjar/plugins"
    let all = folders + (standard ? ["plugins", home] : []) + (shipped.map { [$0] } ?? [])
    var seen: Set<String> = []
    searchPath = all.filter { seen.insert(URL(fileURLWithPath: $0).resolvingSymlinksInPath().path).inserted }
    self.shipped = shipped
  }

  /// Every plugin by kind and name, the first match each, with what it shadows. Nothing is run.
  public func entries(_ kind: PluginKind? = nil) -> [Entry] {
    (kind.map { [$0] } ?? PluginKind.allCases).flatMap { kind in
      var found: [String: Entry] = [:]
      for root in searchPath {
        for entry in entries(kind, in: root) {
          if found[entry.name] == nil {
            found[entry.name] = entry
          } else {
            found[entry.name]?.shadows.append(entry.path)
          }
        }
      }
      return found.values.sorted { $0.name < $1.name }
    }
  }

  private func entries(_ kind: PluginKind, in root: String) -> [Entry] {
    let folder = root + "/" + kind.folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { file in
      if file.hasSuffix(".lua"), !file.hasPrefix(".") {
        return Entry(kind: kind, name: String(file.dropLast(4)), path: "\(folder)/\(file)", root: root)
      }
      let main = "\(folder)/\(file)/init.lua"
      guard FileManager.default.fileExists(atPath: main) else { return nil }
      return Entry(kind: kind, name: file, path: main, root: root)
    }
  }

  /// The plugin of this kind and name; `name` may also be a path to a `.lua` file or a plugin folder.
  ///
  /// - Throws: a usage failure with the nearest name when there is none; else what is wrong in the plugin.
  public func plugin(_ kind: PluginKind, _ name: String, in state: LuaState) throws -> Plugin {
    if Self.isPath(name) {
      let path = FileStatus(name)?.kind == .folder ? name + "/init.lua" : name
      open(Self.folder(of: path))
      return try plugin(kind, path, in: state) { try LuaSource(path) }
    }
    let entries = entries(kind)
    guard let entry = entries.first(where: { $0.name == name }) else {
      if let other = self.entries().first(where: { $0.name == name }) {
        throw OptionError(
          "no \(kind.rawValue) plugin named '\(name)'; '\(name)' is a \(other.kind.rawValue)")
      }
      let names = entries.map(\.name)
      let hint =
        name.nearest(in: names).map { "did you mean '\($0)'?" }
        ?? (names.isEmpty
          ? "none was found in \(searchPath.joined(separator: ", "))"
          : "there is \(names.joined(separator: ", "))")
      throw OptionError("no \(kind.rawValue) plugin named '\(name)'; \(hint)")
    }
    return try load(entry, in: state)
  }

  /// The plugin that a script names. A file has to lie where plugins are looked for, beside a file that the
  /// person had run, or where the script may read.
  func plugin(_ kind: PluginKind, namedByScript name: String, in state: LuaState) throws -> Plugin {
    guard Self.isPath(name) else { return try plugin(kind, name, in: state) }
    var gate = (try? state.attached(ScriptContext.self))?.files ?? FileGate()
    for folder in searchPath + openFolders.sorted() { _ = try? gate.allowReading(folder) }
    let isFolder = try gate.readable(name).status()?.kind == .folder
    let place = try gate.readable(isFolder ? name + "/init.lua" : name)
    guard place.path.hasSuffix(".lua") else {
      throw FileError("load", name, reason: "the name of a plugin's file ends in .lua")
    }
    return try plugin(kind, place.path, in: state) { try LuaSource(place) }
  }

  /// Lets scripts name plugin files in a folder.
  func open(_ folder: String) { openFolders.insert(folder) }

  private static func isPath(_ name: String) -> Bool {
    name.utf8.contains(UInt8(ascii: "/")) || name.hasSuffix(".lua")
  }

  private static func folder(of path: String) -> String {
    let folder = path.parentFolder
    return folder.isEmpty ? "." : folder
  }

  /// Loads an entry, once.
  public func load(_ entry: Entry, in state: LuaState) throws -> Plugin {
    if let known = loaded[entry.path] { return known }
    let isFolder = entry.path == "\(entry.root)/\(entry.kind.folder)/\(entry.name)/init.lua"
    let own = isFolder ? [String(entry.path.dropLast("/init.lua".count))] : []
    let plugin = try load(title: "\(entry.kind.rawValue)/\(entry.name)", roots: own + [entry.root], in: state)
    {
      try LuaSource(entry.path)
    }
    guard plugin.name == entry.name else {
      throw ScriptError(
        "\(entry.path):\(plugin.line): the plugin calls itself '\(plugin.name)', "
          + "but its file says '\(entry.name)'", hint: "make them equal")
    }
    return try kept(plugin, entry.kind)
  }

  private func plugin(_ kind: PluginKind, _ path: String, in state: LuaState, source: () throws -> LuaSource)
    throws -> Plugin
  {
    if let known = loaded[path] { return try kept(known, kind) }
    return try kept(
      load(title: kind.rawValue, roots: [Self.folder(of: path)], in: state, source: source), kind)
  }

  /// Loads a plugin file of any kind, anew, to see whether it can be used.
  ///
  /// - Parameter file: a `.lua` file or a plugin folder; its name has to be the plugin's.
  public func load(file: String, in state: LuaState) throws -> Plugin {
    let main = file + "/init.lua"
    let path = FileManager.default.fileExists(atPath: main) ? main : file
    let named = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    // `require` reads below the plugin's own folder, and below the folder of kinds it lies in.
    let roots = path == main ? [folder.path] : []
    let plugin = try load(
      title: named, roots: roots + [folder.deletingLastPathComponent().path, folder.path], in: state
    ) { try LuaSource(path) }
    guard plugin.name == named else {
      throw ScriptError(
        "\(path):\(plugin.line): the plugin calls itself '\(plugin.name)', but its file says '\(named)'",
        hint: "make them equal")
    }
    return plugin
  }

  private func load(title: String, roots: [String], in state: LuaState, source: () throws -> LuaSource) throws
    -> Plugin
  {
    do {
      let all = roots + (shipped.map { roots.contains($0) ? [] : [$0] } ?? [])
      return try Plugin(source(), roots: all, purpose: title, in: state)
    } catch let failure as ScriptError {
      throw failure.cause is InterruptionError ? failure : failure.located(in: .plugin(title: title))
    } catch let failure as CapabilityError {
      throw failure.prefixed("plugin \(title): ")
    }
  }

  private func kept(_ plugin: Plugin, _ kind: PluginKind) throws -> Plugin {
    guard plugin.kind == kind else {
      throw ScriptError(
        "\(plugin.path):\(plugin.line): expected a \(kind.rawValue), got a \(plugin.kind.rawValue)")
    }
    loaded[plugin.path] = plugin
    return plugin
  }

  /// Forgets loaded plugins, so that the next use reads their files again.
  public func forget() { loaded = [:] }

  /// Every plugin, loaded or with what is wrong with it; one broken plugin hides no other.
  public func survey(in state: LuaState) -> [(entry: Entry, result: Result<Plugin, any Error>)] {
    entries().map { entry in (entry, Result { try load(entry, in: state) }) }
  }
}
