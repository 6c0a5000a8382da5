import ArgumentParser

/// `nightjar plugins …`.
struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract:
      "List, show, check, make and describe plugins: models, recipes, learners, encoders, metrics, tests, tasks.",
    discussion: """
      A plugin is one Lua file. It is looked for in --plugins DIR, ./plugins, ~/.config/nightjar/plugins and among \
      the shipped ones; the first of a kind and name wins.
      """,
    subcommands: [
      PluginsListCommand.self, PluginsShowCommand.self, PluginsCheckCommand.self, PluginsNewCommand.self,
      PluginsTypesCommand.self,
    ])
}
