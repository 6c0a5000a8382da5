import ArgumentParser
import Foundation
import Support

/// Where the process starts: signals, logs, the command, and how it ends.
@main enum Main {
  static func main() {
    Interruption.listen()
    // A reader that has gone shows as a failed write. A handler, since ignored signals are handed on to children.
    signal(SIGPIPE) { _ in }
    Diagnostics.start()
    let arguments = Array(CommandLine.arguments.dropFirst())
    exit(status(of: arguments))
  }

  /// Runs the command and says what went wrong, if anything.
  private static func status(of arguments: [String]) -> Int32 {
    do {
      try SubcommandResolver(arguments).check()
      var command = try NightjarCommand.parseAsRoot(arguments.isEmpty ? ["--help"] : arguments)
      try command.run()
      return ExitCode.done.rawValue
    } catch {
      return ExitReporter(error, arguments: arguments).report()
    }
  }
}
