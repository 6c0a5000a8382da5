import ArgumentParser
import Scripting

/// The `nightjar` command: its parts, and what is true of all of them.
struct NightjarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightjar",
    abstract: "Few-shot keyword learning research: a fast core, with every idea in a Lua file.",
    usage: """
      nightjar FILE.lua [--set name=value]…
      nightjar COMMAND …
      """,
    discussion: """
      A first look:
        nightjar doctor                    what is installed, what works
        nightjar bench keyword_fscil       the NeuroBench protocol, on synthetic speech
        nightjar plugins list              every model, learner, encoder, metric … there is
        nightjar plugins new learner mine  a file to start from

      It ends with 0 when done, 1 for an error in a script or plugin, 2 for a wrong command line, 3 for bad data \
      or files, 4 when a limit was exceeded, 130 when interrupted. NIGHTJAR_LOG=debug tells what goes on inside.
      """,
    version: NightjarModule.version,
    subcommands: [
      BenchCommand.self, RunCommand.self, DataCommand.self, PluginsCommand.self, RunsCommand.self,
      ModelCommand.self,
      DoctorCommand.self,
    ],
    defaultSubcommand: RunCommand.self)
}
