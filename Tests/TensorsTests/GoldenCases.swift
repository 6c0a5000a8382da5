import Tensors

/// The fixture's operations as ours, by family. PyTorch has channels on axis 1; ours come last.
enum GoldenCases {
  private static func unary(_ formula: any UnaryFunction, _ name: String? = nil) -> GoldenCase {
    GoldenCase(name ?? formula.name, "x") { try Elementwise(formula)($0[0]) }
  }

  static let elementwise: [GoldenCase] =
    [
      GoldenCase("add.broadcast", "a b") { try $0[0].adding($0[1]) },
      GoldenCase("sub.broadcast", "a b") { try $0[0].subtracting($0[1]) },
      GoldenCase("mul.broadcast", "a b") { try $0[0].multiplied(by: $0[1]) },
      GoldenCase("div.broadcast", "a b") { try $0[0].divided(by: $0[1]) },
      GoldenCase("pow.tensor", "x p") { try BinaryElementwise(PowerOf())($0[0], $0[1]) },
      GoldenCase("maximum", "a b") { try BinaryElementwise(Maximum())($0[0], $0[1]) },
      GoldenCase("mse_loss", "a b") {
        try Reduction(.mean)(Elementwise(Square())($0[0].subtracting($0[1])))
      },
      GoldenCase("where", "c a b") { try Where()($0[0], $0[1], $0[2]) },
      unary(Power(2), "pow.square"), unary(GELU(), "gelu.erf"), unary(GELU(approximate: true), "gelu.tanh"),
      unary(ELU()), unary(LeakyReLU(negativeSlope: 0.1)), unary(Clamp(-0.5, 0.5)),
    ]
    + ([
      Exponential(), Tanh(), Sigmoid(), ReLU(), Absolute(), Sine(), Cosine(), Logarithm(),
      SquareRoot(), ReciprocalSquareRoot(), Logarithm10(), Logarithm1p(), SiLU(), Softplus(),
    ] as [any UnaryFunction]).map { unary($0) }

  static let reductions: [GoldenCase] = [
    GoldenCase("sum.all", "x") { try Reduction(.sum)($0[0]) },
    GoldenCase("sum.axes", "x") { try Reduction(.sum, over: [0, 2])($0[0]) },
    GoldenCase("sum.keepdim", "x") { try Reduction(.sum, over: [1], keepsDimensions: true)($0[0]) },
    GoldenCase("mean.axis", "x") { try Reduction(.mean, over: [-1])($0[0]) },
    GoldenCase("var.unbiased", "x") { try Variance(over: [1])($0[0]) },
    GoldenCase("var.biased", "x") { try Variance(over: [1], correction: 0)($0[0]) },
    GoldenCase("max.axis", "x") { try Extremum(maximum: true, dimension: 1)($0[0]) },
    GoldenCase("max.axis_ties", "x") { try Extremum(maximum: true, dimension: 1)($0[0]) },
    GoldenCase("amax.ties", "x") { try SharedExtremum(maximum: true, over: [1])($0[0]) },
    GoldenCase("max.all_ties", "x") { try SharedExtremum(maximum: true)($0[0]) },
    GoldenCase("argmax.ties", "x") { try $0[0].argmax(1) },
    GoldenCase("topk", "x") { try $0[0].topk(3, 1).values },
    GoldenCase("topk.indices", "x") { try $0[0].topk(3, 1).indices },
    GoldenCase("cumsum", "x") { try $0[0].cumulativeSum(1) },
    GoldenCase("softmax", "x") { try Softmax(1)($0[0]) },
    GoldenCase("softmax.masked", "x") {
      let mask = try Tensor([0, 0, -Float.infinity, 0, -.infinity], shape: [5], on: $0[0].device)
      return try Softmax(-1)($0[0].adding(mask))
    },
    GoldenCase("log_softmax", "x") { try Softmax(-1, logarithm: true)($0[0]) },
    GoldenCase("logsumexp", "x") { try LogSumExp(1)($0[0]) },
    GoldenCase("cross_entropy", "input target") { try CrossEntropy()($0[0], $0[1]) },
    GoldenCase("cross_entropy.smooth", "input target") { try CrossEntropy(smoothing: 0.1)($0[0], $0[1]) },
    GoldenCase("nll_loss", "x target") { try CrossEntropy(fromLogProbabilities: true)($0[0], $0[1]) },
  ]

  static let products: [GoldenCase] = [
    GoldenCase("matmul.2d", "a b") { try MatrixProduct()($0[0], $0[1]) },
    GoldenCase("matmul.batched", "a b") { try MatrixProduct()($0[0], $0[1]) },
    GoldenCase("matmul.vec", "a b") { try MatrixProduct()($0[0], $0[1]) },
    GoldenCase("linear", "input weight bias") { try Linear()($0[0], $0[1], $0[2]) },
    GoldenCase("einsum.bilinear", "x W y") { try .einsum("bi,kij,bj->bk", $0) },
    GoldenCase("einsum.attention", "q k") { try .einsum("bhqd,bhkd->bhqk", $0) },
  ]

  private static func convolution(_ name: String, _ inputs: String, _ operation: Conv1d) -> GoldenCase {
    GoldenCase("conv1d.\(name)", inputs) {
      try operation.apply([$0[0].transposed(1, 2)] + $0.dropFirst()).transposed(1, 2)
    }
  }

  private static func pool(_ name: String, _ operation: any Operation) -> GoldenCase {
    GoldenCase(name, "x") { try operation($0[0].transposed(1, 2)).transposed(1, 2) }
  }

  static let convolutions: [GoldenCase] = [
    convolution("plain", "input weight bias", Conv1d()),
    convolution("stride", "input weight bias", Conv1d(stride: 2)),
    convolution("padded", "input weight", Conv1d(padding: 2)),
    convolution("dilated", "input weight bias", Conv1d(dilation: 3)),
    convolution("groups", "input weight bias", Conv1d(groups: 2)),
    convolution("depthwise", "input weight", Conv1d(padding: 1, groups: 4)),
    convolution("all", "input weight bias", Conv1d(stride: 2, padding: 3, dilation: 2, groups: 2)),
    pool("max_pool1d", MaxPool1d(.init(kernel: 2))),
    pool("max_pool1d.stride", MaxPool1d(.init(kernel: 3, stride: 2, padding: 1))),
    pool("max_pool1d.ties", MaxPool1d(.init(kernel: 2))),
    pool("avg_pool1d", AvgPool1d(.init(kernel: 2))),
    pool("avg_pool1d.padded", AvgPool1d(.init(kernel: 3, stride: 2, padding: 1))),
  ]

  static let normalisations: [GoldenCase] = [
    GoldenCase("batch_norm.train", "x weight bias") {
      try BatchNormTraining()($0[0].transposed(1, 2), $0[1], $0[2]).transposed(1, 2)
    },
    GoldenCase("batch_norm.train_2d", "x weight bias") { try BatchNormTraining()($0[0], $0[1], $0[2]) },
    GoldenCase("batch_norm.eval", "x weight bias running_mean running_var") {
      let statistics = [$0[3].detached(), $0[4].detached()]
      return try BatchNormEvaluation().apply([$0[0].transposed(1, 2), $0[1], $0[2]] + statistics)
        .transposed(1, 2)
    },
    GoldenCase("layer_norm", "x weight bias") { try LayerNorm()($0[0], $0[1], $0[2]) },
    GoldenCase("group_norm", "x weight bias") { inputs in  // two groups of (2 channels × 5 steps)
      let device = inputs[0].device
      let groups = try inputs[0].reshaped([2, 2, 10])
      let normal = try LayerNorm()(groups, .full([10], 1, on: device), .zeros([10], on: device))
      return try normal.reshaped([2, 4, 5]).multiplied(by: inputs[1].unsqueezed(1)).adding(
        inputs[2].unsqueezed(1))
    },
  ]

  static let indexing: [GoldenCase] = [
    GoldenCase("embedding", "index weight") { try Embedding()($0[1], $0[0]) },
    GoldenCase("gather", "x index") { try Gather(1)($0[0], $0[1]) },
    GoldenCase("index_select", "x index") { try IndexSelect(0)($0[0], $0[1]) },
    GoldenCase("scatter_add", "x index") {
      try ScatterAdd(1)(.zeros([3, 4], on: $0[0].device), $0[1], $0[0])
    },
    GoldenCase("cat", "a b") { try Concatenation(1)($0[0], $0[1]) },
    GoldenCase("stack", "a b") { try .stack($0, 1) },
    GoldenCase("transpose", "x") { try $0[0].transposed(1, 2) },
    GoldenCase("permute", "x") { try Permute([2, 0, 1])($0[0]) },
    GoldenCase("reshape", "x") { try Permute([1, 0])($0[0]).reshaped([2, 6]) },
    GoldenCase("slice", "x") {
      try Slice(1, from: 1, count: 3, stride: 2)($0[0]).narrow(2, from: 2, count: 2)
    },
    GoldenCase("pad", "x") { try Pad(1, before: 2, after: 1)($0[0]) },
    GoldenCase("flip", "x") { try Flip(1)($0[0]) },
    GoldenCase("expand", "x") { try $0[0].expanded(to: [3, 2, 4]) },
    GoldenCase("split_chunk", "x") {
      try Concatenation(0).apply($0[0].chunk(3, 1).enumerated().map { try $1.scaled(by: Float($0 + 1)) })
    },
  ]

  static let cells: [GoldenCase] = [
    GoldenCase("attention", "q k v") { inputs in
      let scores = try MatrixProduct()(inputs[0], inputs[1].transposed(-2, -1)).scaled(
        by: 1 / Float(3).squareRoot())
      let future = (0..<16).map { $0 % 4 > $0 / 4 ? -Float.infinity : 0 }
      let mask = try Tensor(future, shape: [4, 4], on: inputs[0].device)
      return try MatrixProduct()(Softmax(-1)(scores.adding(mask)), inputs[2])
    },
    GoldenCase("gru_cell", "x h w_ih w_hh b_ih b_hh") { inputs in
      let given = try Linear()(inputs[0], inputs[2], inputs[4]).chunk(3, 1)
      let kept = try Linear()(inputs[1], inputs[3], inputs[5]).chunk(3, 1)
      let reset = try Elementwise(Sigmoid())(given[0].adding(kept[0]))
      let update = try Elementwise(Sigmoid())(given[1].adding(kept[1]))
      let new = try Elementwise(Tanh())(given[2].adding(reset.multiplied(by: kept[2])))
      return try new.adding(update.multiplied(by: inputs[1].subtracting(new)))
    },
    GoldenCase("lstm_cell", "x h c w_ih w_hh b_ih b_hh") { inputs in
      let gates = try Linear()(inputs[0], inputs[3], inputs[5])
        .adding(Linear()(inputs[1], inputs[4], inputs[6])).chunk(4, 1)
      let input = try Elementwise(Sigmoid())(gates[0])
      let forget = try Elementwise(Sigmoid())(gates[1])
      let new = try Elementwise(Tanh())(gates[2])
      let output = try Elementwise(Sigmoid())(gates[3])
      let cell = try forget.multiplied(by: inputs[2]).adding(input.multiplied(by: new))
      return try Concatenation(1)(output.multiplied(by: Elementwise(Tanh())(cell)), cell)
    },
  ]
}
