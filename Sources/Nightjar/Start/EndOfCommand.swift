import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Scripting
import Support
import Tensors

/// How a command ended that did not simply finish: a message for the person, an exit code for the shell.
struct ExitReporter {
  private let error: any Error
  private let arguments: [String]

  init(_ error: any Error, arguments: [String]) { (self.error, self.arguments) = (error, arguments) }

  /// Prints the message and gives the exit code.
  func report() -> Int32 {
    // Tensors knows neither Lua nor the options of the command.
    switch (error as? TensorError).map(CoreErrorTranslation.translate) ?? error {
    case is OutputClosedError:
      return OutputClosedError.status
    case let status as ExitCode:
      return status.rawValue
    case let failure as any NightjarError:
      complain(Self.text(of: failure))
      return failure.exitCode.rawValue
    default:
      return reportParsing()
    }
  }

  /// To someone who stopped a script, what can be done next comes first, and where it was in one line.
  private static func text(of failure: any NightjarError) -> String {
    guard let script = failure as? ScriptError, let stop = script.cause as? InterruptionError else {
      return failure.description
    }
    return ([stop.description] + script.traceback.prefix(1).map { "  " + $0 }).joined(separator: "\n")
  }

  /// Help and version are answers; anything else of the parser is a wrong command line.
  private func reportParsing() -> Int32 {
    let code = NightjarCommand.exitCode(for: error)
    if code.isSuccess {
      do { try StandardOutput().line(NightjarCommand.fullMessage(for: error)) } catch {
        return OutputClosedError.status
      }
      return ExitCode.done.rawValue
    }
    let isParsing = code == .validationFailure
    let help = isParsing ? "\nSee `\(SubcommandResolver(arguments).helpCommand)`." : ""
    complain(NightjarCommand.message(for: error) + help)
    return isParsing ? ExitCode.usage.rawValue : ExitCode.script.rawValue
  }

  private func complain(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("nightjar: \(text)\n".utf8))
  }
}
