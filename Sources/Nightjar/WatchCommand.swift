import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Support

/// `nightjar watch FILE.lua`, `nightjar watch bench …`.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Run a script or a bench again whenever a file that it read is saved.",
    discussion: """
      Scripts, plugins and modules are loaded again; only what an edit changes is computed again: of a learner's or \
      metric's edit the sessions, of an encoder's features and what follows. A bench displays the new curve beside the \
      old one. An error is displayed below the last result. A file that is saved during a run starts it again. The \
      results of the last run are in one folder.

        nightjar watch study.lua --set epochs=3
        nightjar watch bench --learner ./plugins/learners/mine.lua --repeats 20
        nightjar plugins test --watch      tests, again after every save

      Ctrl-C ends.
      """)

  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("A script or `bench`, with its options.", valueName: "command"))
  var words: [String] = []

  func run() throws {
    if words.isEmpty || ["--help", "-h"].contains(words[0]) {
      throw CleanExit.helpRequest(Self.self)
    }
    let example = "nightjar watch study.lua, or nightjar watch bench …"
    switch try parsed() {
    case let command as BenchCommand:
      guard !command.resume, !command.options.common.json else {
        throw UsageError(
          "--\(command.resume ? "resume" : "json") has no place in a watch", hint: "leave it out")
      }
      guard command.sharing.processes ?? 1 == 1 else {
        throw UsageError(
          "a bench that is watched runs all repeats in one process", hint: "leave it out", at: "--processes")
      }
      try run(command)
    case let command as RunCommand:
      guard !command.resume else {
        throw UsageError("--resume has no place in a watch", hint: "leave it out")
      }
      guard let file = command.file, file != "-" else {
        throw UsageError("there is no file to watch", hint: example)
      }
      try run(command, file)
    case is PluginsTestCommand:
      throw UsageError("tests are watched by an option", hint: "nightjar plugins test --watch")
    // The parser makes a command of a request for help.
    case var command where !Set(words).isDisjoint(with: ["--help", "-h"]):
      try command.run()
    default:
      throw UsageError(
        "only scripts and benches are watched", hint: example, at: words.joined(separator: " "))
    }
  }

  /// The command that is watched.
  ///
  /// - Throws: ``UsageError``; a request for its help.
  private func parsed() throws -> any ParsableCommand {
    try SubcommandResolver(words).check()
    return try NightjarCommand.parsed(ProfileArgument.completing(words))
  }

  private func run(_ command: RunCommand, _ file: String) throws {
    try WatchLoop(command.hostOptions()).run(watching: [file]) { run in
      try run.announce()
      try command.run(on: run.host)
    }
  }

  private func run(_ command: BenchCommand) throws {
    let output = StandardOutput()
    var options = try command.options.hostOptions(name: command.task, out: command.output.folder())
    command.configure(&options)
    var request = command.request
    // Those of the last run without an error stay.
    request.savesPartialResults = false
    var last: BenchResults?
    try WatchLoop(options, output: output).run(watching: []) { run in
      let host = run.host
      host.context.followsNeuroBench = command.strictNeuroBench
      var bench = Bench(request, state: host.state, library: host.library, context: host.context)
      bench.onLoaded = run.noteLoaded
      if let last {
        bench.onPreview = { results in
          try run.announce()
          for text in try BenchComparison(last, results).text() { try output.line(text) }
          run.noteDisplayed()
        }
      }
      bench.onResults = { results in
        try run.announce()
        if let last {
          for text in try BenchComparison(last, results).text() { try output.line(text) }
        } else {
          try command.print(results, on: output)
        }
        run.noteDisplayed()
      }
      last = try host.recording { try bench.run(in: host.run) }
    }
  }
}
