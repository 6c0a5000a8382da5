import ArgumentParser
import Experiments
import Figures
import Scripting

/// `nightjar plugins show KIND/NAME`.
struct PluginsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a plugin: its options with defaults and ranges, its file, its permissions.")

  @Argument(
    help: ArgumentHelp(
      "The plugin: model/m5, or m5 if only one kind has the name.", valueName: "kind/name"),
    completion: .custom { _, _, _ in NameCompletion.titles })
  var plugin: String

  @OptionGroup var options: PluginOptions

  func run() throws {
    let host = try options.host()
    let (kind, name) = try find(in: host.library)
    let plugin = try host.library.plugin(kind, name, in: host.state)
    let entry = host.library.entries(kind).first { $0.name == name }
    let output = StandardOutput()
    if options.common.json {
      return try output.json(PluginDescription(plugin, shadows: entry?.shadows ?? []))
    }
    try output.line("\(plugin.title): \(plugin.summary.printableLine())")
    try output.line("  file     \(plugin.path.printableLine())")
    for hidden in entry?.shadows ?? [] { try output.line("  hides    \(hidden.printableLine())") }
    try output.line("  sees     \(plugin.kind.sees)")
    if plugin.modifiesBase {
      try output.line("  changes  the network, or what it learned about the base words")
    }
    if let encoder = plugin.encoder {
      try output.line("  encoder  \(encoder.printableLine()), unless --encoder names another")
    }
    for (index, permission) in plugin.permissions.enumerated() {
      try output.line(
        "  \(index == 0 ? "needs" : "     ")    to \("\(permission.summary): \(permission.flag)".printableLine())"
      )
    }
    if plugin.options.options.isEmpty { return try output.line("  options  none") }
    try output.write("\n" + Self.table(plugin).text)
  }

  private static func table(_ plugin: Plugin) -> ResultTable {
    ResultTable(
      columns: [.init("option"), .init("default"), .init("values"), .init("meaning")],
      rows: plugin.options.options.map { option in
        let preset =
          option.defaultValue.isNil
          ? (option.isRequired ? "required" : "—") : option.defaultValue.literal
        return [
          .text("\(plugin.kind.rawValue).\(option.name)".printableLine()), .text(preset.printableLine()),
          .text(option.expected.printableLine()), .text(option.help.printableLine()),
        ]
      }, caption: "Set one with --set \(plugin.kind.rawValue).\(plugin.options.names.first ?? "name")=VALUE.")
  }

  /// The kind and name of `KIND/NAME`, or of a name that only one kind has.
  ///
  /// - Throws: ``UsageError`` for an unknown or ambiguous name.
  private func find(in library: PluginLibrary) throws -> (PluginKind, String) {
    let parts = plugin.split(separator: "/", maxSplits: 1).map(String.init)
    if parts.count == 2 {
      if let kind = PluginKind(argument: parts[0]) { return (kind, parts[1]) }
      let kinds = PluginKind.allCases.map(\.rawValue)
      throw UsageError(
        "there is no plugin kind '\(parts[0])'",
        hint: parts[0].nearest(in: kinds).map { "did you mean '\($0)'?" }
          ?? "the kinds are \(kinds.joined(separator: ", "))")
    }
    let entries = library.entries()
    let matches = entries.filter { $0.name == plugin }
    if matches.count == 1 { return (matches[0].kind, plugin) }
    let titles = (matches.isEmpty ? entries : matches).map { "\($0.kind.rawValue)/\($0.name)" }
    if matches.count > 1 {
      throw UsageError("'\(plugin)' is ambiguous", hint: "use one of \(titles.joined(separator: ", "))")
    }
    let near = plugin.nearest(in: entries.map(\.name)).flatMap { name in
      titles.first { $0.hasSuffix("/\(name)") }
    }
    throw UsageError(
      "there is no plugin '\(plugin)'",
      hint: near.map { "did you mean '\($0)'?" } ?? "`nightjar plugins list` lists all of them")
  }
}

/// What `plugins show --json` prints.
private struct PluginDescription: Encodable {
  struct OptionDescription: Encodable {
    let name: String
    let type: String
    let values: String
    let preset: String?
    let isRequired: Bool
    let help: String

    enum CodingKeys: String, CodingKey {
      case name, type, values, help
      case preset = "default"
      case isRequired = "required"
    }
  }

  let kind: String
  let name: String
  let summary: String
  let path: String
  let shadows: [String]
  let permissions: [String]
  let modifiesBase: Bool
  let encoder: String?
  let options: [OptionDescription]

  enum CodingKeys: String, CodingKey {
    case kind, name, summary, path, shadows, permissions, encoder, options
    case modifiesBase = "modifies_base"
  }

  init(_ plugin: Plugin, shadows: [String]) {
    kind = plugin.kind.rawValue
    name = plugin.name
    summary = plugin.summary
    path = plugin.path
    permissions = plugin.permissions.map(\.description)
    self.shadows = shadows
    modifiesBase = plugin.modifiesBase
    encoder = plugin.encoder
    options = plugin.options.options.map { option in
      OptionDescription(
        name: option.name, type: option.kind.rawValue, values: option.expected,
        preset: option.defaultValue.isNil
          ? nil : option.defaultValue.string ?? option.defaultValue.literal,
        isRequired: option.isRequired, help: option.help)
    }
  }
}
