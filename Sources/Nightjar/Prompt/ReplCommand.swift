import ArgumentParser
import Experiments
import Foundation
import Support

/// `nightjar repl [FILE.lua]`.
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl",
    abstract: "Type Lua and see values: with history, completion and :help.",
    discussion: """
      `nj` is the nightjar module. A file is run first; its top-level locals can be used at the prompt. Where standard \
      input is not a terminal, lines are read from it without a prompt, and the exit code is 1 if one failed.

        nightjar repl
        nightjar repl study.lua --allow fs.read=recordings
      """)

  @Argument(
    help: ArgumentHelp("A script to run first.", valueName: "file.lua"),
    completion: .file(extensions: ["lua"]))
  var file: String?

  @OptionGroup var output: OutputOptions

  @OptionGroup var data: DataOptions

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let host = try ScriptHost(try options.hostOptions(name: "repl", out: output.folder()))
    host.library.readsChangedFiles = true
    host.context.select(data: data.data, size: data.size ?? .quick)
    let editor = LineEditor()
    let folder = file?.parentFolder ?? ""
    let prompt = try Prompt(
      host, folders: folder.isEmpty ? ["."] : [folder, "."], namesResults: editor != nil)
    if let file {
      let outcome = try prompt.load(file)
      if editor == nil, outcome == .failed { throw ExitCode.script }
    }
    let hasFailed =
      if let editor { try TerminalPrompt(prompt, editor).run() } else { try PlainPrompt(prompt).run() }
    if let folder = host.run.folderIfAny { host.console.say("saved in \(folder.path)") }
    if hasFailed { throw ExitCode.script }
  }
}

/// The prompt on a terminal.
private struct TerminalPrompt {
  private let prompt: Prompt
  private let editor: LineEditor
  private let history = PromptHistory()

  init(_ prompt: Prompt, _ editor: LineEditor) {
    self.prompt = prompt
    self.editor = editor
    for line in history.lines { editor.remember(line) }
    editor.complete = { line in
      let found = prompt.completions(of: line)
      return (found.length, found.candidates, found.common)
    }
  }

  /// Reads and runs lines until the user ends it; no failure ends it.
  func run() throws -> Bool {
    prompt.host.console.say(
      "nightjar \(NightjarCommand.configuration.version): Lua 5.4, :help for help, Ctrl-D to end")
    var lines: [String] = []
    while true {
      // A signal that came while nothing ran concerns nothing.
      Interruption.request(false)
      switch Interruption.endingOnTermination({ editor.read(prompt: lines.isEmpty ? "> " : "… ") }) {
      case .interrupted: lines = []
      case .end:
        print()
        return false
      case .text(let line):
        editor.remember(line)
        history.append(line)
        lines.append(line)
        switch try prompt.enter(lines.joined(separator: "\n")) {
        case .incomplete: break
        case .quit: return false
        case .done, .failed: lines = []
        }
      }
    }
  }
}

/// The prompt where standard input is a file or a pipe.
private struct PlainPrompt {
  let prompt: Prompt

  init(_ prompt: Prompt) { self.prompt = prompt }

  /// Reads and runs lines to the end of the input.
  ///
  /// - Returns: whether one of them failed.
  func run() throws -> Bool {
    var lines: [String] = []
    var hasFailed = false
    while let line = readLine() {
      lines.append(line)
      switch try prompt.enter(lines.joined(separator: "\n")) {
      case .incomplete: continue
      case .quit: return hasFailed
      case .failed: hasFailed = true
      case .done: break
      }
      lines = []
    }
    guard lines.isEmpty else { return try prompt.end(lines.joined(separator: "\n")) == .failed || hasFailed }
    return hasFailed
  }
}
