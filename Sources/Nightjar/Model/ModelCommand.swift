import ArgumentParser

/// `nightjar model …`.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look into state files of networks.", subcommands: [ModelShowCommand.self]
  )
}
