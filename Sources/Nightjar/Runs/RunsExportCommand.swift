import ArgumentParser
import Experiments
import Figures
import Foundation
import RunStore
import Support

/// `nightjar runs export [RUN…]`.
struct RunsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write runs as a CSV table or JSON, for TensorBoard, or one as a capsule that others verify.",
    discussion: """
      A table has one value in each cell, and every row says which run it is of: the accuracy of each repeat and \
      session (results), what was logged over steps (scalars), or the options (settings).

        nightjar runs export --where model=m5 --out m5.csv
        nightjar runs export latest --table scalars --out losses.csv
        nightjar runs export latest --json --out run.json
        nightjar runs export latest --capsule --out m5.capsule     verified by `nightjar verify m5.capsule`
        nightjar runs export --where model=m5 --tensorboard events && tensorboard --logdir events
      """)

  /// What is written.
  enum Table: String, ExpressibleByArgument, CaseIterable {
    case results, scalars, settings
  }

  @Argument(help: ArgumentHelp("The runs (default: all that meet the conditions).", valueName: "run"))
  var runs: [String] = []

  @Option(name: .long, help: "The table: results, scalars or settings.")
  var table = Table.results

  @Option(name: .long, help: ArgumentHelp("The file (default: standard output).", valueName: "file"))
  var out: String?

  @Option(
    name: .customLong("tensorboard"),
    help: ArgumentHelp(
      "Write an event file for each run into a folder of its name: scalars, histograms, images, hyperparameters.",
      valueName: "dir"))
  var eventFolder: String?

  @Flag(
    name: .long,
    help:
      "Write one run with its Lua files, settings and results (default file: NAME.capsule), for `nightjar verify`."
  )
  var capsule = false

  @Flag(name: .customLong("json-lines"), help: "Write the table as one JSON object a line.")
  var jsonLines = false

  @OptionGroup var conditions: ConditionOptions

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var options: RunsOptions

  func validate() throws {
    try options.common.requireOneFormat(jsonLines: jsonLines)
    guard out?.isEmpty != true else { throw UsageError("expected a file, got an empty name", at: "--out") }
    guard eventFolder?.isEmpty != true else {
      throw UsageError("expected a folder, got an empty name", at: "--tensorboard")
    }
    guard [eventFolder != nil, capsule, jsonLines].count(where: \.self) <= 1 else {
      throw UsageError("--tensorboard, --capsule and --json-lines are different formats", hint: "choose one")
    }
    guard eventFolder == nil || out == nil else {
      throw UsageError("--tensorboard names a folder of its own", hint: "leave out --out")
    }
  }

  func run() throws {
    if let out { try replacing.check(out, as: "--out \(out)") }
    let catalog = options.catalog
    let entries = try catalog.reading { store in
      try selected(catalog, store).map { try catalog.entry(of: $0, in: store) }
    }
    guard !entries.isEmpty else { throw UsageError("there is no run to export") }
    if let eventFolder {
      let folders = entries.map { (name: $0.summary.name, path: catalog.path($0.summary.folder)) }
      return try writeEvents(of: folders, into: eventFolder)
    }
    if capsule {
      guard entries.count == 1 else {
        throw UsageError("a capsule has one run, not \(entries.count)", hint: "name it", at: "--capsule")
      }
      let run = entries[0].summary
      return try writeCapsule(of: catalog.path(run.folder), to: out ?? "\(run.name.fileSlug).capsule")
    }
    let isJSON = options.common.json || out?.hasSuffix(".json") == true
    let bytes =
      jsonLines
      ? try JSONLines.encode(rows(entries).objects)
      : isJSON ? try ResultFile.encode(entries.map(ExportedRun.init)) : Data(rows(entries).csv.utf8)
    guard let out else { return try StandardOutput().write(String(decoding: bytes, as: UTF8.self)) }
    try AtomicFile.write(bytes, to: out)
    options.common.console.say("saved \(out): \("run".counted(entries.count))")
  }

  private func selected(_ catalog: RunCatalog, _ store: RunStore) throws -> [StoredRun] {
    let named = try runs.map { try catalog.find($0, in: store) }
    guard runs.isEmpty || !conditions.conditions.isEmpty else { return named }
    var table = RunTable()
    table.conditions = conditions.conditions
    let rows = try table.rows(of: store, in: catalog)
    let folders = Set(rows.map(\.run.folder))
    let all = named.isEmpty ? try store.runs() : named
    return all.filter { folders.contains($0.folder) }
  }

  /// Writes an event file for each run; what is replaced is only an earlier one.
  private func writeEvents(of runs: [(name: String, path: String)], into folder: String) throws {
    let prefix = "events.out.tfevents."
    let targets = runs.map { "\(folder)/\($0.name.fileSlug)" }
    for target in targets {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []
      let earlier = names.filter { $0.hasPrefix(prefix) }
      guard earlier.isEmpty || replacing.overwrite else {
        throw UsageError(
          "it has an event file already", hint: "name another folder, or replace it with --overwrite",
          at: "--tensorboard \(target)")
      }
      for name in earlier { unlink("\(target)/\(name)") }
    }
    try AtomicFile.requireWritable(folder)
    for (run, target) in zip(runs, targets) {
      try AtomicFile.makeFolder(target)
      try RunEvents(run.path).write(to: EventFile(in: target))
    }
    if options.common.json { return try StandardOutput().json(["saved": targets]) }
    options.common.console.say("saved \(folder): \("run".counted(runs.count))")
  }

  private func writeCapsule(of run: String, to path: String) throws {
    try replacing.check(path, as: "--capsule \(path)")
    try Capsule(ofRun: run).write(to: path)
    if options.common.json { return try StandardOutput().json(["saved": path]) }
    options.common.console.say("saved \(path): run it again with `nightjar verify \(path)`")
  }

  private func rows(_ entries: [RunEntry]) -> ResultTable {
    switch table {
    case .results: RunExport.results(entries)
    case .scalars: RunExport.scalars(entries)
    case .settings: RunExport.settings(entries)
    }
  }
}
