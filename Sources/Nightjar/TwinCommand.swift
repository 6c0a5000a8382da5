import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Networks
import Scripting
import Support
import Tensors

/// `nightjar twin A B`.
struct TwinCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "twin",
    abstract: "Run two scripts, or two plugins, on one seed, and stop at the first tensor that differs.",
    discussion: """
      Two scripts are compared by the tensors that their lines compute, and those of layers; two plugins of one \
      kind on made-up data, as `plugins check` has it, also by what their functions return. Steps that only one of \
      them takes are passed over. A plugin alone is compared with the shipped one of its name. A script is \
      compared with the tensors of a state file by the names in the table that it returns.

        nightjar twin before.lua after.lua
        nightjar twin ./plugins/learners/mine.lua prototypical
        nightjar twin ./plugins/learners/ridge.lua
        nightjar twin forward.lua pytorch.safetensors --tolerance 1e-4

      The exit code is 0 when everything that was compared is the same, else 1.
      """)

  @Argument(
    help: ArgumentHelp("A script, a plugin's name or file.", valueName: "a"), completion: .file())
  var first: String

  @Argument(
    help: ArgumentHelp(
      "Another one, or a state file (default: the shipped plugin of the same name).", valueName: "b"),
    completion: .file())
  var second: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The greatest difference, relative to the elements.", valueName: "x"),
    transform: { text in
      guard let value = text.decimalNumber, value >= 0 else {
        throw UsageError("'\(text)': expected a number of at least 0")
      }
      return value
    })
  var tolerance = 1e-5

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let hostOptions = try options.hostOptions(name: "twin")
    let output = StandardOutput()
    let verdict: TwinMeeting.Verdict
    if let second, StateFile.extensions.contains(where: { second.hasSuffix(".\($0)") }) {
      guard try kind(of: first) == nil else {
        throw UsageError(
          "a state file is compared with a script that returns tensors by name, not with a plugin",
          hint: "build the plugin in a script and return its tensors, or compare two plugins")
      }
      verdict = try RecordedValues(ScriptHost(hostOptions), tolerance: tolerance)
        .run(script: first, file: second)
    } else {
      let (a, b) = try sides()
      verdict = try Twin(hostOptions, tolerance: tolerance).run(a, b)
    }
    if options.common.json {
      try output.json(verdict.described)
    } else {
      try output.line(verdict.text(tolerance: tolerance))
    }
    if verdict.difference != nil || verdict.parting != nil { throw ExitCode.script }
  }

  /// What the two arguments are.
  private func sides() throws -> (Twin.Side, Twin.Side) {
    let kind = try kind(of: first)
    guard let second else {
      guard let kind else {
        throw UsageError(
          "\(first) is a script: there is nothing to compare it with", hint: "name another script")
      }
      return (.plugin(kind, name: first), .plugin(kind, name: try shipped(kind)))
    }
    let other = try self.kind(of: second)
    guard kind == other else {
      let names = [kind, other].map { $0?.rawValue ?? "script" }
      throw UsageError(
        "\(first) (\(names[0])) and \(second) (\(names[1])) cannot be compared",
        hint: "name two plugins of one kind, or two scripts")
    }
    guard let kind else { return (.script(path: first), .script(path: second)) }
    return (.plugin(kind, name: first), .plugin(kind, name: second))
  }

  /// The shipped plugin of the name of the first one.
  private func shipped(_ kind: PluginKind) throws -> String {
    let name = URL(fileURLWithPath: first).deletingPathExtension().lastPathComponent
    let path = (Installation.shippedPlugins() ?? "") + "/\(kind.folder)/\(name).lua"
    guard FileManager.default.fileExists(atPath: path) else {
      throw UsageError("there is no shipped \(kind.rawValue) named '\(name)'", hint: "name the other plugin")
    }
    return path
  }

  /// The kind of the plugin that an argument names; nil for a script.
  private func kind(of word: String) throws -> PluginKind? {
    let host = try ScriptHost(options.hostOptions(name: "twin"))
    guard word.contains("/") || word.hasSuffix(".lua") else {
      let found = host.library.entries().filter { $0.name == word }
      guard let entry = found.first else {
        throw UsageError(
          "there is no script or plugin '\(word)'",
          hint: word.nearest(in: host.library.entries().map(\.name)).map { "did you mean '\($0)'?" })
      }
      guard found.count == 1 else {
        throw UsageError(
          "'\(word)' is a \(found.map(\.kind.rawValue).joined(separator: " and a "))", hint: "name its file")
      }
      return entry.kind
    }
    guard FileManager.default.fileExists(atPath: word) else {
      throw FileError("read", word, reason: "no such file")
    }
    // A script runs only once, in the comparison: what a file is, its text says.
    let file = Folder.exists(word) ? word + "/init.lua" : word
    return PluginKind.declared(in: try LuaSource(file).text)
  }
}

extension TwinMeeting.Verdict {
  /// What `--json` prints.
  fileprivate struct Described: Encodable {
    let compared: Int
    let unmatched: [Int]
    let isEqual: Bool
    /// The lines of the first difference in the first and the second one.
    let first: String?
    let second: String?
    let difference: String?
  }

  fileprivate var described: Described {
    Described(
      compared: compared, unmatched: unmatched, isEqual: difference == nil && parting == nil,
      first: difference.map { "\($0.a.location)" } ?? parting?.a.map { "\($0.location)" },
      second: difference.map { "\($0.b.location)" } ?? parting?.b.map { "\($0.location)" },
      difference: difference?.distance.description)
  }

  /// The verdict in words.
  fileprivate func text(tolerance: Double) -> String {
    let others = [("first", unmatched[0]), ("second", unmatched[1])].filter { $0.1 > 0 }
      .map { "\("tensor".counted($0.1)) of the \($0.0) without a counterpart" }
    let count =
      "\("tensor".counted(compared)) compared"
      + (others.isEmpty ? "" : "; " + others.joined(separator: ", "))
    if let difference {
      let (a, b, distance) = difference
      let name = a.operation.isEmpty ? "what the function returns" : a.operation
      return """
        step \(compared): \(name), \(a.tensor.shape) of \(a.tensor.dtype), differs
          first   \(a.location)
          second  \(b.location)
          \(distance.description)
        \(count)
        """
    }
    if let parting {
      func line(_ step: TwinStep?) -> String {
        step.map {
          "\($0.operation.isEmpty ? "a function returns" : $0.operation) \($0.tensor.shape) of "
            + "\($0.tensor.dtype), \($0.location)"
        } ?? "nothing more"
      }
      return """
        from step \(compared + 1) on the two compute different things
          first   \(line(parting.a))
          second  \(line(parting.b))
        \(count)
        """
    }
    return "no difference within \(tolerance): \(count)"
  }
}
