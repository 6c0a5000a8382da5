import Networks
import Support
import Tensors

/// The batches of a benchmark, and the steps around the network's pass.
///
/// `Batch` is what the source of the data has, `Output` what postprocessing makes of the network's output. An error of
/// a step, such as that of a script, ends the benchmark unless the step says otherwise.
public protocol BenchmarkData {
  associatedtype Batch
  associatedtype Output

  /// Whether observers have to see at least one sample.
  var hasObservers: Bool { get }

  /// Calls `body` with every batch of one pass.
  ///
  /// - Throws: what `body` throws, and the errors of the source.
  func forEachBatch(_ body: (Batch) throws -> Void) throws
  /// The preprocessed features of a batch: (samples, …).
  ///
  /// - Throws: the errors of preprocessing.
  func inputs(of batch: Batch) throws -> Tensor
  /// The postprocessed output of the network.
  ///
  /// - Throws: the errors of postprocessing.
  func output(of scores: Tensor) throws -> Output
  /// What is compared with labels, classes from 0; nil for a batch without labels.
  ///
  /// - Throws: the error for an output that cannot be compared.
  func comparison(
    of output: Output, with batch: Batch
  ) throws -> (outputs: Tensor, labels: Tensor)?
  /// What is compared by detection metrics, image by image.
  ///
  /// - Throws: the error for an output that cannot be compared. A recoverable one (`NightjarError.isRecoverable`) fails
  ///   these metrics, and the benchmark goes on.
  func boxes(of output: Output, in batch: Batch) throws -> [ImageBoxes]
  /// Called with each batch after it was compared.
  ///
  /// - Throws: the errors of the observers.
  func observe(_ batch: Batch, inputs: Tensor, output: Output) throws
}

extension BenchmarkData {
  public var hasObservers: Bool { false }
  public func boxes(of output: Output, in batch: Batch) throws -> [ImageBoxes] { [] }
  public func observe(_ batch: Batch, inputs: Tensor, output: Output) throws {}
}

/// NeuroBench's harness: metrics of one network over batches, each batch in one pass.
///
/// Nothing is carried over from one benchmark to another, and a metric that fails is reported as failed while the
/// others continue. Source: Yik et al., "NeuroBench", arXiv 2304.04640.
public struct Benchmark {
  private let model: any Module
  private let metrics: [NetworkMetric]
  private let rules: ModelObserver.Rules
  private let observer: ModelObserver?
  private let hook: LayerHook?
  private var outputMetrics: [NetworkMetric: any OutputMetric] = [:]
  private var detectionMetrics: [NetworkMetric: any DetectionMetric] = [:]
  private var failures: [NetworkMetric: String] = [:]
  private var sum = SampleCounts()
  /// Samples so far.
  public private(set) var samples = 0

  /// A benchmark of these metrics, static ones too, with operations counted by `rules`.
  ///
  /// `onLayer` is called with every call of a layer; what it throws ends the benchmark.
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
    for metric in metrics {
      switch metric.kind {
      case .output(let make): outputMetrics[metric] = make(rules)
      case .detection(let make): detectionMetrics[metric] = make()
      case .static, .counted: break
      }
    }
  }

  /// Runs the network in evaluation mode over all batches; `progress` advances by one for each.
  ///
  /// - Throws: ``MetricError/emptyBatch(shape:)``, ``MetricError/noBatches`` where something has to see samples,
  ///   and the errors of the data's steps, of the network and of an interruption.
  public mutating func run(over data: some BenchmarkData, progress: Progress? = nil) throws {
    // Boxes alone need no tensor to compare.
    let comparesTensors = metrics.count != 1 || detectionMetrics.isEmpty
    let model = self.model
    try model.evaluating {
      try data.forEachBatch { batch in
        try Interruption.check("a benchmark")
        let inputs = try data.inputs(of: batch)
        guard let count = inputs.shape.first, count > 0 else {
          throw MetricError.emptyBatch(shape: inputs.shape)
        }
        let output = try data.output(of: pass(samples: count) { try model(inputs) })
        if !detectionMetrics.isEmpty { try compare { try data.boxes(of: output, in: batch) } }
        if comparesTensors, let pair = try data.comparison(of: output, with: batch) {
          try compare(pair.outputs, with: pair.labels)
        }
        try data.observe(batch, inputs: inputs, output: output)
        progress?.advance()
      }
    }
    progress?.finish()
    guard samples > 0 || metrics.allSatisfy(\.isStatic) && !data.hasObservers else {
      throw MetricError.noBatches
    }
  }

  /// Runs `run`, a pass of `count` samples through the network, counting, without recording for gradients.
  ///
  /// - Returns: what `run` returns, the network's output.
  /// - Throws: the errors of `run`; the batch is not counted then.
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

  /// Compares outputs, after postprocessing, with labels, for the metrics that do so.
  ///
  /// - Throws: errors that are not recoverable, such as an interruption; other errors fail the metric.
  public mutating func compare(_ outputs: Tensor, with labels: Tensor) throws {
    for metric in metrics where failures[metric] == nil {
      try failing([metric]) { try $0.outputMetrics[metric]?.add(outputs, labels) }
    }
  }

  /// Compares boxes in images, for the metrics that do so.
  ///
  /// - Throws: errors that are not recoverable, such as an interruption; other errors fail the metrics.
  public mutating func compare(boxes: () throws -> [ImageBoxes]) throws {
    let active = metrics.filter { detectionMetrics[$0] != nil && failures[$0] == nil }
    guard !active.isEmpty else { return }
    try failing(active) { benchmark in
      let images = try boxes()
      for metric in active { try benchmark.detectionMetrics[metric]?.add(images) }
    }
  }

  private mutating func failing(
    _ metrics: [NetworkMetric], _ body: (inout Benchmark) throws -> Void
  ) throws {
    do { try body(&self) } catch let error as any NightjarError where error.isRecoverable {
      for metric in metrics { failures[metric] = error.description }
    }
  }

  /// The value of each metric, in their order; a metric that could not be measured has the reason.
  public func results() -> [(metric: NetworkMetric, value: MetricValue)] {
    metrics.map { metric in
      if let reason = failures[metric] { return (metric, .failed(reason)) }
      do { return (metric, try value(metric)) } catch { return (metric, .failed("\(error)")) }
    }
  }

  /// The counts of each layer; empty where nothing was counted.
  public var layers: [LayerCounts] { observer?.layers ?? [] }

  private func value(_ metric: NetworkMetric) throws -> MetricValue {
    switch metric.kind {
    case .static(let measure): return try measure(model, rules)
    case .counted(let count, let value):
      guard samples > 0 else { throw MetricError.noSamples(metric: metric.name) }
      if let reason = observer?.uncounted(count) {
        throw MetricError.notCounted(metric: metric.name, reason: reason)
      }
      return try value(WorkloadMetrics(sum, samples: samples, layers: layers, rules: rules))
    case .output:
      guard let measured = outputMetrics[metric] else { throw MetricError.noSamples(metric: metric.name) }
      return .number(try measured.value())
    case .detection:
      guard let measured = detectionMetrics[metric] else { throw MetricError.noSamples(metric: metric.name) }
      return try measured.value()
    }
  }
}
