import Tensors

/// The figures of counts that were gathered over samples.
public struct WorkloadMetrics: Sendable {
  private let sum: SampleCounts
  private let samples: Int
  private let rules: ModelObserver.Rules

  /// - Parameters:
  ///   - sum: of all samples.
  public init(_ sum: SampleCounts, samples: Int, rules: ModelObserver.Rules = .perSample) {
    self.sum = sum
    self.samples = samples
    self.rules = rules
  }

  /// Operations of a sample, under NeuroBench's names.
  public var synapticOperations: MetricValue {
    .parts([
      .init("Effective_MACs", mean(sum.macs)), .init("Effective_ACs", mean(sum.acs)),
      .init("Dense", mean(sum.dense)),
    ])
  }

  /// Zeros among all activations, 0 to 1.
  ///
  /// - Throws: ``MetricError/nothingToMeasure(metric:missing:)`` without activations; 0 by NeuroBench's rules.
  public func activationSparsity() throws -> Double {
    guard sum.activations > 0 else {
      return try nothing("ActivationSparsity", "ReLU, Sigmoid or spiking neurons")
    }
    return Double(sum.zeros) / Double(sum.activations)
  }

  /// Membranes that changed, of a sample; at the first step all of them.
  public func membraneUpdates() throws -> Double {
    guard sum.membranes > 0 else { return try nothing("MembraneUpdates", "spiking neurons") }
    return mean(sum.membraneUpdates)
  }

  /// Operations of neurons, of a sample, under NeuroBench's names.
  public func neuronOperations() throws -> MetricValue {
    if sum.membranes == 0 { _ = try nothing("NeuronOperations", "spiking neurons") }
    return .parts([
      .init("Effective Neuron Ops", mean(sum.neuronOperations)),
      .init("Neuron Dense Ops", mean(sum.denseNeuronOperations)),
    ])
  }

  private func mean(_ count: Int) -> Double { Double(count) / Double(max(1, samples)) }

  private func nothing(_ metric: String, _ missing: String) throws -> Double {
    guard rules == .neuroBench else {
      throw MetricError.nothingToMeasure(metric: metric, missing: missing)
    }
    return 0
  }
}
