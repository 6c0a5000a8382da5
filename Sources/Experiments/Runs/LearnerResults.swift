import Datasets
import FewShot
import Metrics

/// The results of one learner.
public struct LearnerResults: Codable, Sendable, Hashable {
  public var name: String
  /// Accuracy on base and new classes, (repeats, sessions 0…S), 0 to 1.
  public var all: AccuracyCurve
  /// Accuracy on new classes, (repeats, sessions 1…S), 0 to 1; nil when there was no session.
  public var new: AccuracyCurve?
  /// Language → accuracy on its words after the last session, 0 to 1, the mean over repeats.
  public var languages: [String: Double]
  /// The results of metric and test plugins, means over repeats: one number, or one per session.
  public var measures: [String: [Double]]
  /// Metrics and tests that failed with this learner, with the reason.
  public var failures: [String: String]
  /// Metrics of continual learning, each with its value in every repeat.
  public var continual: [String: [Double]] = [:]
  /// The cost per sample of each session's test, session 0 first, means over repeats; empty if it was not counted.
  public var costs: [SessionStatistics] = []

  /// The accuracies and measures of a learner.
  public init(
    name: String, all: AccuracyCurve, new: AccuracyCurve?, languages: [String: Double] = [:],
    measures: [String: [Double]] = [:], failures: [String: String] = [:]
  ) {
    self.name = name
    self.all = all
    self.new = new
    self.languages = languages
    self.measures = measures
    self.failures = failures
  }
}

extension LearnerResults {
  /// The results of a learner's repeats.
  init(_ learner: FewShotResults.Learner, words: [Word]) throws {
    let sums = learner.repeats.reduce(into: (correct: [String: Int](), total: [String: Int]())) {
      sums, result in
      guard let last = result.counts.last else { return }
      for (label, word) in words.enumerated() {
        sums.correct[word.language, default: 0] += last.correct[label]
        sums.total[word.language, default: 0] += last.total[label]
      }
    }
    let languages = sums.total.filter { $0.value > 0 }.map {
      ($0.key, Double(sums.correct[$0.key] ?? 0) / Double($0.value))
    }
    let hasSessions = !(learner.new.first ?? []).isEmpty
    let measures = learner.measures.mapValues { values in
      (0..<(values.map(\.count).min() ?? 0)).map { index in Statistics.mean(values.map { $0[index] }) }
    }
    self.init(
      name: learner.name, all: try AccuracyCurve(learner.all),
      new: hasSessions ? try AccuracyCurve(learner.new) : nil,
      languages: Dictionary(uniqueKeysWithValues: languages), measures: measures, failures: learner.failures)
    continual = Dictionary(uniqueKeysWithValues: try learner.continualMetrics().map { ($0.name, $0.values) })
    if learner.uncounted == nil { costs = SessionStatistics.means(learner.costs) }
    if let reason = learner.uncounted { failures["SynapticOperations"] = reason.description }
  }
}

extension LearnerResults {
  /// The results of several seeds as one: their repeats one after the other, and means weighted by them.
  ///
  /// A learner that failed for one of the seeds is left out, unless only the last seeds are missing.
  ///
  /// - Throws: `CurveError` for seeds with different numbers of sessions.
  static func merged(_ bySeed: [[LearnerResults]]) throws -> [LearnerResults] {
    guard bySeed.count > 1 else { return bySeed.first ?? [] }
    return try bySeed[0].compactMap { first in
      let parts = bySeed.map { seed in seed.first { $0.name == first.name } }
      let present = parts.prefix { $0 != nil }.compactMap { $0 }
      guard present.count == parts.compactMap({ $0 }).count else { return nil }
      return try LearnerResults(merging: present)
    }
  }

  private init(merging parts: [LearnerResults]) throws {
    let weights = parts.map { Double($0.all.repeats) }
    func mean(_ values: [Double]) -> Double {
      zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }
    /// The mean of what all parts have.
    func means(_ values: [[String: [Double]]]) -> [String: [Double]] {
      values[0].filter { name, first in values.allSatisfy { $0[name]?.count == first.count } }
        .reduce(into: [:]) { result, field in
          result[field.key] = field.value.indices.map { index in
            mean(values.map { $0[field.key]?[index] ?? .nan })
          }
        }
    }
    let new = parts.compactMap(\.new)
    self.init(
      name: parts[0].name, all: try AccuracyCurve(parts.flatMap(\.all.values)),
      new: new.count == parts.count ? try AccuracyCurve(new.flatMap(\.values)) : nil,
      languages: means(parts.map { $0.languages.mapValues { [$0] } }).compactMapValues(\.first),
      measures: means(parts.map(\.measures)),
      failures: parts.reduce(into: [:]) { $0.merge($1.failures) { first, _ in first } })
    for name in parts[0].continual.keys where parts.allSatisfy({ $0.continual[name] != nil }) {
      continual[name] = parts.flatMap { $0.continual[name] ?? [] }
    }
    guard parts.allSatisfy({ $0.costs.count == parts[0].costs.count }) else { return }
    costs = parts[0].costs.indices.map { session in
      let all = parts.map { $0.costs[session] }
      let sparsities = all.compactMap(\.activationSparsity)
      return SessionStatistics(
        synapticOperations: .init(
          effectiveMACs: mean(all.map(\.synapticOperations.effectiveMACs)),
          effectiveACs: mean(all.map(\.synapticOperations.effectiveACs)),
          dense: mean(all.map(\.synapticOperations.dense))),
        activationSparsity: sparsities.count == all.count ? mean(sparsities) : nil)
    }
  }
}

/// The file contains the accuracies and a summary of them; only the accuracies are decoded.
extension LearnerResults {
  enum CodingKeys: String, CodingKey {
    case name, all, new, languages, measures, failures, continual, costs, summary
  }

  /// Mean and percentiles of one curve, for each session, 0 to 1.
  struct CurveSummary: Codable {
    var mean: [Double]
    var percentile5: [Double]
    var percentile95: [Double]
    var meanOverSessions: Double

    init(_ curve: AccuracyCurve) {
      mean = curve.mean
      percentile5 = curve.percentile(5)
      percentile95 = curve.percentile(95)
      meanOverSessions = curve.meanOverSessions
    }
  }

  /// Decodes everything but the summary.
  ///
  /// - Throws: `DecodingError` for missing or malformed fields.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      name: container.decode(String.self, forKey: .name),
      all: container.decode(AccuracyCurve.self, forKey: .all),
      new: container.decodeIfPresent(AccuracyCurve.self, forKey: .new),
      languages: container.decodeIfPresent([String: Double].self, forKey: .languages) ?? [:],
      measures: container.decodeIfPresent([String: [Double]].self, forKey: .measures) ?? [:],
      failures: container.decodeIfPresent([String: String].self, forKey: .failures) ?? [:])
    continual = try container.decodeIfPresent([String: [Double]].self, forKey: .continual) ?? [:]
    costs = try container.decodeIfPresent([SessionStatistics].self, forKey: .costs) ?? []
  }

  /// Encodes the results with their summary.
  ///
  /// - Throws: `EncodingError` for values that cannot be encoded.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(all, forKey: .all)
    try container.encodeIfPresent(new, forKey: .new)
    try container.encode(languages, forKey: .languages)
    if !measures.isEmpty { try container.encode(measures, forKey: .measures) }
    if !failures.isEmpty { try container.encode(failures, forKey: .failures) }
    if !continual.isEmpty { try container.encode(continual, forKey: .continual) }
    if !costs.isEmpty { try container.encode(costs, forKey: .costs) }
    var summary = ["all": CurveSummary(all)]
    if let new { summary["new"] = CurveSummary(new) }
    try container.encode(summary, forKey: .summary)
  }
}
