import ArgumentParser
import Experiments
import LuaHost
import Scripting
import Support

/// `nightjar help NAME`: the reference of one function, or the help of a command.
struct HelpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help",
    abstract: "Print the reference of a function of nj, or the help of a command.",
    discussion: """
        nightjar help nn.LSTM      a layer
        nightjar help x:mean       a method of tensors
        nightjar help learner      what a learner plugin has
        nightjar help bench        a command
      """)

  @Argument(
    help: ArgumentHelp("A name, or a command.", valueName: "name"),
    completion: .custom { _, _, _ in NameCompletion.references })
  var names: [String] = []

  func run() throws {
    let output = StandardOutput()
    let name = names.joined(separator: " ")
    if let command {
      try output.line(NightjarCommand.helpMessage(for: command))
      if let own = Reference.nightjar.names.first(where: { $0 == "nj.\(name)" }) {
        try output.line("\(own) has this name too: nightjar help \(own)")
      }
      return
    }
    do {
      try output.line(Reference.nightjar(of: name))
    } catch let error as ReferenceError {
      throw UsageError(
        error.message.what,
        hint: hint(for: name) ?? error.message.hint
          ?? "`nightjar help nj` lists the modules and functions, `nightjar help tensor` the methods of tensors"
      )
    }
  }

  /// The command that the names lead to; nil where they lead to none.
  private var command: (any ParsableCommand.Type)? {
    var command: any ParsableCommand.Type = NightjarCommand.self
    for name in names {
      guard
        let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == name })
      else { return nil }
      command = next
    }
    return command
  }

  /// Plugins have a command of their own, and commands a name that is nearly this.
  private func hint(for name: String) -> String? {
    let library = PluginLibrary(shipped: Installation.shippedPlugins())
    if let entry = library.entries().first(where: {
      $0.name == name || "\($0.kind.rawValue)/\($0.name)" == name
    }) {
      return
        "it is a \(entry.kind.rawValue) plugin: nightjar plugins show \(entry.kind.rawValue)/\(entry.name)"
    }
    let commands = NightjarCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    return name.nearest(in: commands.filter { name.count > 3 || $0.count == name.count })
      .map { "did you mean the command '\($0)'?" }
  }
}
