import ArgumentParser
import Experiments
import Tensors

/// The options of every command that runs scripts or plugins.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Set an option of the script or of a plugin. Repeatable.", valueName: "name=value"),
    transform: Setting.init)
  var set: [Setting] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Where everything random starts from.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Look for plugins here first, then in ./plugins, ~/.config/nightjar/plugins and the shipped ones. Repeatable.",
      valueName: "dir"))
  var plugins: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Let scripts do more than compute: fs.read=DIR, fs.write=DIR, env=NAME. Repeatable.", valueName: "what")
  )
  var allow: [String] = []

  @OptionGroup var limits: LimitOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    for folder in plugins where !Folder.exists(folder) {
      throw ValidationError("--plugins \(folder): there is no such folder")
    }
  }

  /// What a script is opened with.
  ///
  /// - Throws: a usage failure for a bad `--limit`.
  func hostOptions(name: String = "script", out: String? = nil) throws -> HostOptions {
    var options = HostOptions()
    options.limits = try limits.applied(to: .forRuns)
    options.threads = common.threads
    options.memory = common.memory?.bytes
    options.isQuiet = common.quiet
    options.seed = seed
    options.pluginFolders = plugins
    options.grants = allow
    options.settings = set.map { ($0.name, $0.value) }
    options.name = name
    options.out = out
    options.command = CommandLine.arguments
    return options
  }
}

/// One `--set name=value`.
struct Setting {
  let name: String
  let value: String

  init(_ text: String) throws {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw ValidationError("'\(text)' sets nothing: write it as name=value")
    }
    name = String(text[..<equals])
    value = String(text[text.index(after: equals)...])
  }
}
