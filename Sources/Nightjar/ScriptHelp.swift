import Experiments
import Foundation
import LuaHost
import Scripting
import Support

/// `nightjar script.lua --help`: the options that the script declares, with defaults and help.
///
/// The script runs up to its call of `nj.run.options`, which declares them, silently and for at most ten seconds.
struct ScriptHelp {
  private let file: String
  private let arguments: [String]

  /// - Parameter arguments: the command line; nil where it does not ask for the help of a script.
  init?(_ arguments: [String]) {
    let questions: Set = ["--help", "-h"]
    let words = arguments.first == "run" ? Array(arguments.dropFirst()) : arguments
    guard arguments.contains(where: questions.contains),
      let file = words.first(where: { !$0.hasPrefix("-") }),
      FileStatus(file)?.kind == .file
    else { return nil }
    self.file = file
    self.arguments = arguments.filter { !questions.contains($0) }
  }

  /// The help of one script.
  init?(script: String) { self.init([script, "--help"]) }

  /// Prints what the script says about itself.
  ///
  /// - Throws: the errors of reading and running it.
  func print() throws {
    let text = try LuaSource(file).text
    let declared = try options()
    var lines = [Self.description(of: text), "Usage: nightjar \(file) [--set name=value]…", ""].filter {
      $0 != nil
    }
    .compactMap { $0 }
    if let declared, !declared.options.isEmpty {
      lines.append("Options, by --set name=value:")
      let names = declared.options.map { "  \($0.name)" }
      let width = names.map(\.count).max() ?? 0
      for (option, name) in zip(declared.options, names) {
        lines.append(name + String(repeating: " ", count: width + 2 - name.count) + Self.text(of: option))
      }
    } else {
      lines.append("It declares no options (nj.run.options).")
    }
    lines += ["", "Limits, permissions, seed and folder: nightjar run --help"]
    try StandardOutput().line(lines.joined(separator: "\n").printable(limit: .max))
  }

  private static func text(of option: PluginOption) -> String {
    let preset =
      option.defaultValue.isNil
      ? (option.isRequired ? ", required" : "") : ", default \(option.defaultValue.literal)"
    return option.expected + preset + (option.help.isEmpty ? "" : ": \(option.help)")
  }

  /// The comment at the head of the file, as text.
  private static func description(of text: String) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("#!") }
      .prefix { $0.hasPrefix("--") }
    let words = lines.map { line in line.drop { $0 == "-" }.drop { $0 == " " } }
    return words.isEmpty || words[0].hasPrefix("[") ? nil : words.joined(separator: "\n") + "\n"
  }

  /// The options that the script declares; nil where it declares none.
  ///
  /// - Throws: the errors of running it.
  func options() throws -> OptionSchema? {
    guard let command = try NightjarCommand.parseAsRoot(arguments) as? RunCommand else { return nil }
    var options = try command.options.hostOptions()
    options.limits = try command.options.limits.applied(to: .forLoading)
    let host = try ScriptHost(options)
    guard try ScriptPreview(LuaSource(file).text, path: file, in: host.state).mayHaveOptions else {
      return nil
    }
    host.state.print = { _ in }
    var schema: OptionSchema?
    // A stop that the script cannot catch.
    host.context.onOptions = {
      schema = $0
      Interruption.request()
    }
    defer { Interruption.request(false) }
    do { try host.run(file: file) } catch { if schema == nil { throw explained(error) } }
    return schema
  }
  /// A script that is stopped before it has declared its options is not in an endless loop.
  private func explained(_ error: any Error) -> any Error {
    guard ((error as? ScriptError)?.cause as? LimitError)?.limit == .time else { return error }
    return UsageError(
      "\(file) had not declared its options after 10 s",
      hint: "call nj.run.options before anything that takes long")
  }
}
