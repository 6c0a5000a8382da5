import ArgumentParser
import Experiments
import Foundation
import RunStore
import Support

/// `nightjar runs show RUN`.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: its command, settings, sources, results and files.")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"))
  var name = "latest"

  @Option(
    name: .long,
    help: ArgumentHelp("Print a Lua file that the run has kept, by a part of its path.", valueName: "file"))
  var source: String?

  @OptionGroup var options: RunsOptions

  func run() throws {
    let catalog = options.catalog
    let entry = try catalog.reading { store in
      try catalog.entry(of: catalog.find(name, in: store), in: store)
    }
    let path = catalog.path(entry.summary.folder)
    let settings = try? ResultFile.read(RunSettings.self, from: path + "/settings.json")
    let results = try? ResultFile.read(BenchResults.self, from: path + "/results.json")
    let output = StandardOutput()
    if let source { return try output.write(text(of: source, in: entry)) }
    if options.common.json {
      return try output.json(
        RunDescription(run: entry.summary, path: path, settings: settings, files: entry.files))
    }
    try output.line(lines(entry, path, settings, results).joined(separator: "\n"))
    if let results, !results.learners.isEmpty { try output.write("\n" + results.mainTable.text) }
  }

  private func lines(
    _ entry: RunEntry, _ path: String, _ settings: RunSettings?, _ results: BenchResults?
  ) -> [String] {
    let run = entry.summary
    var lines = ["\(path): \(run.state), \(ByteCount(run.bytes))"]
    func add(_ name: String, _ text: String?) {
      guard let text, !text.isEmpty else { return }
      // A run may be somebody else's: its files hold any text.
      lines.append(
        "  " + name.padding(toLength: 9, withPad: " ", startingAt: 0) + text.printableLine(limit: 4000))
    }
    add("started", run.started)
    add("command", run.command)
    add("seed", run.seed)
    if let data = run.data {
      add(
        "data",
        data + (run.clips.map { ", \("clip".counted($0))" } ?? "") + (run.dataKey.map { ", key \($0)" } ?? "")
      )
    }
    add("git", settings?.git.map { Self.text($0) })
    add("machine", settings?.machine.map { "\($0.host), \($0.processor), \("core".counted($0.cores))" })
    for setting in entry.settings { add("option", Self.text(setting)) }
    if entry.settings.isEmpty {
      for (name, value) in (settings?.options ?? [:]).sorted(by: { $0.key < $1.key }) {
        add("option", "\(name)=\(value)")
      }
    }
    for source in Set(entry.sources.map { "\($0.key.prefix(8))  \($0.path)" }).sorted(by: {
      $0.dropFirst(10) < $1.dropFirst(10)
    }) {
      add("source", source)
    }
    let stages = entry.stages.map { "\($0.name) \($0.isReused ? "reused" : Progress.duration($0.seconds))" }
    add("stages", stages.joined(separator: ", "))
    add("took", run.seconds.map(Progress.duration))
    add("stopped", run.state == "done" ? nil : run.reason.map { String(Self.firstLine($0)) })
    for (name, reason) in (results?.failures ?? [:]).sorted(by: { $0.key < $1.key }) {
      add("failed", "\(name): \(Self.firstLine(reason))")
    }
    for series in entry.series {
      guard let step = series.steps.last, let value = series.values.last else { continue }
      add(
        "scalar", "\(series.name): \("value".counted(series.values.count)), the last \(value) at step \(step)"
      )
    }
    add("files", entry.files.map(\.name).filter { !$0.contains("/") }.joined(separator: " "))
    return lines
  }

  private static func text(_ git: GitState) -> String {
    git.commit.prefix(12) + (git.branch.map { " on \($0)" } ?? "")
      + (git.changes > 0 ? ", \("file".counted(git.changes)) changed" : "")
  }

  /// `recipe.epochs=12`, with the default that it replaces.
  private static func text(_ setting: StoredSetting) -> String {
    let text = "\(setting.name)=\(setting.text)"
    if setting.isGiven, let standard = setting.defaultText, standard != setting.text {
      return "\(text) (default \(standard))"
    }
    return setting.isGiven ? "\(text) (given)" : text
  }

  /// - Throws: ``UsageError`` for a name that no file, or more than one, has.
  private func text(of name: String, in entry: RunEntry) throws -> String {
    let matches = entry.sources.filter { $0.path.contains(name) }
    guard let first = matches.first else {
      let paths = entry.sources.map(\.path)
      throw UsageError(
        "the run has kept no Lua file '\(name)'",
        hint: paths.isEmpty ? "it has kept none" : "there is \(paths.joined(separator: ", "))", at: "--source"
      )
    }
    guard Set(matches.map(\.key)).count == 1 else {
      throw UsageError(
        "'\(name)' is a part of \(matches.map(\.path).joined(separator: ", "))", hint: "use a longer part",
        at: "--source")
    }
    return first.text
  }

  private static func firstLine(_ text: String) -> Substring { text.split(separator: "\n").first ?? "" }

  /// What `--json` prints.
  private struct RunDescription: Encodable {
    let run: StoredRun
    let path: String
    let settings: RunSettings?
    let files: [StoredFile]
  }
}
