import ArgumentParser
import Experiments
import Foundation
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

  @OptionGroup var output: OutputOptions

  @OptionGroup var figures: FigureOptions

  @OptionGroup var data: DataOptions

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (file == nil) != (code == nil) else {
      throw UsageError(
        file == nil ? "there is no script" : "there are a script and -e",
        hint: "name a file, - for standard input, or give a line with -e")
    }
  }

  private var name: String {
    guard let file else { return "line" }
    return file == "-" ? "stdin" : (file as NSString).lastPathComponent.replacing(/\.lua$/, with: "")
  }

  func run() throws {
    var hostOptions = try options.hostOptions(name: name, out: output.folder())
    hostOptions.figures = figures.names
    let host = try ScriptHost(hostOptions)
    host.context.select(data: data.data, size: data.size ?? .quick)
    try host.recording {
      if let code {
        try Prompt(host).run(line: code)
      } else if file == "-" {
        try host.run(text: Self.standardInput(), named: "stdin")
      } else if let file {
        try host.run(file: file)
      }
    }
    for warning in host.run.unusedSettings { host.console.warn(warning.description) }
    if let folder = host.run.folderIfAny { host.console.say("saved in \(folder.path)") }
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
        try host.run(file: repetition.sources.located(file == "-" ? "./stdin" : file))
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
