import Experiments
import Figures
import Foundation
import Support

/// What a bench prints at its end.
extension BenchCommand {
  func print(_ results: BenchResults, in folder: String, on output: StandardOutput) throws {
    if let table = results.metricTable { return try print(table, in: folder, on: output) }
    try print(results, on: output)
    let curves = figures.names.map { "curve.\($0)" }
    let files = (curves + ["results.json", "weights.safetensors", "sessions.csv"]).filter {
      FileManager.default.fileExists(atPath: folder + "/" + $0)
    }
    try output.line("saved in \(folder): \(files.joined(separator: ", "))")
  }

  /// Prints the figure, the tables, and how long the stages took.
  func print(_ results: BenchResults, on output: StandardOutput) throws {
    if let table = results.metricTable { return try output.line(table.text) }
    var figure = try results.sessionFigure(title: results.task)
    let tables = [
      results.mainTable, results.spreadTable, results.languageTable, results.continualTable,
      results.comparisonTable,
      results.measureTable,
    ]
    // All of them are of the one run that the caption describes; it stands once, below them.
    figure.caption = ""
    try output.line(figure.text(width: 100))
    for case var table? in tables {
      table.caption = ""
      try output.line(table.text)
    }
    try output.line(results.caption + "\n")
    for line in Self.lines(of: results.base) { try output.line(line) }
    if let hint = results.trainingHint { try output.line(hint) }
    try output.line(
      StageTiming.summed(results.timings).map {
        "\($0.stage): \($0.isReused ? "reused" : Progress.duration($0.seconds))"
      }.joined(separator: "  "))
  }

  /// The metrics of a task that is not few-shot learning, and the files of its run.
  private func print(_ table: ResultTable, in folder: String, on output: StandardOutput) throws {
    try output.line(table.text)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
    try output.line("saved in \(folder): \(files.sorted().joined(separator: ", "))")
  }

  /// NeuroBench's metrics of the trained network.
  private static func lines(of base: NetworkStatistics) -> [String] {
    var lines = ["base \(percent(base[.classificationAccuracy])) (trained readout)"]
    if let accuracy = base.accuracy {
      let validation = accuracy.validation.map { ", validation clips \(percent($0))" } ?? ""
      let others = "training clips \(percent(accuracy.training))\(validation)"
      lines[0] = "base \(percent(accuracy.test)) (trained readout; \(others))"
    }
    if let count = base[.parameterCount], let bytes = base[.footprint] {
      lines[0] += "; \("parameter".counted(Int(count))), footprint \(Int(bytes)) bytes"
    }
    var workload: [String] = []
    if let operations = base.synapticOperations {
      let macs = operations.effectiveMACs
      let acs = operations.effectiveACs
      let text = { (count: Double) in String(format: "%.4g", count) }
      workload.append(
        "\(text(macs)) effective MACs and \(text(acs)) ACs of \(text(operations.dense)) dense per sample")
    }
    if let sparsity = base[.activationSparsity] {
      workload.append("activation sparsity \(String(format: "%.3f", sparsity))")
    }
    if let updates = base[.membraneUpdates] {
      workload.append("\(String(format: "%.4g", updates)) membrane updates")
    }
    if !workload.isEmpty { lines.append(workload.joined(separator: "; ")) }
    for (name, value) in base.other.sorted(by: { $0.key < $1.key }) {
      lines.append("\(name)  \(String(format: "%.4g", value))")
    }
    return lines
  }

  private static func percent(_ fraction: Double?) -> String {
    fraction.map { String(format: "%.2f %%", $0 * 100) } ?? "not measured"
  }
}
