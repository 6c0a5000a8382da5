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
    abstract: "Run two scripts, or two plugins, on one seed, and stop at the first value that differs.",
    discussion: """
      Two scripts are compared by the tensors that their lines compute, those of layers, and what they return; two \
      plugins of one kind on made-up data, as `plugins check` has it, by what their functions return: tensors, \
      numbers, strings, truth values and tables of them. Steps that only one of them takes are passed over, results \
      are not. A plugin alone is compared with the shipped one of its name. A script is \
      compared with the tensors of a state file by the names in the table that it returns.

        nightjar twin before.lua after.lua
        nightjar twin ./plugins/learners/mine.lua prototypical
        nightjar twin ./plugins/learners/ridge.lua
        nightjar twin forward.lua pytorch.safetensors --tolerance 1e-4

      The exit code is 0 when both come to the same results, else 1.
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
    if !verdict.isEqual { throw ExitCode.script }
  }

  /// What the two arguments are.
  private func sides() throws -> (Twin.Side, Twin.Side) {
    let firsts = try candidates(first)
    guard let second else {
      let kind = try one(of: firsts, first)
      guard let kind else {
        throw UsageError(
          "\(first) is a script: there is nothing to compare it with", hint: "name another script")
      }
      return (.plugin(kind, name: Self.name(first)), .plugin(kind, name: try shipped(kind)))
    }
    let seconds = try candidates(second)
    // Of a name that several kinds have, the kind of the other argument is meant.
    let common = firsts.filter(seconds.contains)
    let kind = try one(of: common.isEmpty ? firsts : common, first)
    let other = try one(of: common.isEmpty ? seconds : common, second)
    guard kind == other else {
      let names = [kind, other].map { $0?.rawValue ?? "script" }
      throw UsageError(
        "\(first) (\(names[0])) and \(second) (\(names[1])) cannot be compared",
        hint: "name two plugins of one kind, or two scripts")
    }
    guard let kind else { return (.script(path: first), .script(path: second)) }
    return (.plugin(kind, name: Self.name(first)), .plugin(kind, name: Self.name(second)))
  }

  /// The kind and name of `learner/cosine`, which is no file.
  private static func titled(_ word: String) -> (kind: PluginKind, name: String)? {
    let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[1].isEmpty, !parts[1].hasSuffix(".lua"),
      let kind = PluginKind(argument: parts[0]),
      !FileManager.default.fileExists(atPath: word)
    else { return nil }
    return (kind, parts[1])
  }

  /// What a plugin is loaded by.
  private static func name(_ word: String) -> String { titled(word)?.name ?? word }

  /// The shipped plugin of the name of the first one.
  private func shipped(_ kind: PluginKind) throws -> String {
    guard Self.titled(first) == nil else {
      throw UsageError("\(first) is compared with nothing", hint: "name another \(kind.rawValue) or its file")
    }
    let name = URL(fileURLWithPath: first).deletingPathExtension().lastPathComponent
    let path = (Installation.shippedPlugins() ?? "") + "/\(kind.folder)/\(name).lua"
    guard FileManager.default.fileExists(atPath: path) else {
      throw UsageError("there is no shipped \(kind.rawValue) named '\(name)'", hint: "name the other plugin")
    }
    return path
  }

  /// The kind of the plugin that an argument names; nil for a script.
  private func kind(of word: String) throws -> PluginKind? { try one(of: candidates(word), word) }

  /// The only kind that an argument may mean.
  private func one(of kinds: [PluginKind?], _ word: String) throws -> PluginKind? {
    guard kinds.count > 1 else { return kinds.first ?? nil }
    let names = kinds.compactMap { $0?.rawValue }
    throw UsageError(
      "'\(word)' is a \(names.joined(separator: " and a "))",
      hint: "name its kind: \(names.map { "\($0)/\(word)" }.joined(separator: " or "))")
  }

  /// The kinds of the plugins that an argument may mean; nil among them for a script.
  private func candidates(_ word: String) throws -> [PluginKind?] {
    if let titled = Self.titled(word) { return [titled.kind] }
    let host = try ScriptHost(options.hostOptions(name: "twin"))
    guard word.contains("/") || word.hasSuffix(".lua") else {
      let found = host.library.entries().filter { $0.name == word }
      guard !found.isEmpty else {
        throw UsageError(
          "there is no script or plugin '\(word)'",
          hint: word.nearest(in: host.library.entries().map(\.name)).map { "did you mean '\($0)'?" })
      }
      return found.map(\.kind)
    }
    guard FileManager.default.fileExists(atPath: word) else {
      throw FileError("read", word, reason: "no such file")
    }
    // A script runs only once, in the comparison: what a file is, its text says.
    let file = Folder.exists(word) ? word + "/init.lua" : word
    return [PluginKind.declared(in: try LuaSource(file).text)]
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
      compared: compared, unmatched: unmatched, isEqual: isEqual,
      first: difference?.a.location ?? valueDifference?.a.location ?? parting?.a?.location
        ?? unmatchedResults[0].first?.location,
      second: difference?.b.location ?? valueDifference?.b.location ?? parting?.b?.location
        ?? unmatchedResults[1].first?.location,
      difference: difference?.distance.description ?? valueDifference?.field.description)
  }

  /// The verdict in words.
  fileprivate func text(tolerance: Double) -> String {
    let others = [("first", unmatched[0]), ("second", unmatched[1])].filter { $0.1 > 0 }
      .map { "\("value".counted($0.1)) of the \($0.0) without a counterpart" }
    let count =
      "\("value".counted(compared)) compared"
      + (others.isEmpty ? "" : "; " + others.joined(separator: ", "))
    if let difference {
      let (a, b, distance) = difference
      let name = a.operation.isEmpty ? "what the function returns" : a.operation
      return """
        step \(compared): \(name), \(a.kind), differs
          first   \(a.location)
          second  \(b.location)
          \(distance.description)
        \(count)
        """
    }
    func line(_ step: TwinStep?) -> String {
      step.map {
        "\($0.operation.isEmpty ? "a function returns" : $0.operation) \($0.kind), \($0.location)"
      } ?? "nothing more"
    }
    if let (a, b, field) = valueDifference {
      return """
        step \(compared): what \(a.operation) returns differs
          first   \(a.location)
          second  \(b.location)
          \(field.description)
        \(count)
        """
    }
    if let parting {
      return """
        from step \(compared + 1) on the two compute different things
          first   \(line(parting.a))
          second  \(line(parting.b))
        \(count)
        """
    }
    if !isEqual {
      let results = [("first", unmatchedResults[0]), ("second", unmatchedResults[1])].compactMap {
        side, steps in
        steps.first.map { "  only the \(side) has  \(line($0))" }
      }
      return (["the two do different things"] + results + [count]).joined(separator: "\n")
    }
    return "no difference within \(tolerance): \(count)"
  }
}

extension TwinStep {
  /// `[4, 2] of float32`.
  fileprivate var kind: String {
    if case .tensor(let tensor) = content { "\(tensor.shape) of \(tensor.dtype)" } else { "values" }
  }
}
