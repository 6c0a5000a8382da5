import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Scripting
import Support

/// `nightjar run FILE.lua`, `nightjar FILE.lua`, `nightjar run -`, `nightjar -e CODE`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a Lua script (also: nightjar FILE.lua).",
    discussion: """
      Everything that the script saves (nj.run.save, log, figure, table) goes into a new folder under ./runs, which \
      is created on first use. Options that the script declares with nj.run.options are set with --set.

        nightjar study.lua --set epochs=20 --set lr=0.003
        nightjar convert.lua --allow fs.read=recordings --allow fs.write=converted
        nightjar study.lua --help         the script's own options
        nightjar -e 'nj.zeros(2, 3)'      a line, as at the prompt (nightjar repl)
        generate | nightjar run -         a script from standard input
        nightjar study.lua --resume       go on with a run that was interrupted or killed, in its folder

      A training (nj.train) is saved after an epoch, at most twice a second. Resumed, the script runs again from its \
      first line, with the same numbers, and each nj.train goes on after its last saved epoch: what the epochs before \
      have collected in variables of Lua is not there.
      """)

  @Argument(
    help: ArgumentHelp("The script; - for standard input.", valueName: "file.lua"),
    completion: .file(extensions: ["lua"]))
  var file: String?

  @Option(
    name: .customShort("e"), parsing: .unconditional,
    help: ArgumentHelp(
      "Run a line of Lua instead, and print its value. `nj` is the nightjar module.", valueName: "code"))
  var code: String?

  @Flag(name: .long, help: "Resume the same script after it was interrupted or killed, in its folder.")
  var resume = false

  @OptionGroup var output: OutputOptions

  @OptionGroup var figures: FigureOptions

  @OptionGroup var following: FollowOptions

  @OptionGroup var data: DataOptions

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try options.common.requireOneFormat(jsonLines: following.jsonLines)
    guard !resume || file != nil || code != nil else {
      throw UsageError(
        "no script was interrupted in this folder", hint: "name the script that --resume goes on with",
        at: "--resume")
    }
    guard (file == nil) != (code == nil) else {
      throw UsageError(
        file == nil ? "there is no script" : "there are a script and -e",
        hint: "name a file, - for standard input, or give a line with -e")
    }
    guard !resume || (code == nil && file != "-") else {
      throw UsageError("--resume goes on with a script from a file", hint: "leave it out")
    }
    guard !resume || output.out == nil else {
      throw UsageError("--resume continues in the folder of the interrupted run", hint: "leave out --out")
    }
  }

  private var name: String {
    guard let file else { return "line" }
    return file == "-" ? "stdin" : (file as NSString).lastPathComponent.replacing(/\.lua$/, with: "")
  }

  /// A plugin that is run as a script only declares itself.
  ///
  /// - Throws: ``UsageError`` for the file of a plugin, with the command that uses it.
  private func requireScript() throws {
    guard let file, let text = try? LuaSource(file).text, let kind = PluginKind.declared(in: text) else {
      return
    }
    let own = file.hasSuffix("/init.lua") ? file.parentFolder : file
    let name = (own as NSString).lastPathComponent.replacing(/\.lua$/, with: "")
    let use = kind == .task ? "nightjar bench \(name)" : "nightjar bench --\(kind.rawValue) \(name)"
    throw UsageError(
      "\(file) is a plugin, \(kind.rawValue)/\(name), not a script",
      hint: "\(use), or nightjar plugins check \(file)")
  }

  func run() throws {
    try requireScript()
    var options = try hostOptions()
    var checkpoints = checkpoints(options)
    let isFree: Bool
    do { isFree = try checkpoints?.claim() ?? true } catch  where !resume {
      // A script that only computes needs no folder of its own.
      Console(quiet: options.isQuiet).warn(
        "trainings of this run cannot be resumed, should it be interrupted: \(error)")
      checkpoints = nil
      isFree = true
    }
    if resume {
      guard isFree else {
        throw UsageError("the run is still running", hint: "wait for its end, or stop it", at: "--resume")
      }
      options.out = try interruptedFolder(checkpoints)
    } else if !isFree {
      // What is saved is the other process's.
      checkpoints = nil
    }
    let host = try ScriptHost(options)
    try checkpoints?.prepare(isResumed: resume)
    host.context.scriptCheckpoints = checkpoints?.files
    if resume { try note(checkpoints, folder: options.out?.path) }
    host.run.onFolder = { [checkpoints] in try note(checkpoints, folder: $0) }
    do { try run(on: host) } catch {
      // An error of the script itself would only come again.
      if (error as? any NightjarError)?.exitCode ?? .script == .script { checkpoints?.remove() }
      let stop = error as? InterruptionError ?? (error as? ScriptError)?.cause as? InterruptionError
      if stop != nil, let checkpoints, checkpoints.hasStates {
        try note(checkpoints, folder: host.run.folderIfAny?.path)
        host.console.say("the training was saved: the same command with --resume goes on")
      }
      throw error
    }
    checkpoints?.remove()
    if let folder = host.run.folderIfAny { host.console.say("saved in \(folder.path)") }
  }

  /// The command line that resumes the last interrupted script, for `nightjar run --resume …` without a script; nil for
  /// any other command line, and where no script was interrupted.
  static func resuming(_ arguments: [String]) -> [String]? {
    guard arguments.first == "run",
      arguments.dropFirst().allSatisfy({ ["--resume", "--quiet"].contains($0) }),
      arguments.contains("--resume"),
      let script = ScriptCheckpoints.last(in: FileManager.default.currentDirectoryPath)
    else { return nil }
    return script.run.command + arguments.dropFirst()
  }

  /// The folder of the run that is resumed; nil where it has saved nothing but the states of trainings.
  ///
  /// - Throws: ``UsageError`` where no run was interrupted.
  private func interruptedFolder(_ checkpoints: ScriptCheckpoints?) throws -> OutputFolder? {
    let interrupted = checkpoints?.interrupted
    guard let checkpoints, interrupted != nil || checkpoints.hasStates else {
      throw UsageError(
        "no run of this script, with these settings, was interrupted after it had saved anything",
        hint: "leave out --resume", at: "--resume")
    }
    guard let folder = interrupted?.folder, Folder.exists(folder) else { return nil }
    return try OutputFolder(folder, earlierRun: .resumed)
  }

  /// Stores what it takes to resume the run.
  private func note(_ checkpoints: ScriptCheckpoints?, folder: String?) throws {
    try checkpoints?.note(
      .init(
        command: CommandLine.arguments.dropFirst().filter { $0 != "--resume" },
        directory: FileManager.default.currentDirectoryPath, folder: folder))
  }

  /// The options of the host that the script runs on.
  ///
  /// - Throws: as ``OutputOptions/folder()``; `LimitSyntaxError`.
  func hostOptions() throws -> HostOptions {
    var hostOptions = try options.hostOptions(name: name, out: output.folder())
    hostOptions.figures = figures.names
    hostOptions.writesEvents = following.tensorBoard
    hostOptions.streamsEvents = following.jsonLines
    return hostOptions
  }

  /// The states of the script's trainings; nil for a script that is in no file, or cannot be read, which its run says.
  private func checkpoints(_ options: HostOptions) -> ScriptCheckpoints? {
    guard let file, file != "-" else { return nil }
    return try? ScriptCheckpoints(
      script: file, data: "\(data.data ?? "") \(data.size?.rawValue ?? "")", options: options)
  }

  /// Runs the script, and warns of settings that it does not know.
  ///
  /// - Throws: `ScriptError`, `FileError`, ``OutputClosedError``.
  func run(on host: ScriptHost) throws {
    host.context.select(data: data.data, size: data.size ?? .quick)
    var isWarned = false
    try host.recording {
      if let code {
        try Prompt(host).run(line: code)
      } else if file == "-" {
        let text = try Self.standardInput()
        isWarned = warn(of: String(decoding: text, as: UTF8.self), named: "stdin", on: host)
        try host.run(text: text, named: "stdin")
      } else if let file {
        if let source = try? LuaSource(file) { isWarned = warn(of: source.text, named: file, on: host) }
        try host.run(file: file)
      }
    }
    if isWarned { return }
    for warning in host.run.unusedSettings { host.console.warn(warning.description) }
  }

  /// Warns of what the script will stumble over, before anything long starts. What Lua does not compile ends at once.
  ///
  /// - Returns: whether it warned that no `--set` has an effect.
  private func warn(of text: String, named path: String, on host: ScriptHost) -> Bool {
    guard let preview = try? ScriptPreview(text, path: path, in: host.state) else { return false }
    for finding in preview.findings {
      let message = ErrorMessage(finding.what, hint: finding.hint)
      host.console.warn("\(path):\(finding.line ?? 1): \(message)")
    }
    guard !preview.mayHaveOptions, !options.set.isEmpty else { return false }
    let names = options.set.map { "--set \($0.name)=\($0.value)" }.joined(separator: " ")
    host.console.warn(
      "\(names) has no effect: \(path) declares no options. Hint: nj.run.options { name = { default = 1 } }")
    return true
  }

  /// Runs the script again as an earlier run has kept it; returns the new run's folder.
  ///
  /// - Throws: as ``run()``.
  func repeated(_ repetition: Repetition, as words: [String]) throws -> String {
    var hostOptions = try options.hostOptions(name: name)
    hostOptions.command = words
    hostOptions.figures = figures.names
    repetition.apply(to: &hostOptions)
    let host = try ScriptHost(hostOptions)
    host.context.select(data: data.data, size: data.size ?? .quick)
    try host.recording {
      if let code {
        try Prompt(host).run(line: code)
      } else if let file {
        try host.run(file: repetition.sources.file(file == "-" ? "./stdin" : file))
      }
    }
    return try host.run.folder()
  }

  /// Everything from standard input, as far as a script may be long.
  ///
  /// - Throws: `FileError` where it cannot be read; `InterruptionError`.
  private static func standardInput() throws -> Data {
    var bytes = Data()
    while bytes.count <= 64 << 20 {
      // Reading is resumed after a signal; this notices Ctrl-C before the input ends.
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      while poll(&input, 1, 100) <= 0 { try Interruption.check("reading standard input") }
      guard let more = try FileHandle.standardInput.read(upToCount: 1 << 16), !more.isEmpty else { break }
      bytes += more
    }
    return bytes
  }
}
