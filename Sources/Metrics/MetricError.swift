import Support

/// A metric that cannot be measured: it is reported as such, never as 0.
public enum MetricError: NightjarError, Equatable {
  /// The network has nothing that the metric measures.
  case nothingToMeasure(metric: String, missing: String)
  case noSamples(metric: String)
  /// A benchmark that saw no batch.
  case noBatches
  /// A batch whose features have no sample.
  case emptyBatch(shape: [Int])
  case shapes(metric: String, outputs: [Int], labels: [Int], hint: String)
  case values(metric: String, reason: String, hint: String? = nil)
  /// The counts of a network are incomplete.
  case notCounted(metric: String, reason: ErrorMessage)

  public var exitCode: ExitCode { .script }

  public var message: ErrorMessage {
    switch self {
    case .nothingToMeasure(let metric, let missing): "\(metric): the network has no \(missing)"
    case .noSamples(let metric):
      ErrorMessage("\(metric): there were no samples", hint: "pass at least one batch with samples")
    case .noBatches:
      ErrorMessage("benchmark: there are no batches", hint: "an exhausted iterator has no further batches")
    case .emptyBatch(let shape): "benchmark: a batch has features of shape \(shape), expected (batch, …)"
    case .shapes(let metric, let outputs, let labels, let hint):
      ErrorMessage("\(metric): the outputs are \(outputs), the labels \(labels)", hint: hint)
    case .values(let metric, let reason, let hint): ErrorMessage("\(metric): \(reason)", hint: hint)
    case .notCounted(let metric, let reason): reason.prefixed("\(metric): ")
    }
  }
}
