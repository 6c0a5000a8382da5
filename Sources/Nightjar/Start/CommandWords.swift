import ArgumentParser
import Foundation

/// The words at the start of a command line that say which command is meant.
///
/// The parser takes an unknown word for the first argument of `run`, the default command; here it gets a message of
/// its own.
struct SubcommandResolver {
  private let arguments: [String]
  /// The commands that were found, outermost first.
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

  private var names: [String] {
    command.configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The command that tells how to write this one.
  var helpCommand: String {
    let words = path.isEmpty && arguments.contains(where: isScript) ? ["run"] : path
    return (["nightjar"] + words + ["--help"]).joined(separator: " ")
  }

  /// - Throws: a usage failure for a word that is no command, with the nearest one.
  func check() throws {
    guard !names.isEmpty else { return }
    guard path.count < arguments.count else {
      if path.isEmpty { return }
      throw ValidationError("'\(path.joined(separator: " "))' needs to know what to do: \(choices).")
    }
    let word = arguments[path.count]
    if word == "help" || (path.isEmpty && isScript(word)) { return }
    if !word.hasPrefix("-") {
      let hint = word.nearest(in: names).map { "Did you mean '\($0)'?" } ?? "There is \(choices)."
      let what = path.isEmpty ? "command or script" : "command '\(path.joined(separator: " "))"
      throw ValidationError("There is no \(what) \(path.isEmpty ? "'" : "")\(word)'. \(hint)")
    }
    let questions = ["--help", "-h", "-help", "--version"]
    if path.isEmpty,
      !arguments.contains(where: { questions.contains($0) || isScript($0) || names.contains($0) })
    {
      let isOption = word.hasPrefix("--generate-completion-script") || word.hasPrefix("--experimental")
      if !isOption { throw ValidationError("There is no script or command behind '\(word)'.") }
    }
  }

  private var choices: String { names.joined(separator: ", ") }

  private func isScript(_ word: String) -> Bool {
    word.hasSuffix(".lua") || word.contains("/") || FileManager.default.fileExists(atPath: word)
  }
}
