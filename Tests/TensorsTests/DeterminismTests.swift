import Tensors
import Testing

/// One family of kernels, at a size of several chunks.
struct KernelFamily: Sendable, CustomTestStringConvertible {
  let name: String
  /// Results on a device; the last step of what is compared.
  let run: @Sendable (Device) throws -> [Tensor]
  var testDescription: String { name }

  init(_ name: String, _ run: @escaping @Sendable (Device) throws -> [Tensor]) {
    self.name = name
    self.run = run
  }

  /// A differentiable function of random inputs, with its gradients.
  static func differentiable(
    _ name: String, _ shapes: [Int]..., run: @escaping @Sendable ([Tensor]) throws -> Tensor
  ) -> KernelFamily {
    KernelFamily(name) { device in
      let inputs = try shapes.enumerated().map { try Tensor.normal($1, seed: UInt64($0), on: device).leaf() }
      let output = try run(inputs)
      try output.backward(.normal(output.shape, seed: 99, on: device))
      return [output] + inputs.compactMap(\.gradient)
    }
  }
}

/// One seed gives the same bits with any number of threads.
@Suite struct DeterminismTests {
  static let families: [KernelFamily] = [
    .differentiable("unary", [300, 700]) { try Elementwise(GELU())($0[0]) },
    .differentiable("binary", [300, 700], [700]) { try $0[0].multiplied(by: $0[1]) },
    .differentiable("strided copies", [300, 700]) { try $0[0].transposed(0, 1).cloned() },
    .differentiable("sum of all", [300, 700]) { try Reduction(.sum)($0[0]) },
    .differentiable("sum of rows", [300, 700]) { try Reduction(.mean, over: [1])($0[0]) },
    .differentiable("sum of columns", [3000, 70]) { try Reduction(.sum, over: [0])($0[0]) },
    .differentiable("variance", [300, 700]) { try Variance(over: [0])($0[0]) },
    .differentiable("softmax", [300, 700]) { try Softmax(1)($0[0]) },
    .differentiable("attention", [3, 2, 100, 16], [3, 2, 130, 16], [3, 2, 130, 24]) {
      try ScaledDotProductAttention(causal: true).apply($0)
    },
    .differentiable("softmax of columns", [3, 300, 700]) { try Softmax(1)($0[0]) },
    .differentiable("log_softmax", [300, 700]) { try Softmax(1, logarithm: true)($0[0]) },
    .differentiable("layer norm", [300, 700], [700], [700]) { try LayerNorm().apply($0) },
    KernelFamily("linear of spikes") { device in
      let x = try Comparison.gt(.normal([700, 300], on: device), Tensor(1.2, on: device)).converted(
        to: .float32)
      return [try Linear()(x, .normal([200, 300], on: device))]
    },
    .differentiable("recorded function", [300, 700], [700]) { inputs in
      try RecordedFunction("f", like: inputs) {
        let activation = try Elementwise(Sigmoid())($0[0].multiplied(by: $0[1]))
        return [try activation.divided(by: Elementwise(Square())($0[0]).shifted(by: 1))]
      }(inputs)[0]
    },
    .differentiable("gather", [300, 700]) {
      try Gather(1)($0[0], .randint(0, 700, [300, 500], seed: 5, on: $0[0].device))
    },
    .differentiable("cumsum of rows", [300, 700]) { try $0[0].cumulativeSum(1) },
    .differentiable("cumsum", [300, 700]) { try $0[0].cumulativeSum(0) },
    .differentiable("prod", [30, 700, 5]) { try $0[0].product(1) },
    .differentiable("max", [300, 700]) { try Extremum(maximum: true, dimension: 0)($0[0]) },
    .differentiable("sort", [300, 700]) { try $0[0].sorted().values },
    .differentiable("topk", [300, 700]) { try $0[0].topk(5).values },
    .differentiable("matmul", [700, 300], [300, 200]) { try MatrixProduct()($0[0], $0[1]) },
    .differentiable("batched matmul", [20, 70, 30], [20, 30, 40]) { try MatrixProduct()($0[0], $0[1]) },
    .differentiable("linear", [10, 70, 300], [200, 300], [200]) { try Linear().apply($0) },
    .differentiable("einsum", [20, 70, 30], [20, 40, 30]) { try .einsum("bqd,bkd->bqk", $0) },
    .differentiable("conv1d", [40, 101, 24], [150, 24, 3], [150]) { try Conv1d(padding: 1).apply($0) },
    .differentiable("conv1d by stride", [40, 100, 24], [150, 24, 4], [150]) {
      try Conv1d(stride: 4).apply($0)
    },
    .differentiable("conv1d by channel", [40, 101, 24], [24, 1, 9], [24]) {
      try Conv1d(padding: 4, groups: 24).apply($0)
    },
    .differentiable("conv1d by tap", [40, 101, 24], [48, 12, 3]) {
      try Conv1d(dilation: 2, groups: 2).apply($0)
    },
    .differentiable("max_pool1d", [40, 101, 24]) { try MaxPool1d(.init(kernel: 3, stride: 2))($0[0]) },
    .differentiable("avg_pool1d", [40, 101, 24]) { try AvgPool1d(.init(kernel: 3, padding: 1))($0[0]) },
    .differentiable("batch_norm", [9000, 24], [24], [24]) { try BatchNormTraining().apply($0) },
    .differentiable("layer_norm", [3000, 24], [24], [24]) { try LayerNorm().apply($0) },
    .differentiable("index_select", [3000, 24]) {
      try IndexSelect(0)($0[0], integers((0..<9000).map { $0 * 7 % 3000 }, on: $0[0].device))
    },
    .differentiable("dropout", [300, 700]) {
      var random = RandomStream(seed: 5, purpose: "dropout")
      return try Dropout(probability: 0.3, count: 210_000, from: &random)($0[0])
    },
    KernelFamily("comparisons and counts") { device in
      let x = try Tensor.normal([300, 700], on: device)
      let isLess = try Comparison.lt(x, .normal([700], seed: 2, on: device))
      return [isLess, try isLess.countNonzero(over: [0]), try isLess.converted(to: .float32)]
    },
    KernelFamily("random numbers") { device in
      var random = RandomStream(seed: 11, purpose: "all")
      return [
        try .rand([70_001], from: &random, on: device), try .randn([70_001], from: &random, on: device),
        try .randint(-5, 1000, [70_001], from: &random, on: device),
        try .randperm(1000, from: &random, on: device),
      ]
    },
  ]

  @Test(arguments: families) func threadsDoNotShow(_ family: KernelFamily) throws {
    let alone = try family.run(device(threads: 1)).map { try $0.bytes }
    for threads in [2, 3, 64] {
      #expect(try family.run(device(threads: threads)).map { try $0.bytes } == alone, "\(threads) threads")
    }
  }
}
