import ArgumentParser
import Experiments
import Figures
import Foundation
import LuaHost
import Scripting
import Support

/// `nightjar plugins …`.
struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract:
      "List, show, check, test and create plugins: models, recipes, learners, encoders, metrics, tests, tasks.",
    discussion: """
      A plugin is one Lua file. Plugins are searched in --plugins DIR, ./plugins, ~/.config/nightjar/plugins and \
      among the shipped ones; the first of a kind and name is used.
      """,
    subcommands: [
      PluginsListCommand.self, PluginsShowCommand.self, PluginsCheckCommand.self, PluginsTestCommand.self,
      PluginsNewCommand.self,
      PluginsTypesCommand.self,
    ])
}

/// The options of commands on plugins.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("Search plugins here first. Repeatable.", valueName: "dir"))
  var plugins: [String] = []

  @OptionGroup var limits: LimitOptions

  @OptionGroup var common: CommonOptions

  func validate() throws { try Folder.require(plugins, option: "--plugins") }

  /// A host for loading plugins.
  ///
  /// - Throws: `LimitSyntaxError` for a bad `--limit`.
  func host() throws -> ScriptHost {
    var options = HostOptions()
    options.threads = common.threads
    options.memory = common.memory?.bytes
    options.isQuiet = common.quiet
    options.pluginFolders = plugins
    options.limits = try limits.applied(to: .forLoading)
    return try ScriptHost(options)
  }
}

extension PluginKind: ExpressibleByArgument {
  /// Accepts `learner`, and `learners` like the folder.
  public init?(argument: String) {
    guard let kind = Self.allCases.first(where: { argument == $0.rawValue || argument == $0.folder }) else {
      return nil
    }
    self = kind
  }
}

/// `nightjar plugins list [KIND]`.
struct PluginsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List plugins with their summaries, their folders, the plugins they hide, and their errors.")

  @Argument(help: "Only plugins of this kind.")
  var kind: PluginKind?

  @OptionGroup var options: PluginOptions

  func run() throws {
    let host = try options.host()
    let found = host.library.survey(in: host.state).filter { kind == nil || $0.entry.kind == kind }
    let listed = try found.map { entry, result in try PluginListing(entry, result) }
    let output = StandardOutput()
    if options.common.json { return try output.json(listed) }
    if host.shipped == nil { host.console.warn("\(MissingPluginsError().message)") }
    if listed.isEmpty {
      let folders = host.library.searchPath.joined(separator: ", ")
      return host.console.say("no \(kind.map { $0.rawValue + " " } ?? "")plugins in \(folders)")
    }
    try output.write(Self.table(listed, shipped: host.shipped).text)
    for plugin in listed {
      for hidden in plugin.shadows { try output.line("\n\(plugin.title): \(plugin.path) hides \(hidden)") }
      if let error = plugin.error { try output.line("\n\(plugin.title) is broken: \(error)") }
    }
    for plugin in host.library.misplaced { host.console.warn(plugin.warning) }
  }

  private static func table(_ plugins: [PluginListing], shipped: String?) -> ResultTable {
    ResultTable(
      columns: [.init("kind"), .init("name"), .init("folder"), .init("summary")],
      rows: plugins.map { plugin in
        let hidden = plugin.shadows.isEmpty ? "" : " (hides \(plugin.shadows.count))"
        return [
          .text(plugin.kind), .text(plugin.name.printableLine()),
          .text((Folder.isSame(plugin.root, shipped) ? "shipped" : plugin.root) + hidden),
          .text(plugin.summary?.printableLine() ?? "broken, see below"),
        ]
      })
  }
}

extension PluginLibrary.Misplaced {
  /// What to do about it.
  var warning: String { "\(path) is not found there. Hint: move it to \(destination)" }
}

/// `nightjar plugins types [--out FILE]`.
struct PluginsTypesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "types",
    abstract: "Print the whole nj module with types and help, for editors and for reading.",
    discussion: """
      With this file in the workspace, the Lua language server (in VS Code, Neovim and others) completes and checks. \
      With --out its settings are written as well, .luarc.json in the same folder, unless there is one.

        nightjar plugins types --out nightjar.types.lua
        nightjar plugins types | less
      """)

  @Option(name: .long, help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"))
  var out: String?

  @OptionGroup var replacing: ReplacingOptions

  func run() throws {
    if let out { try replacing.check(out, as: "--out \(out)") }
    let text = EditorTypes(
      NightjarModule.module, classes: NightjarModule.classes + TestReference.classes,
      globals: TestReference.functions, version: NightjarModule.version
    ).text
    guard let out else { return try StandardOutput().write(text) }
    try AtomicFile.write(text, to: out)
    Console(quiet: false).say(try EditorSettings(types: out).write())
  }
}
