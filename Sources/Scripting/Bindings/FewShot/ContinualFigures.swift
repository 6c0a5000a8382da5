import Metrics

extension FewShotResults.Learner {
  /// Figures of continual learning, each with its value in every repeat.
  public func continualMetrics() throws -> [(name: String, values: [Double])] {
    let curve = try AccuracyCurve(all)
    let matrices = try repeats.map { try SessionAccuracies($0.matrix) }
    var figures = [
      ("average_incremental", curve.averageIncremental), ("area_under_curve", curve.areaUnderCurve),
    ]
    if curve.sessions > 1 {
      figures += [
        ("forgetting", matrices.map(\.forgetting)), ("backward_transfer", matrices.map(\.backwardTransfer)),
        // After the last session.
        ("harmonic_mean", matrices.compactMap(\.harmonicMeans.last)),
      ]
    }
    return figures.map { (name: $0.0, values: $0.1) }
  }
}
