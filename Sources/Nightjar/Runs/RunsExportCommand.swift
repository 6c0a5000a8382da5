import ArgumentParser
import Experiments
import Foundation
import RunStore
import Support

/// `nightjar runs export [RUN…]`.
struct RunsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write runs as one CSV table or as JSON, for pandas, R or a spreadsheet, or for TensorBoard.",
    discussion: """
      A table has one value in each cell, and every row says which run it is of: the accuracy of each repeat and \
      session (results), what was logged over steps (scalars), or the options (settings).

        nightjar runs export --where model=m5 --out m5.csv
        nightjar runs export latest --table scalars --out losses.csv
        nightjar runs export latest --json --out run.json
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

  @OptionGroup var conditions: ConditionOptions

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var options: RunsOptions

  func validate() throws {
    guard out?.isEmpty != true else { throw UsageError("expected a file, got an empty name", at: "--out") }
    guard eventFolder?.isEmpty != true else {
      throw UsageError("expected a folder, got an empty name", at: "--tensorboard")
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
    let isJSON = options.common.json || out?.hasSuffix(".json") == true
    let bytes = isJSON ? try ResultFile.encode(entries.map(ExportedRun.init)) : Data(csv(entries).utf8)
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

  private func csv(_ entries: [RunEntry]) -> String {
    switch table {
    case .results: RunExport.results(entries).csv
    case .scalars: RunExport.scalars(entries).csv
    case .settings: RunExport.settings(entries).csv
    }
  }
}
