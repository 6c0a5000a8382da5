import ArgumentParser
import Foundation

/// Resolves the subcommand at the start of a command line.
///
/// The parser takes an unknown word for the first argument of `run`, the default command; this gives it an error
/// message of its own.
struct SubcommandResolver {
  private let arguments: [String]
  /// The names of the resolved commands, outermost first.
  private var path: [String] = []
  private var command: any ParsableCommand.Type = NightjarCommand.self

  init(_ arguments: [String]) {
    self.arguments = arguments
    for argument in arguments {
      let next = command.configuration.subcommands.first { $0.configuration.commandName == argument }
      guard let next else { break }
      path.append(argument)
      command = next
    }
  }

  /// The names of the subcommands of the resolved command.
  private var names: [String] {
    command.configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The command line that prints the help of the resolved command.
  var helpCommand: String {
    let words = runsScript ? ["run"] : path
    return (["nightjar"] + words + ["--help"]).joined(separator: " ")
  }

  /// Whether the command runs a script: `nightjar run FILE`, or the file alone.
  var runsScript: Bool {
    path == ["run"] || (path.isEmpty && arguments.contains { isScript($0) || $0 == "-e" })
  }

  /// Whether the command, run again after an interruption, goes on where it stopped.
  var continues: Bool { [["bench"], ["data", "synth"]].contains(path) }

  /// - Throws: ``UsageError`` for a word that is not a command, with the nearest one, and for a missing subcommand.
  func check() throws {
    guard !names.isEmpty else { return }
    guard path.count < arguments.count else {
      if path.isEmpty { return }
      throw UsageError("'\(path.joined(separator: " "))' needs a subcommand", hint: "add one of \(choices)")
    }
    let word = arguments[path.count]
    if path.isEmpty && (isScript(word) || word == "-" || word.hasPrefix("-e")) { return }
    if !word.hasPrefix("-") {
      let what =
        path.isEmpty ? "command or script '\(word)'" : "command '\((path + [word]).joined(separator: " "))'"
      throw UsageError(
        "there is no \(what)",
        hint: word.nearest(in: names).map { "did you mean '\($0)'?" } ?? foreign(word)
          ?? "the commands are \(choices)")
    }
    let questions = ["--help", "-h", "-help", "--version"]
    if path.isEmpty,
      !arguments.contains(where: {
        questions.contains($0) || isScript($0) || $0 == "-e" || names.contains($0)
      })
    {
      let isOption =
        word.hasPrefix("--generate-completion-script") || word.hasPrefix("---completion")
        || word.hasPrefix("--experimental")
      // Its missing file has a stand-in (`ProfileArgument`).
      let isProfile = word.hasPrefix("--profile=")
      if let near = word.nearest(in: ["--help", "--version"]) {
        throw UsageError("there is no option '\(word)'", hint: "did you mean '\(near)'?")
      }
      if !isOption {
        throw UsageError(
          "there is no script or command after '\(isProfile ? "--profile" : word)'",
          hint: isProfile ? "the file of a trace ends in .json" : nil)
      }
    }
  }

  /// Advice for a word that other programs have as a command.
  private func foreign(_ word: String) -> String? {
    guard path.isEmpty else { return nil }
    switch word {
    case "train", "eval", "test", "fit", "benchmark": return "nightjar bench trains, learns and tests"
    case "completion": return "nightjar --generate-completion-script bash, zsh or fish"
    case "check", "new": return "nightjar plugins \(word)"
    case "list": return "nightjar plugins list, nightjar runs list, nightjar cache list"
    case "types": return "nightjar plugins types"
    case "console", "shell": return "nightjar repl"
    default: return nil
    }
  }

  private var choices: String {
    command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      .compactMap { $0.configuration.commandName }.joined(separator: ", ")
  }

  private func isScript(_ word: String) -> Bool {
    word.hasSuffix(".lua") || word.contains("/") || FileManager.default.fileExists(atPath: word)
  }
}
