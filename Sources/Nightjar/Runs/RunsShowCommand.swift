import ArgumentParser
import Experiments
import Foundation
import Support

/// `nightjar runs show RUN`.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: its command, options, results and files.")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"))
  var name = "latest"

  @OptionGroup var options: RunsOptions

  func run() throws {
    let summary = try options.list.find(name)
    let settings = try? ResultFile.read(RunSettings.self, from: summary.path + "/settings.json")
    let results = try? ResultFile.read(BenchResults.self, from: summary.path + "/results.json")
    let output = StandardOutput()
    if options.common.json { return try output.json(Shown(run: summary, settings: settings)) }
    var lines = ["\(summary.path): \(summary.state), \(ByteCount(summary.bytes))"]
    if !summary.started.isEmpty { lines.append("  started  \(summary.started)") }
    if !summary.command.isEmpty { lines.append("  command  \(summary.command)") }
    if let settings {
      lines.append("  seed     \(settings.seed)")
      lines += settings.options.sorted { $0.key < $1.key }.map { "  option   \($0.key)=\($0.value)" }
    }
    if let reason = results?.incomplete { lines.append("  stopped  \(Self.firstLine(reason))") }
    lines += (results?.failures ?? [:]).sorted { $0.key < $1.key }.map {
      "  failed   \($0.key): \(Self.firstLine($0.value))"
    }
    lines.append("  files    \(summary.files.joined(separator: " "))")
    try output.line(lines.joined(separator: "\n"))
    if let results, !results.learners.isEmpty { try output.write("\n" + results.mainTable.text) }
  }

  private static func firstLine(_ text: String) -> Substring {
    text.split(separator: "\n").first ?? ""
  }

  /// What `--json` prints.
  private struct Shown: Encodable {
    let run: RunSummary
    let settings: RunSettings?
  }
}
