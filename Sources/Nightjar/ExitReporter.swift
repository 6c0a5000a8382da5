import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Scripting
import Support
import Tensors

// Both modules have a type of this name.
typealias ExitCode = Support.ExitCode

/// Thrown by a command that has already printed everything, to end with this code.
extension ExitCode: Error {}

/// A wrong command line.
struct UsageError: NightjarError {
  let message: ErrorMessage
  let locations: [ErrorLocation]

  /// - Parameters:
  ///   - what: the fact.
  ///   - hint: how to write it correctly.
  ///   - argument: the part of the command line that is wrong, such as `--repeats 0`.
  init(_ what: String, hint: String? = nil, at argument: String? = nil) {
    message = ErrorMessage(what, hint: hint)
    locations = argument.map { [.argument($0)] } ?? []
  }

  var exitCode: ExitCode { .usage }
}

/// Prints the error that ended a command, and determines the exit code.
struct ExitReporter {
  private let arguments: [String]

  init(arguments: [String]) { self.arguments = arguments }

  /// Prints an error and returns the exit code.
  ///
  /// While the command line is parsed (`isParsing`), the parser wraps what `validate()` throws in errors of its own, so
  /// there everything but help and version is a usage error.
  func report(_ error: any Error, isParsing: Bool) -> Int32 {
    // Tensors knows neither Lua nor the options of the command.
    switch (error as? TensorError).map(CoreErrorTranslation.translate) ?? error {
    case is OutputClosedError:
      return OutputClosedError.status
    case let status as ExitCode:
      return status.rawValue
    case let error as UsageError:
      return printUsage(error.description)
    case let error as any NightjarError:
      printError(Self.text(of: error))
      return error.exitCode.rawValue
    default:
      break
    }
    if NightjarCommand.exitCode(for: error).isSuccess {
      do { try StandardOutput().line(NightjarCommand.fullMessage(for: error)) } catch {
        return OutputClosedError.status
      }
      return ExitCode.done.rawValue
    }
    let message = NightjarCommand.message(for: error)
    if isParsing { return printUsage(message) }
    printError(message)
    return ExitCode.script.rawValue
  }

  /// After an interruption of a script, how to continue comes first, and its position is one line.
  private static func text(of error: any NightjarError) -> String {
    guard let script = error as? ScriptError, let stop = script.cause as? InterruptionError else {
      return error.description
    }
    return ([stop.description] + script.traceback.prefix(1).map { "  " + $0 }).joined(separator: "\n")
  }

  private func printUsage(_ message: String) -> Int32 {
    printError("\(message)\nSee `\(SubcommandResolver(arguments).helpCommand)`.")
    return ExitCode.usage.rawValue
  }

  private func printError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("nightjar: \(text)\n".utf8))
  }
}
