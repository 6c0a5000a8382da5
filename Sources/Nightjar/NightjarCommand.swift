import ArgumentParser
import Scripting

/// The `nightjar` command and its subcommands.
struct NightjarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightjar",
    abstract: "Few-shot keyword learning research: a Swift core, scripted in Lua.",
    usage: """
      nightjar FILE.lua [--set name=value]…
      nightjar COMMAND …
      """,
    discussion: """
      First steps:
        nightjar doctor                    check the installation
        nightjar bench keyword_fscil       run the NeuroBench protocol
        nightjar plugins list              list models, learners, metrics, …
        nightjar plugins new learner mine  create a plugin to edit, and its test
        nightjar plugins check             run your plugins on made-up data
        nightjar watch bench --learner ./mine.lua    run again after every save
        nightjar --generate-completion-script bash   completion for the shell; also zsh, fish

      Exit codes: 0 done, 1 error in a script or plugin, 2 wrong command line, 3 bad data or file, 4 limit \
      exceeded, 130 interrupted. NIGHTJAR_LOG=debug prints diagnostics.
      """,
    version: NightjarModule.version,
    subcommands: [
      BenchCommand.self, SweepCommand.self, SweepTaskCommand.self, RunCommand.self, WatchCommand.self,
      ReplCommand.self, DataCommand.self, PluginsCommand.self, RunsCommand.self, VerifyCommand.self,
      UICommand.self, ReportCommand.self, ModelCommand.self,
      TwinCommand.self, CacheCommand.self,
      DoctorCommand.self, HelpCommand.self,
    ],
    defaultSubcommand: RunCommand.self)
}

extension NightjarCommand {
  /// The command of a command line that is a part of another one, or that a run has kept.
  ///
  /// - Throws: ``UsageError`` with the parser's message; a request for help.
  static func parsed(_ words: [String]) throws -> any ParsableCommand {
    do { return try parseAsRoot(words) } catch {
      if exitCode(for: error).isSuccess { throw error }
      throw UsageError(message(for: error))
    }
  }
}
