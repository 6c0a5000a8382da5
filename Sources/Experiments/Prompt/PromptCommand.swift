import Dispatch
import Figures
import LuaHost
import Scripting
import Support
import Tensors

/// A command of the prompt: `:help`, `:time`, ….
struct PromptCommand: Sendable {
  let name: String
  /// Its argument in the list of commands; empty where it takes nothing.
  let argument: String
  let summary: String
  let isRequired: Bool
  let run: @Sendable (String, Prompt) throws -> Prompt.Outcome

  static let all: [PromptCommand] = [
    PromptCommand(
      name: "help", argument: "[name]",
      summary: "this list, or the reference of a name: :help nn.LSTM, :help x:mean",
      isRequired: false
    ) { name, prompt in
      try prompt.output.line(name.isEmpty ? overview : prompt.reference(of: name))
      return .done
    },
    PromptCommand(
      name: "time", argument: "code", summary: "run once, display the values and how long it took",
      isRequired: true
    ) { text, prompt in
      let function = try prompt.complete(text)
      let started = DispatchTime.now().uptimeNanoseconds
      let values = try prompt.host.state.callForReferences(function)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
      try prompt.display(values)
      try prompt.output.line("time: \(Progress.precise(seconds))")
      return .done
    },
    PromptCommand(
      name: "plot", argument: "value",
      summary:
        "draw a figure, a tensor of one or two dimensions, a list of numbers, or a table of such by name",
      isRequired: true
    ) { text, prompt in
      let values = try prompt.host.state.callForReferences(prompt.complete(text))
      guard let value = values.first else { throw PromptError("plot: '\(text)' has no value") }
      try prompt.output.write(prompt.figure(of: value).text())
      return .done
    },
    PromptCommand(
      name: "load", argument: "file", summary: "run a Lua file here; its top-level locals stay",
      isRequired: true
    ) { path, prompt in try prompt.load(path) },
    PromptCommand(name: "quit", argument: "", summary: "end (also Ctrl-D)", isRequired: false) { _, _ in .quit
    },
  ]

  /// Runs `:name argument`.
  ///
  /// - Throws: ``PromptError`` for an unknown command; what the command throws.
  static func run(_ line: String, in prompt: Prompt) throws -> Prompt.Outcome {
    let parts = line.dropFirst().split(separator: " ", maxSplits: 1).map(String.init)
    let name = parts.first ?? ""
    let argument = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    guard let command = all.first(where: { $0.name == name || (name.count == 1 && $0.name.hasPrefix(name)) })
    else {
      let names = all.map { ":" + $0.name }
      throw PromptError(
        "there is no command ':\(name)'",
        hint: (":" + name).nearest(in: names).map { "did you mean '\($0)'?" }
          ?? "the commands are \(names.joined(separator: ", "))")
    }
    if command.isRequired, argument.isEmpty {
      throw PromptError("write it as :\(command.name) \(command.argument.uppercased())")
    }
    return try command.run(argument, prompt)
  }

  private static var overview: String {
    let commands = all.map { command in
      let head = ":\(command.name) \(command.argument)"
      return "  " + head + String(repeating: " ", count: max(1, 16 - head.count)) + command.summary
    }
    return
      (["Lua 5.4; `nj` is the nightjar module. An expression displays its value; a text that is not complete"]
      + ["continues on the next line.", ""] + commands
      + [
        "",
        "  _, _1, _2, …    the last value, and the values in their order; the last \(Prompt.keptResults) stay",
        "  Tab             completes globals, fields, methods, and in strings plugins and files",
        "  Ctrl-C          interrupts the line, Ctrl-D ends the prompt",
        "",
        "In Lua a `local` ends with its line. Here `local x = 1` outside of blocks defines x for the following lines:",
        "it makes a global variable of this prompt. Limits and permissions are those of `nightjar run`.",
      ]).joined(separator: "\n")
  }
}

/// A command of the prompt that cannot be carried out.
struct PromptError: NightjarError {
  let message: ErrorMessage

  init(_ what: String, hint: String? = nil) { message = ErrorMessage(what, hint: hint) }

  var exitCode: ExitCode { .usage }
}

extension Prompt {
  /// As ``compile(_:)``, for text that no further line continues.
  ///
  /// - Throws: `ScriptError` for a syntax error, ``PromptError`` for an incomplete text.
  func complete(_ text: String) throws -> LuaReference {
    guard let function = try compile(text) else { throw PromptError("'\(text)' is not complete") }
    return function
  }

  /// A figure that displays a value.
  ///
  /// - Throws: ``PromptError`` for a value that no figure displays; `ScriptError`.
  func figure(of reference: LuaReference) throws -> Figure {
    let value = try host.state.value(of: reference)
    if let figure = value.object(Figure.self) { return figure }
    if let tensor = value.object(Tensor.self) {
      guard tensor.dtype != .bool, (1...2).contains(tensor.rank), tensor.count > 0 else {
        throw PromptError(
          "plot: a tensor of shape \(tensor.shape) has no figure",
          hint: "take a part with one or two dimensions")
      }
      return try tensor.rank == 1 ? figure("lines", ["y": value]) : figure("heatmap", ["value": value])
    }
    if let table = value.table, !table.list.isEmpty, table.fields.isEmpty {
      return try figure("lines", ["y": value])
    }
    if let table = value.table, !table.fields.isEmpty, table.list.isEmpty {
      return try figure("lines", ["series": value])
    }
    throw PromptError(
      "plot: no figure displays a \(value.typeName)",
      hint: "give a figure of nj.plot, a tensor, a list of numbers, or a table of lists by name")
  }

  private func figure(_ plot: String, _ data: LuaTable) throws -> Figure {
    guard let module = host.state.module("nightjar"), let plots = host.state.member("plot", of: module),
      let function = host.state.member(plot, of: plots),
      let figure = try host.state.call(function, [data]).first?.object(Figure.self)
    else { throw PromptError("plot: nj.plot.\(plot) is missing") }
    return figure
  }

  /// The reference of a name; that of a variable's class or of its method where the name is a variable.
  ///
  /// - Throws: `ReferenceError` for an unknown name.
  func reference(of name: String) throws -> String {
    try Reference.nightjar(of: resolved(name))
  }

  /// `x:mean` as `tensor:mean`, where x is a tensor.
  private func resolved(_ name: String) -> String {
    let parts = name.split(maxSplits: 1, whereSeparator: { $0 == ":" || $0 == "." })
    guard let first = parts.first, let value = host.state.member(String(first), of: space.environment),
      let type = host.state.className(of: value)
    else { return name }
    return type + name.dropFirst(first.count)
  }
}
