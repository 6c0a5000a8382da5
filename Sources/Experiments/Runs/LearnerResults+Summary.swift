import Metrics

/// Raw accuracies and what is read off them stand together in the file; only the raw ones are read back.
extension LearnerResults {
  enum CodingKeys: String, CodingKey {
    case name, all, new, languages, measures, failures, continual, costs, summary
  }

  /// Mean and percentiles of one curve, 0 to 1 per session.
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
