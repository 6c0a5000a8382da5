import ArgumentParser
import Experiments
import Figures
import RunStore
import Support

/// `nightjar runs compare RUN RUN…`.
struct RunsCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runs: the settings that differ, a diff of the Lua files, accuracies and metrics.",
    discussion: """
      Differences of accuracies and metrics are paired over repeats where both runs drew the same sessions and \
      samples: their interval is the paired bootstrap's.
      """)

  @Argument(help: ArgumentHelp("The runs; the others are compared with the first.", valueName: "run"))
  var runs: [String]

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Save the figure too: a name that ends in .png, .svg, .pdf or .txt.", valueName: "file"))
  var figure: String?

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var options: RunsOptions

  func run() throws {
    if let figure { try replacing.check(figure, as: "--figure \(figure)") }
    let catalog = options.catalog
    let entries = try catalog.reading { store in
      let found = try runs.map { try catalog.find($0, in: store) }
      for (index, run) in found.enumerated()
      where found[..<index].contains(where: { $0.folder == run.folder }) {
        throw UsageError("the run \(run.name) is named twice", at: runs[index])
      }
      return try found.map { try catalog.entry(of: $0, in: store) }
    }
    let comparison = try RunComparison(entries)
    let output = StandardOutput()
    if options.common.json {
      try output.json(
        Described(
          runs: entries.map(\.summary.name), settings: comparison.settings?.objects ?? [],
          accuracies: comparison.accuracies?.objects ?? [], metrics: comparison.metrics?.objects ?? [],
          sources: comparison.sources))
    } else {
      let sources = comparison.sources
      let texts = [
        comparison.legend.text, comparison.settings?.text ?? "All settings are equal.\n",
        sources.isEmpty ? "The Lua files are equal.\n" : sources, comparison.accuracies?.text,
        comparison.metrics?.text,
      ]
      try output.write(texts.compactMap { $0 }.joined(separator: "\n"))
      if comparison.accuracies != nil { try output.write("\n" + comparison.figure().text(width: 100)) }
    }
    if let figure {
      try comparison.figure().save(to: figure)
      options.common.console.say("saved \(figure)")
    }
  }

  /// What `--json` prints.
  private struct Described: Encodable {
    let runs: [String]
    let settings: [[String: SettingValue]]
    let accuracies: [[String: SettingValue]]
    let metrics: [[String: SettingValue]]
    let sources: String
  }
}
