import ArgumentParser
import Foundation
import Logging
import Support

/// The entry point of the process: signals, logging, the command, and the exit code.
@main enum Main {
  static func main() {
    Interruption.listen()
    // A closed pipe shows as a failed write. A handler, because child processes inherit ignored signals.
    signal(SIGPIPE) { _ in }
    startLogging(environment: ProcessInfo.processInfo.environment)
    let status = run(Array(CommandLine.arguments.dropFirst()))
    fflush(nil)
    // Not exit(): work that a limit has left behind (`UninterruptibleWork`) may still be in a library, whose exit
    // handlers would take its memory away.
    _exit(status)
  }

  /// Parses and runs the command, reports its error, and returns the exit code.
  private static func run(_ arguments: [String]) -> Int32 {
    let reporter = ExitReporter(arguments: arguments)
    if let name = arguments.first(where: \.isUndecodableName) {
      let error = UsageError(
        "the argument '\(name.escapedName)' is not UTF-8", hint: "rename the file, for example with convmv")
      return reporter.report(error, isParsing: true)
    }
    // `nightjar --resume` alone resumes the last interrupted run.
    let arguments = ProfileArgument.completing(
      arguments.first == "--resume"
        ? BenchCommand.resuming(arguments) : RunCommand.resuming(arguments) ?? arguments)
    var command: any ParsableCommand
    if let help = ScriptHelp(arguments) {
      do { try help.print() } catch { return reporter.report(error, isParsing: false) }
      return ExitCode.done.rawValue
    }
    do {
      try SubcommandResolver(arguments).check()
      command = try NightjarCommand.parseAsRoot(arguments.isEmpty ? ["--help"] : arguments)
    } catch {
      return reporter.report(error, isParsing: true)
    }
    do { try command.run() } catch { return reporter.report(error, isParsing: false) }
    return ExitCode.done.rawValue
  }

  /// Sends logs to standard error, from the level in `NIGHTJAR_LOG` on; without it, from warnings on.
  private static func startLogging(environment: [String: String]) {
    let level = environment["NIGHTJAR_LOG"].flatMap { Logger.Level(rawValue: $0.lowercased()) } ?? .warning
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
  }
}
