import Foundation
import LuaHost
import Scripting
import Support

/// The Lua prompt: it runs what was typed in one environment, and displays values.
///
/// Each text runs under the limits and capabilities of the host, so that one that loops, allocates without end or fails
/// leaves the prompt as it was. Belongs to the thread of its host.
public final class Prompt {
  /// What became of a text.
  public enum Outcome: Sendable, Equatable {
    case done
    case failed
    /// It is the beginning of a statement or expression, which further lines continue.
    case incomplete
    case quit
  }

  /// The most results that stay reachable as `_1`, `_2`, …; older ones are released, since tensors are large.
  public static let keptResults = 20
  /// What error messages call the text.
  private static let path = "prompt"

  public let host: ScriptHost
  /// Whether results are displayed with their names: `_1 = 4`.
  public let namesResults: Bool
  let space: ScriptSpace
  let output: StandardOutput
  private let printer: LuaReference?
  private var resultCount = 0

  /// Opens a prompt in which `nj` is the host's module; `require` searches `folders`, then the shipped plugins.
  ///
  /// - Throws: `FileError` for a folder that cannot be read; `ScriptError`.
  public init(
    _ host: ScriptHost, folders: [String] = ["."], namesResults: Bool = false,
    output: StandardOutput = StandardOutput()
  ) throws {
    self.host = host
    self.namesResults = namesResults
    self.output = output
    space = try ScriptSpace(in: host.state, roots: folders + (host.shipped.map { [$0] } ?? []))
    printer = try host.state.field("print", of: host.state.makeEnvironment())
    if let module = host.state.module("nightjar") {
      try host.state.setField("nj", of: space.environment, to: module)
    }
  }

  /// Runs a text, or a command such as `:help`, and displays values and errors.
  ///
  /// - Throws: ``OutputClosedError``, or `FileError` where output cannot be written.
  public func enter(_ text: String) throws -> Outcome {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if let command = command(trimmed) { return try reporting { try PromptCommand.run(command, in: self) } }
    return try reporting {
      guard let function = try compile(text) else { return .incomplete }
      let isWarned = warnOfForeignConstants(in: text)
      let values = try host.state.callForReferences(function)
      try display(values)
      if !isWarned, values.count == 1, try host.state.isNil(values[0]) { noteUndefined(trimmed) }
      return .done
    }
  }

  /// The command that a text is; nil where it is Lua.
  ///
  /// Words of other prompts are commands as well, unless they are variables: `quit`, `exit()`, `help`, `?x`, `x?`.
  private func command(_ text: String) -> String? {
    if text.hasPrefix(":"), !text.hasPrefix("::") { return text }
    if text.hasPrefix("?") { return ":help " + text.dropFirst() }
    if text.hasSuffix("?"), text.dropLast().allSatisfy({ $0.isLetter || $0.isNumber || "_.:".contains($0) }) {
      return ":help " + text.dropLast()
    }
    let word = text.replacing(/\(\)$/, with: "")
    guard ["quit", "exit", "help"].contains(word), host.state.member(word, of: space.environment) == nil
    else {
      return nil
    }
    return word == "help" ? ":help" : ":quit"
  }

  /// Runs a text after which nothing follows: one that is incomplete is a syntax error.
  ///
  /// - Throws: as ``enter(_:)``.
  public func end(_ text: String) throws -> Outcome {
    try reporting {
      try display(host.state.callForReferences(statements(text, path: Self.path)))
      return .done
    }
  }

  /// Runs one text of the command line, and displays its values.
  ///
  /// - Throws: `ScriptError`; ``OutputClosedError``.
  public func run(line: String) throws {
    try host.flushing {
      let function = try compile(line) ?? statements(line, path: Self.path)
      _ = warnOfForeignConstants(in: line)
      try display(host.state.callForReferences(function))
    }
  }

  /// Runs a file with the globals of the prompt, in which its top-level locals stay, and displays what it returns.
  ///
  /// - Throws: as ``enter(_:)``.
  public func load(_ path: String) throws -> Outcome {
    try reporting {
      let source = try LuaSource(path)
      host.library.open(beside: path)
      try display(host.state.callForReferences(statements(source.text, path: path)))
      return .done
    }
  }

  /// Runs `body`; an error is displayed, and Ctrl-C ends only this.
  func reporting(_ body: () throws -> Outcome) throws -> Outcome {
    defer { Interruption.request(false) }
    do { return try host.flushing(body) } catch let error as OutputClosedError { throw error } catch {
      report(error)
      return .failed
    }
  }

  /// Says what is meant by a name of another language, which is nil here.
  private func noteUndefined(_ name: String) {
    if name.contains(/\.shape\[\s*(0|-\d+)\s*\]$/) {
      try? FileHandle.standardError.write(
        contentsOf: Data("dimensions count from 1: x.shape[1]; x:size(-1) counts from the end\n".utf8))
    }
    guard let advice = host.state.advice(name, .globals) else { return }
    try? FileHandle.standardError.write(
      contentsOf: Data("there is no variable '\(name)'. Hint: \(advice)\n".utf8))
  }

  private func report(_ error: any Error) {
    var text = "\(error)"
    if let error = error as? ScriptError {
      // One call, of the text itself, says nothing that the location does not say.
      if error.traceback.count <= 1 { text = error.line }
      if error.cause is InterruptionError { text = "interrupted" }
    }
    try? FileHandle.standardError.write(contentsOf: Data("\(text)\n".utf8))
  }

  /// The function of a text: an expression whose values it returns, or statements, which return the values of a last
  /// expression; nil for one that is incomplete.
  ///
  /// - Throws: `ScriptError` for a syntax error.
  func compile(_ text: String) throws -> LuaReference? {
    var expression = text.drop { $0.isWhitespace }
    // As in older versions of Lua, which some type from habit.
    if expression.hasPrefix("=") { expression = expression.dropFirst() }
    do { return try load("return " + expression, path: Self.path) } catch let error as ScriptError {
      let last = LastExpression(text)
      do {
        let whole = try statements(text, path: Self.path)
        return returning(last.certainStart.map { [$0] } ?? [], of: last) ?? whole
      } catch let other as ScriptError {
        let starts = (last.certainStart.map { [$0] } ?? []) + last.starts
        if let function = returning(starts, of: last) { return function }
        if error.isIncomplete || other.isIncomplete || isIncomplete(last) { return nil }
        throw other
      }
    }
  }

  /// The text with a `return` before its last expression, which starts at one of these positions; nil where there is
  /// no expression.
  private func returning(_ starts: [Int], of last: LastExpression) -> LuaReference? {
    for start in starts {
      if let function = try? statements(last.returned(from: start), path: Self.path) { return function }
    }
    return nil
  }

  /// Whether an expression after the last semicolon continues.
  private func isIncomplete(_ last: LastExpression) -> Bool {
    guard let start = last.startAfterSemicolon else { return false }
    do { _ = try load(last.returned(from: start), path: Self.path) } catch {
      return (error as? ScriptError)?.isIncomplete == true
    }
    return false
  }

  /// Warns of constants of Python, which are undefined variables here, and so nil without an error.
  ///
  /// - Returns: whether there are any.
  private func warnOfForeignConstants(in text: String) -> Bool {
    let tokens = LuaLexer(text).tokens
    var isWarned = false
    for (index, token) in tokens.enumerated()
    where token.kind == .name && ["True", "False", "None"].contains(token.text) {
      let isMember = index > 0 && (tokens[index - 1].is(".") || tokens[index - 1].is(":"))
      let isSet = tokens[index + 1].is("=")
      guard !isMember, !isSet, host.state.member(token.text, of: space.environment) == nil else { continue }
      let message = ErrorMessage(
        "'\(token.text)' is not defined", hint: host.state.advice(token.text, .globals))
      host.console.warn("\(Self.path):\(token.line): \(message)")
      isWarned = true
    }
    return isWarned
  }

  private func statements(_ text: String, path: String) throws -> LuaReference {
    let original = try load(text, path: path)
    return (try? load(TopLevelLocals.made(global: text), path: path)) ?? original
  }

  private func load(_ text: String, path: String) throws -> LuaReference {
    try host.state.load(text, path: path, environment: space.environment)
  }

  /// Displays values, and stores those other than nil as `_` and `_1`, `_2`, ….
  func display(_ values: [LuaReference]) throws {
    for value in values {
      let text = try describe(value)
      guard try !host.state.isNil(value) else {
        try output.line(text)
        continue
      }
      resultCount += 1
      try host.state.setField("_\(resultCount)", of: space.environment, to: value)
      try host.state.setField("_", of: space.environment, to: value)
      let old = resultCount - Self.keptResults
      if old > 0 { try host.state.setField("_\(old)", of: space.environment, to: LuaValue.nil) }
      let name = namesResults ? "_\(resultCount) = " : ""
      try output.line(name + text.replacing("\n", with: "\n" + String(repeating: " ", count: name.count)))
    }
  }

  /// A value as text: a string of one line in quotes, everything else as `print` writes it.
  private func describe(_ value: LuaReference) throws -> String {
    let state = host.state
    if let text = try state.string(value), !text.contains("\n") {
      return text.luaQuoted(limit: 10_000).printable(limit: .max)
    }
    guard let printer else { return "" }
    var text = ""
    let print = state.print
    state.print = { text += $0 }
    defer { state.print = print }
    try state.call(printer, [value])
    return String(text.dropLast())
  }
}

extension ScriptError {
  /// Whether a text that could not be compiled ended too early, and is not another language's.
  fileprivate var isIncomplete: Bool { message.what.hasSuffix("<eof>") && message.hint == nil }
}
