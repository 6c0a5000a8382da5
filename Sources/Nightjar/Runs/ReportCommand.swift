import ArgumentParser
import Experiments
import Foundation
import Support

/// `nightjar report RUN…`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write runs as one HTML page: curves, tables, metrics, settings, Lua files.",
    discussion: "The page needs no network and no other file; charts have their values on hover.")

  @Argument(help: ArgumentHelp("The runs (default: the latest).", valueName: "run"))
  var runs: [String] = ["latest"]

  @Option(name: .long, help: ArgumentHelp("The file.", valueName: "file.html"))
  var out = "report.html"

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var options: RunsOptions

  func validate() throws {
    guard !out.isEmpty else { throw UsageError("expected a file, got an empty name", at: "--out") }
  }

  func run() throws {
    try replacing.check(out, as: "--out \(out)")
    let catalog = options.catalog
    let found = try catalog.reading { store in
      try runs.map { name in
        let run = try catalog.find(name, in: store)
        return ReportedRun(try catalog.entry(of: run, in: store), folder: catalog.path(run.folder))
      }
    }
    let page = try Report(found).page
    try AtomicFile.write(page, to: out)
    if options.common.json { return try StandardOutput().json(["saved": out]) }
    try StandardOutput().line("saved \(out): \("run".counted(found.count)), \(ByteCount(page.utf8.count))")
  }
}
