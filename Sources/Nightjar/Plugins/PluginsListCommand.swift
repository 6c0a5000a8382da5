import ArgumentParser
import Experiments
import Figures
import Scripting
import Support

/// `nightjar plugins list [KIND]`.
struct PluginsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List plugins: what they do, where they come from, which others they hide, which are broken.")

  @Argument(help: "Only plugins of this kind.")
  var kind: PluginKind?

  @OptionGroup var options: PluginOptions

  func run() throws {
    let host = try options.host()
    let found = host.library.survey(in: host.state).filter { kind == nil || $0.entry.kind == kind }
    let listed = try found.map { entry, result in try Listed(entry, result) }
    let output = StandardOutput()
    if options.common.json { return try output.json(listed) }
    if listed.isEmpty {
      let places = host.library.searchPath.joined(separator: ", ")
      return host.console.say("no \(kind.map { $0.rawValue + " " } ?? "")plugins in \(places)")
    }
    try output.write(Self.table(listed, shipped: host.shipped).text)
    for plugin in listed {
      for hidden in plugin.shadows { try output.line("\n\(plugin.title): \(plugin.path) hides \(hidden)") }
      if let error = plugin.error { try output.line("\n\(plugin.title) is broken: \(error)") }
    }
  }

  private static func table(_ plugins: [Listed], shipped: String?) -> ResultTable {
    ResultTable(
      columns: [.init("kind"), .init("name"), .init("from"), .init("what it does")],
      rows: plugins.map { plugin in
        let warnings = plugin.shadows.isEmpty ? "" : " (hides \(plugin.shadows.count))"
        return [
          .text(plugin.kind), .text(plugin.name),
          .text((Folder.isSame(plugin.root, shipped) ? "shipped" : plugin.root) + warnings),
          .text(plugin.summary ?? "broken, see below"),
        ]
      })
  }
}

/// What the list says of one plugin.
private struct Listed: Encodable {
  let kind: String
  let name: String
  let path: String
  let root: String
  let shadows: [String]
  var summary: String?
  var error: String?

  var title: String { "\(kind)/\(name)" }

  /// - Throws: `InterruptionError`; what is wrong with the plugin itself is listed.
  init(_ entry: PluginLibrary.Entry, _ result: Result<Plugin, any Error>) throws {
    kind = entry.kind.rawValue
    name = entry.name
    path = entry.path
    root = entry.root
    shadows = entry.shadows
    switch result {
    case .success(let plugin): summary = plugin.summary
    case .failure(let failure):
      try Interruption.check("loading plugins")
      error = "\(failure)"
    }
  }
}
