import ArgumentParser
import Experiments
import Scripting

/// The options of commands that look at plugins.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("Look for plugins here first. Repeatable.", valueName: "dir"))
  var plugins: [String] = []

  @OptionGroup var limits: LimitOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    for folder in plugins where !Folder.exists(folder) {
      throw ValidationError("--plugins \(folder): there is no such folder")
    }
  }

  /// A host to load plugins in.
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
  /// `learner`, and `learners` as the folder is called.
  public init?(argument: String) {
    guard let kind = Self.allCases.first(where: { argument == $0.rawValue || argument == $0.folder }) else {
      return nil
    }
    self = kind
  }
}
