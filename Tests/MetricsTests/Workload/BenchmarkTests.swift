import Metrics
import Networks
import Tensors
import Testing

/// Metrics of a network over batches: failures are reported, and nothing is carried over.
@Suite struct BenchmarkTests {
  private let device = Device()

  @Test func whatCannotBeMeasuredFailsWithItsReason() throws {
    let network = try SequentialLayer([("tanh", ActivationLayer("Tanh", Tanh()))])
    var benchmark = Benchmark(network, NetworkMetric.all)
    let x = try Tensor.full([2, 3], 0.5, on: device)
    let output = try benchmark.pass(samples: 2) { try network(x) }
    try benchmark.compare(output, with: Tensor([5, 0] as [Int32], shape: [2], on: device))
    let results = Dictionary(uniqueKeysWithValues: benchmark.results().map { ($0.metric, $0.value) })
    func reason(_ metric: NetworkMetric) -> String {
      if case .failed(let reason)? = results[metric] { reason } else { "" }
    }
    #expect(reason(.connectionSparsity).contains("no linear, convolutional or recurrent layer"))
    #expect(reason(.activationSparsity).contains("no ReLU, Sigmoid or spiking neurons"))
    #expect(reason(.membraneUpdates).contains("no spiking neurons"))
    #expect(reason(.classificationAccuracy).contains("a label is class 6, the outputs have 3 classes"))
    #expect(reason(.mse).contains("the outputs are [2, 3], the labels [2]"))
    #expect(results[.footprint] == .number(0) && results[.parameterCount] == .number(0))
    #expect(results[.synapticOperations]?["Dense"] == 0)
  }

  @Test func namesAreNeuroBenchs() {
    #expect(
      NetworkMetric.all.map(\.name) == [
        "Footprint", "ParameterCount", "ConnectionSparsity", "ActivationSparsity",
        "ActivationSparsityByLayer",
        "SynapticOperations", "MembraneUpdates", "NeuronOperations", "ClassificationAccuracy", "MSE", "SMAPE",
        "R2", "CocoMap",
      ])
    #expect(NetworkMetric(named: "R2") == .r2 && NetworkMetric(named: "r2") == nil)
  }

  /// Two batches of one sample, as plain Swift has them.
  private struct TwoBatches: BenchmarkData {
    let device: Device
    var isEmpty = false

    func forEachBatch(_ body: ([Float]) throws -> Void) throws {
      try body([1, 3])
      try body([5, 2])
    }
    func inputs(of batch: [Float]) throws -> Tensor {
      try isEmpty ? Tensor.zeros([0, 2], on: device) : Tensor(batch, shape: [1, 2], on: device)
    }
    func output(of scores: Tensor) throws -> Tensor { scores }
    func comparison(of output: Tensor, with batch: [Float]) throws -> (outputs: Tensor, labels: Tensor)? {
      (output, try Tensor([1] as [Int32], shape: [1], on: device))
    }
    func boxes(of output: Tensor, in batch: [Float]) throws -> [ImageBoxes] {
      [ImageBoxes(truths: [[0, 0, 10, 10, 1]], detections: [[0, 0, 10, 10, 1, Double(batch[0])]])]
    }
  }

  @Test func runsOverBatches() throws {
    let metrics: [NetworkMetric] = [.classificationAccuracy, .cocoMap, .synapticOperations]
    var benchmark = Benchmark(try SequentialLayer([]), metrics)
    try benchmark.run(over: TwoBatches(device: device))
    let results = benchmark.results()
    #expect(benchmark.samples == 2 && results.map(\.metric) == metrics)
    #expect(results[0].value == .number(0.5))
    #expect(results[1].value["AP"] == 1)
    #expect(throws: MetricError.emptyBatch(shape: [0, 2])) {
      try benchmark.run(over: TwoBatches(device: device, isEmpty: true))
    }
  }

  private struct NoBatches: BenchmarkData {
    var hasObservers = false

    func forEachBatch(_ body: (Tensor) throws -> Void) throws {}
    func inputs(of batch: Tensor) throws -> Tensor { batch }
    func output(of scores: Tensor) throws -> Tensor { scores }
    func comparison(of output: Tensor, with batch: Tensor) throws -> (outputs: Tensor, labels: Tensor)? {
      nil
    }
  }

  @Test func staticMetricsNeedNoBatches() throws {
    let network = try SequentialLayer([])
    var benchmark = Benchmark(network, [.footprint])
    try benchmark.run(over: NoBatches())
    #expect(throws: MetricError.noBatches) { try benchmark.run(over: NoBatches(hasObservers: true)) }
    var counting = Benchmark(network, [.footprint, .mse])
    #expect(throws: MetricError.noBatches) { try counting.run(over: NoBatches()) }
  }

  @Test func withoutSamplesThereAreNoNumbers() throws {
    let benchmark = Benchmark(try SequentialLayer([]), [.classificationAccuracy, .synapticOperations, .r2])
    for (metric, value) in benchmark.results() {
      #expect(
        value
          == .failed("\(metric.name): there were no samples. Hint: pass at least one batch with samples"))
    }
  }

  struct OutputCase: Sendable, CustomTestStringConvertible {
    let name: String
    let metric: NetworkMetric
    let outputs: [Float]
    let labels: [Float]
    var columns = 1
    var rules = ModelObserver.Rules.perSample
    let expected: MetricValue
    var testDescription: String { name }
  }

  static let outputs = [
    OutputCase(
      name: "MSE over all elements", metric: .mse, outputs: [1, 2, 3, 4], labels: [1, 0, 3, 2], columns: 2,
      expected: .number(2)),
    OutputCase(
      name: "SMAPE counts 0 beside 0 as agreement", metric: .smape, outputs: [0, 1], labels: [0, 3],
      expected: .number(50)),
    OutputCase(
      name: "NeuroBench makes 200 of the batch then", metric: .smape, outputs: [0, 1], labels: [0, 3],
      rules: .neuroBench, expected: .number(200)),
    OutputCase(
      name: "R2 is the mean over columns", metric: .r2, outputs: [1, 0, 0, 3, 3, 0],
      labels: [1, 0, 2, 2, 3, 4],
      columns: 2, expected: .number((-1 - 1.125) / 2)),
    OutputCase(
      name: "R2 of a constant column is not to be explained", metric: .r2, outputs: [1, 2], labels: [5, 5],
      expected: .failed("R2: column 1 of the labels is constant, so there is no variance to explain")),
    OutputCase(
      name: "NaN is no error of a size", metric: .mse, outputs: [.nan], labels: [1],
      expected: .failed("MSE: outputs or labels contain NaN or infinity. Hint: check the model's weights")),
  ]

  @Test(arguments: outputs)
  func outputsAreComparedWithLabels(_ example: OutputCase) throws {
    var benchmark = Benchmark(try SequentialLayer([]), [example.metric], rules: example.rules)
    let shape = [example.outputs.count / example.columns, example.columns]
    try benchmark.compare(
      Tensor(example.outputs, shape: shape, on: device),
      with: Tensor(example.labels, shape: shape, on: device))
    let value = benchmark.results()[0].value
    if let expected = example.expected.number {
      #expect(abs((value.number ?? .nan) - expected) < 1e-12)
    } else {
      #expect(value == example.expected)
    }
  }

  @Test func sparsityIsMeasuredLayerByLayer() throws {
    let network = try SequentialLayer([
      ("a", ActivationLayer("ReLU", ReLU())), ("b", ActivationLayer("Sigmoid", Sigmoid())),
    ])
    var benchmark = Benchmark(network, [.activationSparsity, .activationSparsityByLayer])
    let x = try Tensor([-1, 2, -3, 4] as [Float], shape: [2, 2], on: device)
    _ = try benchmark.pass(samples: 2) { try network(x) }
    let results = benchmark.results()
    #expect(results[0].value == .number(0.25))
    #expect(results[1].value == .parts(["a": 0.5, "b": 0]))
  }

  @Test func tiedTensorsAreCountedOnce() throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try LinearLayer(3, 4, with: &initialiser)
    let network = try SequentialLayer([
      ("a", layer), ("b", layer), ("n", BatchNorm1dLayer(4, with: &initialiser)),
    ])
    // 16 numbers of the layer, 16 of the norm, and the norm's count of batches in 8 bytes.
    #expect(StaticMetrics.footprint(network) == 4 * 32 + 8)
  }
}
