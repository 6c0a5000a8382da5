import Foundation
import Testing

/// The tables that reports draw: confused words, and embeddings in two dimensions.
@Suite struct PictureTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    let end = try sandbox.bench(["--out", "r"])
    try #require(end.status == 0, "\(end.errors)")
  }

  /// Cells from the end of each line: the first one, the data set, has a comma.
  private func rows(_ name: String) -> [[String: String]] {
    let lines = sandbox.read("r/\(name).csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(zip(lines[0].reversed(), $0.reversed())) { first, _ in first } }
  }

  private func number(_ row: [String: String], _ column: String) throws -> Double {
    try #require(Double(row[column] ?? ""))
  }

  @Test func confusionsAgreeWithTheLastSessionsAccuracy() throws {
    for learner in ["prototypical", "frozen"] {
      let cells = rows("confusion").filter { $0["learner"] == learner }
      let total = try cells.map { try number($0, "count") }.reduce(0, +)
      let correct = try cells.filter { $0["word"] == $0["predicted"] }.map { try number($0, "count") }.reduce(
        0, +)
      let accuracies = rows("accuracies").filter { $0["learner"] == learner && $0["session"] == "2" }
      #expect(accuracies.count == 2)
      let mean = try accuracies.map { try number($0, "accuracy") }.reduce(0, +) / 2
      #expect(total > 0 && abs(correct / total - mean) < 1e-9, "\(learner)")
    }
  }

  /// Principal components of the class means: centred, not correlated, and the first has the larger variance.
  @Test func theMapHasPrincipalComponents() throws {
    let samples = rows("embedding")
    let byWord = Dictionary(grouping: samples) { $0["word"] ?? "" }
    #expect(byWord.count == 8 && byWord.values.allSatisfy { (1...8).contains($0.count) })
    #expect(
      Set(samples.filter { $0["words"] == "base" }.compactMap { $0["word"] }) == Set(TinySpeech.base.map(\.0))
    )
    let means = try byWord.values.map { samples -> (x: Double, y: Double) in
      let count = Double(samples.count)
      return (
        try samples.map { try number($0, "x") }.reduce(0, +) / count,
        try samples.map { try number($0, "y") }.reduce(0, +) / count
      )
    }
    func sum(_ value: ((x: Double, y: Double)) -> Double) -> Double { means.map(value).reduce(0, +) }
    let scale = sum { $0.x * $0.x }
    #expect(scale > 0 && scale >= sum { $0.y * $0.y })
    #expect(abs(sum { $0.x }) < 1e-6 * scale.squareRoot() && abs(sum { $0.y }) < 1e-6 * scale.squareRoot())
    #expect(abs(sum { $0.x * $0.y }) < 1e-3 * scale)
  }

  @Test func reportsDrawThem() throws {
    #expect(try sandbox.run("report", "r").status == 0)
    let page = sandbox.read("report.html")
    #expect(
      page.contains("Confusion matrix of 8 words, prototypical") && page.contains("Most frequent confusions"))
    #expect(
      page.contains("of 8 words in two dimensions")
        && page.contains("<title>two words (fa), new words</title>"))
  }
}
