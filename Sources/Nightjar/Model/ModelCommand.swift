import ArgumentParser

/// `nightjar model …`.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look into state files of networks, bring them in, and get models out.",
    subcommands: [ModelShowCommand.self, ModelImportCommand.self, ModelExportCommand.self])
}
