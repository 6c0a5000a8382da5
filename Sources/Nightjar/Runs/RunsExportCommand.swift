import ArgumentParser
import Experiments
import Foundation
import RunStore
import Support

/// `nightjar runs export [RUN…]`.
struct RunsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write runs as one CSV table, or as JSON, for pandas, R or a spreadsheet.",
    discussion: """
      A table has one value in each cell, and every row says which run it is of: the accuracy of each repeat and \
      session (results), what was logged over steps (scalars), or the options (settings).

        nightjar runs export --where model=m5 --out m5.csv
        nightjar runs export latest --table scalars --out losses.csv
        nightjar runs export latest --json --out run.json
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

  @OptionGroup var conditions: ConditionOptions

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var options: RunsOptions

  func validate() throws {
    guard out?.isEmpty != true else { throw UsageError("expected a file, got an empty name", at: "--out") }
  }

  func run() throws {
    if let out { try replacing.check(out, as: "--out \(out)") }
    let catalog = options.catalog
    let entries = try catalog.reading { store in
      try selected(catalog, store).map { try catalog.entry(of: $0, in: store) }
    }
    guard !entries.isEmpty else { throw UsageError("there is no run to export") }
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

  private func csv(_ entries: [RunEntry]) -> String {
    switch table {
    case .results: RunExport.results(entries).csv
    case .scalars: RunExport.scalars(entries).csv
    case .settings: RunExport.settings(entries).csv
    }
  }
}
