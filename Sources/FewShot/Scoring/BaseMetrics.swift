import Algorithms
import Metrics
import Networks
import Support
import Tensors

/// A metric that observes the layers of the trained network while it runs on the base test.
public protocol LayerMetric: AnyObject {
  /// The name results have it under.
  var name: String { get }
  /// Called with every layer that has computed something.
  ///
  /// - Throws: a violation that spoils the pass for the other metrics.
  func observe(_ call: LayerHook.Call) throws
  /// Called with every batch.
  ///
  /// - Throws: as ``observe(_:)``.
  func observe(_ batch: BaseTestBatch) throws
  /// Its value at the end; a failure with its reason where it has none.
  func value() -> MetricValue
}

/// Makes a layer metric for one pass over the base test.
public struct LayerMetricFactory {
  /// The name results have it under.
  public let name: String
  let make: () throws -> any LayerMetric

  public init(_ name: String, make: @escaping () throws -> any LayerMetric) {
    self.name = name
    self.make = make
  }
}

/// A batch of the base test that went through the whole network.
public struct BaseTestBatch {
  /// (batch, time, channel).
  public let inputs: Tensor
  /// The scores of the network's own readout: (batch, classes).
  public let outputs: Tensor
  /// Classes from 0.
  public let labels: [Int]
  /// Rows of the base test.
  public let rows: [Int]
}

/// NeuroBench's metrics of the trained network, with its own readout, on the base test.
struct BaseMetrics {
  typealias Named = (metric: NetworkMetric, value: MetricValue)

  let store: FeatureStore
  let encoder: any ClipEncoder
  let network: BaseNetwork
  private var module: any Module { network.module }

  init(store: FeatureStore, encoder: any ClipEncoder, network: BaseNetwork) {
    self.store = store
    self.encoder = encoder
    self.network = network
  }

  /// The trained readout's accuracy on the base test, among base classes, with its operations; nil for a model without
  /// a readout.
  func readout(_ run: FewShotRun) throws -> (accuracy: Double, counts: SampleCounts)? {
    let observer = ModelObserver(module)
    var sum = SampleCounts()
    do {
      let accuracy = try run.baseAccuracy { features in
        let (scores, counts) = try observer.counting(samples: features.shape[0]) {
          try Recording.off { try module.readout(features) }
        }
        for one in counts { sum += one }
        guard scores.rank == 2, scores.shape[0] == features.shape[0], scores.dtype == .float32 else {
          throw network.violation(
            "the model's readout returns \(scores.shape) of \(scores.dtype) for embeddings \(features.shape), expected "
              + "(samples, classes) of float32")
        }
        guard try scores.isFinite else {
          throw network.violation("the model's readout holds NaN or infinity for clips of test")
        }
        return scores
      }
      return (accuracy, sum)
    } catch let error as NetworkError {
      switch error {
      case .noReadout, .noReadoutFunction:
        store.console.warn("the model's output is taken for its embedding: \(error.description)")
        return nil
      default: throw error
      }
    }
  }

  /// The metrics from the operations of clips up to their embedding, stored with it, and of the readout.
  ///
  /// - Parameters:
  ///   - costs: nil where clips could not be told apart.
  ///   - readout: as ``readout(_:)`` returns it.
  func fromCosts(
    _ costs: ClipCosts?, readout: (accuracy: Double, counts: SampleCounts)?
  ) -> [Named] {
    var sum = costs?.test ?? SampleCounts()
    if let readout { sum += readout.counts }
    let counted = WorkloadMetrics(sum, samples: store.dataset.clips(.test).count)
    return NetworkMetric.reported.map { metric in
      do {
        switch metric.kind {
        case .static: return Benchmark(module, [metric]).results()[0]
        case .counted(_, let value):
          guard costs != nil else {
            return (metric, .failed("some of the model's operations cannot be separated by sample"))
          }
          return (metric, try value(counted))
        case .output, .detection:
          return (metric, readout.map { .number($0.accuracy) } ?? .failed("the model has no readout"))
        }
      } catch { return (metric, .failed("\(error)")) }
    }
  }

  /// The metrics by NeuroBench's own rules, from a pass over the base test.
  func byNeuroBenchRules() throws -> [Named] { try pass([], NetworkMetric.reported).metrics }

  /// The values of layer metrics. When one of them spoils the pass, each is measured in a pass of its own.
  func layerMetrics(_ factories: [LayerMetricFactory]) throws -> [(name: String, value: MetricValue)] {
    guard !factories.isEmpty else { return [] }
    let before = try WeightSnapshot(module)
    defer { try? before.restore() }
    func failed(_ reason: String) throws -> [(name: String, value: MetricValue)] {
      guard factories.count > 1 else { return [(factories[0].name, .failed(reason))] }
      try before.restore()
      return try factories.flatMap { try layerMetrics([$0]) }
    }
    do {
      let values = try pass(factories, []).layerMetrics
      guard before.tensors.isModified else { return values }
      let reason = ErrorMessage(
        "it changed the network's weights, which were restored", hint: "only read them, or work on a copy")
      return try failed(reason.description)
    } catch let failure as any NightjarError where failure.isRecoverable {
      return try failed(failure.description)
    }
  }

  /// Runs the network over the base test, in an order that tells a network written in a script nothing.
  private func pass(
    _ factories: [LayerMetricFactory], _ metrics: [NetworkMetric]
  ) throws -> (metrics: [Named], layerMetrics: [(name: String, value: MetricValue)]) {
    let observers = try factories.map { try $0.make() }
    var benchmark = Benchmark(
      module, metrics, rules: .neuroBench,
      onLayer: observers.isEmpty ? nil : { call in for observer in observers { try observer.observe(call) } })
    let file = try store.features(.test, encoder)
    let labels = store.dataset.clips(.test).map(\.label)
    module.setTraining(false)
    var random = RandomStream(seed: store.key(encoder).content.seed, purpose: "base test order")
    // NeuroBench's batch size, on which its rules depend.
    for chunk in random.permutation(file.rows).chunks(ofCount: 256) {
      try Interruption.check("the base test")
      let rows = Array(chunk)
      let inputs = try file.read(rows, on: store.device)
      let scores = try benchmark.pass(samples: rows.count) { try module(inputs) }
      let own = rows.map { labels[$0] }
      try benchmark.compare(
        scores, with: Tensor(own.map { Int32($0) }, shape: [rows.count], on: store.device))
      let batch = BaseTestBatch(inputs: inputs, outputs: scores, labels: own, rows: rows)
      for observer in observers { try observer.observe(batch) }
    }
    return (benchmark.results(), observers.map { ($0.name, $0.value()) })
  }
}
