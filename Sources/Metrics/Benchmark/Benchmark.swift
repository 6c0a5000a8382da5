import Networks
import Support
import Tensors

/// NeuroBench's harness: metrics of one network over batches, each batch in one pass.
///
/// Nothing is kept from one benchmark to another, and a metric that fails is reported as failed while the others go on.
public struct Benchmark {
  private let model: any Module
  private let metrics: [NetworkMetric]
  private let rules: ModelObserver.Rules
  private let observer: ModelObserver?
  private let hook: LayerHook?
  private var outputMetrics: [NetworkMetric: any OutputMetric] = [:]
  private var failures: [NetworkMetric: String] = [:]
  private var sum = SampleCounts()
  /// Samples so far.
  public private(set) var samples = 0

  /// - Parameters:
  ///   - metrics: what is measured; static ones too.
  ///   - onLayer: is shown every call of a layer.
  public init(
    _ model: any Module, _ metrics: [NetworkMetric], rules: ModelObserver.Rules = .perSample,
    onLayer: ((LayerHook.Call) throws -> Void)? = nil
  ) {
    self.model = model
    self.metrics = metrics
    self.rules = rules
    let observer = metrics.contains(where: \.isCounted) ? ModelObserver(model, rules: rules) : nil
    hook = onLayer.map { LayerHook(model, counter: observer, $0) }
    self.observer = observer
    for metric in metrics { outputMetrics[metric] = metric.outputMetric(rules) }
  }

  /// Runs the network on a batch, counting, without recording for gradients.
  ///
  /// - Parameter run: the pass, by default the model's own.
  public mutating func pass(samples count: Int, _ run: () throws -> Tensor) throws -> Tensor {
    let output: Tensor
    if let observer {
      let (result, counts) = try observer.counting(samples: count, through: hook) { try Recording.off(run) }
      output = result
      for one in counts { sum += one }
    } else {
      output = try hook.map { try Observation.by($0) { try Recording.off(run) } } ?? Recording.off(run)
    }
    samples += count
    return output
  }

  /// Compares outputs, after postprocessing, with labels.
  public mutating func compare(_ outputs: Tensor, with labels: Tensor) throws {
    for metric in metrics where failures[metric] == nil {
      do { try outputMetrics[metric]?.add(outputs, labels) } catch let failure as any NightjarError
        where failure.isRecoverable
      {
        failures[metric] = failure.description
      }
    }
  }

  /// What all metrics came to, in their order, without CocoMap, which works on boxes.
  public func results() -> [(metric: NetworkMetric, value: MetricValue)] {
    metrics.filter { $0 != .cocoMap }.map { metric in
      if let reason = failures[metric] { return (metric, .failed(reason)) }
      do { return (metric, try value(metric)) } catch { return (metric, .failed("\(error)")) }
    }
  }

  /// What each layer did; empty where nothing was counted.
  public var layers: [LayerCounts] { observer?.layers ?? [] }

  private func value(_ metric: NetworkMetric) throws -> MetricValue {
    if let measured = outputMetrics[metric] { return .number(try measured.value()) }
    let figures = WorkloadMetrics(sum, samples: samples, rules: rules)
    if let count = metric.count {
      guard samples > 0 else { throw MetricError.noSamples(metric: metric.rawValue) }
      if let reason = observer?.uncounted(count) {
        throw MetricError.notCounted(metric: metric.rawValue, reason: reason)
      }
    }
    switch metric {
    case .footprint: return .number(Double(StaticMetrics.footprint(model)))
    case .parameterCount: return .number(Double(StaticMetrics.parameterCount(model)))
    case .connectionSparsity:
      let share = try StaticMetrics.connectionSparsity(model)
      return .number(rules == .perSample ? share : (share * 1e4).rounded(.toNearestOrEven) / 1e4)
    case .activationSparsity: return .number(try figures.activationSparsity())
    case .activationSparsityByLayer:
      let parts = layers.filter { $0.counts.activations > 0 }.map { layer in
        MetricValue.Part(layer.name, Double(layer.counts.zeros) / Double(layer.counts.activations))
      }
      _ = try figures.activationSparsity()
      return .parts(parts)
    case .synapticOperations: return figures.synapticOperations
    case .membraneUpdates: return .number(try figures.membraneUpdates())
    case .neuronOperations: return try figures.neuronOperations()
    case .classificationAccuracy, .mse, .smape, .r2, .cocoMap:
      throw MetricError.noSamples(metric: metric.rawValue)
    }
  }
}
