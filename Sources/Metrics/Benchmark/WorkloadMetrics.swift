import OrderedCollections
import Tensors

extension NetworkMetric {
  /// NeuroBench's workload metrics that are counted while a network runs; means over samples.
  public static let workloadMetrics = [
    activationSparsity, activationSparsityByLayer, synapticOperations, membraneUpdates, neuronOperations,
  ]

  public static let activationSparsity = NetworkMetric(
    name: "ActivationSparsity", summary: "fraction of activations that are 0", isReported: true,
    kind: .counted(.activations) { .number(try $0.activationSparsity()) })

  public static let activationSparsityByLayer = NetworkMetric(
    name: "ActivationSparsityByLayer", summary: "the same, layer by layer",
    kind: .counted(.activations) { counts in
      _ = try counts.activationSparsity()  // fails where there are no activations
      let layers = counts.layers.filter { $0.counts.activations > 0 }.map { layer in
        (layer.name, Double(layer.counts.zeros) / Double(layer.counts.activations))
      }
      return .parts(OrderedDictionary(layers, uniquingKeysWith: { first, _ in first }))
    })

  public static let synapticOperations = NetworkMetric(
    name: "SynapticOperations",
    summary: "multiply-accumulates, accumulates and dense operations of a sample", isReported: true,
    kind: .counted(.synapses) { $0.synapticOperations })

  public static let membraneUpdates = NetworkMetric(
    name: "MembraneUpdates", summary: "membranes that change, of a sample", isReported: true,
    kind: .counted(.membranes) { counts in
      .number(counts.sum.membranes > 0 ? counts.mean(\.membraneUpdates) : try counts.zero("MembraneUpdates"))
    })

  public static let neuronOperations = NetworkMetric(
    name: "NeuronOperations", summary: "operations of neurons, effective and dense, of a sample",
    isReported: true,
    kind: .counted(.membranes) { counts in
      if counts.sum.membranes == 0 { _ = try counts.zero("NeuronOperations") }
      return .parts([
        "Effective Neuron Ops": counts.mean(\.neuronOperations),
        "Neuron Dense Ops": counts.mean(\.denseNeuronOperations),
      ])
    })
}

/// The counts of a network's passes over samples, from which workload metrics are computed.
public struct WorkloadMetrics: Sendable {
  /// Of all samples.
  let sum: SampleCounts
  /// Of all samples, layer by layer; empty where only sums are known.
  let layers: [LayerCounts]
  private let samples: Int
  private let rules: ModelObserver.Rules

  /// - Parameters:
  ///   - sum: the counts of all samples.
  ///   - samples: how many samples were counted.
  ///   - layers: the same counts, layer by layer; empty where only sums are known.
  ///   - rules: the rules by which they were counted; by NeuroBench's, what a network has nothing for is 0.
  public init(
    _ sum: SampleCounts, samples: Int, layers: [LayerCounts] = [], rules: ModelObserver.Rules = .perSample
  ) {
    self.sum = sum
    self.layers = layers
    self.samples = samples
    self.rules = rules
  }

  /// Operations of a sample, under NeuroBench's names: `Effective_MACs`, `Effective_ACs`, `Dense`.
  public var synapticOperations: MetricValue {
    .parts([
      "Effective_MACs": mean(\.macs), "Effective_ACs": mean(\.acs), "Dense": mean(\.dense),
    ])
  }

  /// The fraction of activations that are 0, 0 to 1.
  ///
  /// - Throws: ``MetricError/nothingToMeasure(metric:missing:)`` without activations; 0 by NeuroBench's rules.
  public func activationSparsity() throws -> Double {
    guard sum.activations > 0 else {
      return try zero("ActivationSparsity", missing: "ReLU, Sigmoid or spiking neurons")
    }
    return Double(sum.zeros) / Double(sum.activations)
  }

  /// The mean over samples of a count.
  fileprivate func mean(_ count: KeyPath<SampleCounts, Int>) -> Double {
    Double(sum[keyPath: count]) / Double(max(1, samples))
  }

  /// The value of a metric that a network has nothing for: 0 by NeuroBench's rules.
  ///
  /// - Throws: ``MetricError/nothingToMeasure(metric:missing:)`` by our rules.
  fileprivate func zero(_ metric: String, missing: String = "spiking neurons") throws -> Double {
    guard rules == .neuroBench else {
      throw MetricError.nothingToMeasure(metric: metric, missing: missing)
    }
    return 0
  }
}
