import Experiments
import Figures
import Foundation
import RunStore
import Testing

@Suite struct UnifiedDiffTests {
  private func diff(_ old: String, _ new: String) -> String {
    UnifiedDiff(old, new, oldName: "a", newName: "b").text
  }

  @Test func ofEqualTextsIsEmpty() { #expect(diff("x\ny\n", "x\ny\n").isEmpty) }

  @Test func showsThreeLinesAround() {
    let old = (1...9).map { "line \($0)\n" }.joined()
    #expect(
      diff(old, old.replacing("line 5", with: "other")) == """
        --- a
        +++ b
        @@ -2,7 +2,7 @@
         line 2
         line 3
         line 4
        -line 5
        +other
         line 6
         line 7
         line 8

        """)
  }

  @Test func separatesChangesThatAreFarApart() {
    let old = (1...20).map { "\($0)\n" }.joined()
    let new = old.replacing("2\n3\n", with: "3\n").replacing("19\n", with: "19\nx\n")
    let headings = diff(old, new).split(separator: "\n").filter { $0.hasPrefix("@@") }
    #expect(headings.count == 2)
  }

  /// GNU diff and patch agree with it where they are installed.
  @Test func ofAnEmptyTextIsAllLines() {
    #expect(diff("", "x\ny\n") == "--- a\n+++ b\n@@ -0,0 +1,2 @@\n+x\n+y\n")
    #expect(diff("x\n", "") == "--- a\n+++ b\n@@ -1,1 +0,0 @@\n-x\n")
  }
}

@Suite struct RunComparisonTests {
  private func entry(_ name: String, seed: String = "1", shift: Double = 0, text: String = "return 1\n")
    -> RunEntry
  {
    var run = StoredRun(name: name, folder: name)
    run.seed = seed
    run.dataKey = "k"
    var entry = RunEntry(summary: run)
    let all = [[0.5 + shift, 0.4], [0.6 + shift, 0.5], [0.7 + shift, 0.3 + shift]]
    entry.learners = [
      StoredLearner(
        name: "cosine", accuracy: all.joined().reduce(0, +) / 6, newAccuracy: nil, all: all, new: [])
    ]
    entry.sources = [StoredSource(path: "shipped/learners/cosine.lua", key: text, text: text)]
    return entry
  }

  @Test func pairsRunsThatDrewTheSameSessions() throws {
    let table = try #require(try RunComparison([entry("a"), entry("b", shift: 0.1)]).accuracies)
    #expect(table.csv.contains(",,+6.67,+5.00 … +10.00"))
    #expect(table.csv.contains("\"3 repeats, paired\""))
  }

  @Test func doesNotPairOthers() throws {
    let table = try #require(try RunComparison([entry("a"), entry("b", seed: "2")]).accuracies)
    #expect(table.csv.contains("other sessions or samples: not paired"))
  }

  /// A run of a task that compares no learners.
  private func measured(_ name: String, _ metrics: [(String, [Double])], seed: String = "1") -> RunEntry {
    var run = StoredRun(name: name, folder: name)
    run.seed = seed
    var entry = RunEntry(summary: run)
    entry.metrics = metrics.map { StoredMetric(name: $0.0, values: $0.1) }
    return entry
  }

  @Test func comparesMetricsOfTasksThatOnlyMeasure() throws {
    let comparison = try RunComparison([
      measured("a", [("sMAPE", [12, 14, 13])]),
      measured("b", [("Footprint", [1000]), ("sMAPE", [12, 12, 12])]),
      measured("c", [("sMAPE", [20])], seed: "2"),
    ])
    #expect(comparison.accuracies == nil)
    let lines = try #require(comparison.metrics?.csv).split(separator: "\n")
    #expect(
      lines[...2] == [
        "metric,run,mean,difference,95 % interval,p,over", "Footprint,B,1000,,,,", "sMAPE,A,13,,,,",
      ])
    #expect(lines[3].hasPrefix("sMAPE,B,12,−1,−2 … +0,") && lines[3].hasSuffix(",\"3 repeats, paired\""))
    #expect(lines[4] == "sMAPE,C,20,+7,,,one repeat")
    let panels = try comparison.figure().panels
    #expect(panels.map(\.title) == ["Footprint", "sMAPE"])
    #expect(
      panels[1].content
        == .bars(Figure.Bars(labels: ["A", "B", "C"], names: ["sMAPE"], values: [[13, 12, 20]])))
  }

  @Test func showsSettingsAndSourcesThatDiffer() throws {
    let same = try RunComparison([entry("a"), entry("b")])
    #expect(same.settings == nil && same.sources.isEmpty)
    let other = try RunComparison([entry("a"), entry("b", seed: "2", text: "return 2\n")])
    #expect(other.settings?.csv == "setting,A,B\nseed,1,2\n")
    #expect(other.sources.contains("-return 1\n+return 2\n"))
    #expect(try other.figure().names == ["A cosine", "B cosine"])
  }

  @Test func needsTwoRuns() throws {
    #expect(throws: RunComparisonError.self) { try RunComparison([entry("a")]) }
  }
}
