import Figures
import Foundation
import Metrics

/// The results of a bench beside those of the run before, for the display of `watch`.
public struct BenchComparison {
  private let before: BenchResults
  private let now: BenchResults

  /// What has changed from one run to the next.
  public init(_ before: BenchResults, _ now: BenchResults) {
    self.before = before
    self.now = now
  }

  /// The learners with other accuracies than before, each with what it had in the same repeats; nil for a new one.
  private var changed: [(now: LearnerResults, before: LearnerResults?)] {
    now.learners.compactMap { learner in
      guard var old = before.learners.first(where: { $0.name == learner.name }) else { return (learner, nil) }
      let all = learner.all.repeats(of: old.all)
      let new = learner.new?.repeats(of: old.new)
      old.all = all ?? old.all
      old.new = new
      return old.all == learner.all && old.new == learner.new ? nil : (learner, old)
    }
  }

  /// Whether every accuracy and every measure is as before.
  public var isUnchanged: Bool { changed.isEmpty && measureTable == nil }

  /// Figure and tables: the new curves beside the old ones, differences in points, and measures that have changed.
  ///
  /// - Throws: `FigureError`.
  public func text(width: Int = 100) throws -> [String] {
    if isUnchanged { return ["every accuracy and every measure is as before"] }
    var parts: [String] = []
    if !changed.isEmpty {
      parts.append(try figure.text(width: width))
      parts.append(accuracyTable.text)
    }
    if let measureTable { parts.append(measureTable.text) }
    return parts
  }

  /// The curves of all learners; those that have changed with what they were.
  private var figure: Figure {
    get throws(FigureError) {
      let curves = now.learners.flatMap { learner -> [SessionCurve] in
        let own = SessionCurve(learner: learner.name, all: learner.all, new: learner.new)
        guard let old = changed.first(where: { $0.now.name == learner.name })?.before else { return [own] }
        return [own, SessionCurve(learner: "\(learner.name), before", all: old.all, new: old.new)]
      }
      return try Figure.sessionCurves(curves, title: now.task, caption: caption)
    }
  }

  /// The mean over sessions (%) before and now, with the difference paired over repeats.
  private var accuracyTable: ResultTable {
    let rows = changed.flatMap { learner, old -> [[ResultTable.Cell]] in
      let curves = [
        ("all words", learner.all, old?.all), ("new words", learner.new, old?.new),
      ]
      return curves.compactMap { name, curve, old in
        curve.map { Self.row("\(learner.name), \(name)", $0, old) }
      }
    }
    let names = ["before", "now", "points", "95 % interval"]
    return ResultTable(
      title: "Accuracy (%), mean over sessions",
      columns: [.init("learner")] + names.map { .init($0, isRight: true) }, rows: rows, caption: caption)
  }

  private static func row(_ name: String, _ now: AccuracyCurve, _ old: AccuracyCurve?) -> [ResultTable.Cell] {
    let number = { (fraction: Double) in ResultTable.Cell.text(Self.percent(fraction, "%.2f")) }
    guard let old else {
      return [.text(name), .empty, number(Statistics.mean(now.averageIncremental)), .empty, .empty]
    }
    let before = Statistics.mean(old.averageIncremental)
    let after = Statistics.mean(now.averageIncremental)
    let difference = try? PairedDifference(now.averageIncremental, old.averageIncremental)
    let interval = difference?.uncertainty.map {
      "\(Self.percent($0.low, "%+.2f")) … \(Self.percent($0.high, "%+.2f"))"
    }
    return [
      .text(name), number(before), number(after), .text(Self.percent(after - before, "%+.2f")),
      interval.map { .text($0) } ?? .empty,
    ]
  }

  private static func percent(_ fraction: Double, _ format: String) -> String {
    String(format: format, fraction * 100)
  }

  /// The measures that have changed, before and now; nil where none has.
  private var measureTable: ResultTable? {
    var rows: [[ResultTable.Cell]] = []
    for learner in now.learners {
      let old = before.learners.first { $0.name == learner.name }
      for name in Set(learner.measures.keys).union(old?.measures.keys ?? [:].keys).sorted() {
        let values = learner.measures[name]
        let earlier = old?.measures[name]
        guard values != earlier else { continue }
        rows.append([.text(learner.name), .text(name), Self.cell(earlier), Self.cell(values)])
      }
    }
    for name in Set(now.base.other.keys).union(before.base.other.keys).sorted() {
      let old = before.base.other[name].map { [$0] }
      let value = now.base.other[name].map { [$0] }
      guard value != old else { continue }
      rows.append([.text("network"), .text(name), Self.cell(old), Self.cell(value)])
    }
    guard !rows.isEmpty else { return nil }
    return ResultTable(
      title: "Metrics and tests, means over repeats (first → last session)",
      columns: [
        .init("learner"), .init("measure"), .init("before", isRight: true), .init("now", isRight: true),
      ], rows: rows, caption: caption)
  }

  /// The caption of the results; of a preview `synthetic speech, quick, m5, 6 repeats of 20 so far`.
  private var caption: String {
    now.repeats < before.repeats ? "\(now.caption) of \(before.repeats) so far" : now.caption
  }

  private static func cell(_ values: [Double]?) -> ResultTable.Cell {
    guard let values, let first = values.first, let last = values.last else { return .empty }
    let text = { (value: Double) in String(format: "%.4g", value) }
    return .text(values.count == 1 ? text(first) : "\(text(first)) → \(text(last))")
  }
}

extension AccuracyCurve {
  /// The repeats of another curve that this one has as well; nil where they have none in common.
  fileprivate func repeats(of other: AccuracyCurve?) -> AccuracyCurve? {
    other.flatMap { try? AccuracyCurve(Array($0.values.prefix(repeats))) }
  }
}
