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
      printError(text(of: error))
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
    if isParsing {
      // Its own suggestion is the nearest option, which is rarely the one that was meant.
      let fact = message.split(separator: "\n").first.map(String.init) ?? message
      let runsScript = SubcommandResolver(arguments).runsScript
      let known = ForeignOption.advice(in: message, runsScript: runsScript).map { advice in
        "\(fact.replacing(/[.] Did you mean.*/, with: "")). Hint: \(advice)"
      }
      return printUsage(known ?? message)
    }
    printError(message)
    return ExitCode.script.rawValue
  }

  /// After an interruption, how to continue comes first, and the position of a script is one line.
  private func text(of error: any NightjarError) -> String {
    let script = error as? ScriptError
    guard let stop = error as? InterruptionError ?? script?.cause as? InterruptionError else {
      return error.description
    }
    let advice =
      SubcommandResolver(arguments).continues ? "; run the same command again to continue from here" : ""
    let position = script?.traceback.prefix(1).map { "  " + $0 } ?? []
    return ([stop.description + advice] + position).joined(separator: "\n")
  }

  private func printUsage(_ message: String) -> Int32 {
    printError("\(message)\nSee `\(SubcommandResolver(arguments).helpCommand)`.")
    return ExitCode.usage.rawValue
  }

  private func printError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("nightjar: \(text)\n".utf8))
  }
}
