import Tensors

/// A metric that cannot be measured: it is reported so, never as 0.
public enum MetricFailure: Failure, Equatable {
  /// The network has nothing that the metric measures.
  case nothingToMeasure(metric: String, missing: String)
  case noSamples(metric: String)
  case shapes(metric: String, outputs: [Int], labels: [Int], mend: String)
  case values(metric: String, reason: String)
  /// The counts of a network are not whole.
  case notCounted(metric: String, reason: String)

  public var exitCode: ExitCode { .script }

  public var description: String {
    switch self {
    case .nothingToMeasure(let metric, let missing): "\(metric): the network has no \(missing)"
    case .noSamples(let metric):
      "\(metric): there were no samples. Mend: give at least one batch with samples"
    case .shapes(let metric, let outputs, let labels, let mend):
      "\(metric): the outputs are \(outputs), the labels \(labels). Mend: \(mend)"
    case .values(let metric, let reason): "\(metric): \(reason)"
    case .notCounted(let metric, let reason): "\(metric): \(reason)"
    }
  }
}
