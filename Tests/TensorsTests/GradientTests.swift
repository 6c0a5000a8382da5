import Tensors
import Testing

/// The gradient of every differentiable operation against finite differences, for contiguous, transposed and
/// strided inputs.
@Suite struct GradientTests {
  @Test(arguments: GradientCases.elementwise, InputLayout.allCases)
  func elementwise(_ gradient: GradientCase, _ layout: InputLayout) throws { try gradient.check(layout) }

  @Test(arguments: GradientCases.reductions, InputLayout.allCases)
  func reductions(_ gradient: GradientCase, _ layout: InputLayout) throws { try gradient.check(layout) }

  @Test(arguments: GradientCases.shapes, InputLayout.allCases)
  func shapes(_ gradient: GradientCase, _ layout: InputLayout) throws { try gradient.check(layout) }

  @Test(arguments: GradientCases.products, InputLayout.allCases)
  func products(_ gradient: GradientCase, _ layout: InputLayout) throws { try gradient.check(layout) }

  @Test(arguments: GradientCases.networks, InputLayout.allCases)
  func networks(_ gradient: GradientCase, _ layout: InputLayout) throws { try gradient.check(layout) }

  @Test func stepFunctionsHaveNoSlope() throws {
    for formula in [Floor(), Ceiling(), Round(), Sign()] as [any UnaryFunction] {
      let x = try floats([-1.2, 0.3, 2.7], on: device()).leaf()
      try Reduction(.sum)(Elementwise(formula)(x)).backward()
      #expect(try x.gradient?.floatValues == [0, 0, 0], "\(formula.name)")
    }
  }

  @Test func theTableNamesEveryFormula() {
    let steps: Set = ["floor", "ceil", "round", "sign"]
    let checked = Set(GradientCases.elementwise.map(\.name)).union(steps)
    #expect(UnaryFunctions.all.map(\.name).filter { !checked.contains($0) } == [])
  }
}

enum GradientCases {
  private static func unary(_ kind: InputKind, _ formulas: [any UnaryFunction]) -> [GradientCase] {
    formulas.map { formula in
      GradientCase(formula.name, [2, 3], kind: kind) { try Elementwise(formula)($0[0]) }
    }
  }

  private static func binary(_ kind: InputKind, _ formulas: [any BinaryFunction]) -> [GradientCase] {
    formulas.flatMap { formula in
      ([
        ([2, 3], [2, 3]), ([2, 3], [3]), ([2, 1], [1, 3]), ([], [2, 2]), ([1, 1, 2], [3, 1]), ([0, 2], [1]),
      ]
        as [([Int], [Int])])
        .map { a, b in
          GradientCase(formula.name, a, b, kind: kind) { try BinaryElementwise(formula)($0[0], $0[1]) }
        }
    }
  }

  static let elementwise: [GradientCase] =
    unary(
      .normal,
      [
        Negate(), Exponential(), Square(), Tanh(), Sigmoid(), Sine(), Cosine(), ErrorFunction(),
        SiLU(),
        Softplus(), GELU(), GELU(approximate: true), Affine(scale: -2, shift: 0.5), Power(2), Power(3),
        Power(0),
      ])
    + unary(
      .positive,
      [
        Logarithm(), Logarithm10(), Logarithm1p(), SquareRoot(), ReciprocalSquareRoot(), Reciprocal(),
        Power(1.7),
        Power(-0.5), DividedBy(3), DividedInto(-2), RaisedTo(base: 1.7),
      ])
    + unary(.awayFromZero, [Absolute(), ReLU(), ELU(alpha: 0.7), LeakyReLU(), Clamp(0, 50)])
    + binary(.normal, [Addition(), Subtraction(), Multiplication()])
    + binary(.positive, [Division(), PowerOf()])
    + [
      GradientCase("maximum", [5, 4], [4], kind: .distinct) {
        try BinaryElementwise(Maximum())($0[0].scaled(by: 1.5), $0[1].scaled(by: 1.5).shifted(by: 0.1))
      },
      GradientCase("minimum", [5, 4], [4], kind: .distinct) {
        try BinaryElementwise(Minimum())($0[0].scaled(by: 1.5), $0[1].scaled(by: 1.5).shifted(by: 0.1))
      },
      GradientCase("where", [2, 3], [3]) {
        let choice = try Tensor([true, false, false, true, true, false], shape: [2, 3], on: $0[0].device)
        return try Where()(choice, $0[0], $0[1])
      },
      GradientCase("dropout", [3, 7]) {
        var random = RandomStream(seed: 3, purpose: "dropout")
        return try Dropout(probability: 0.4, count: 21, from: &random)($0[0])
      },
    ]

  static let reductions: [GradientCase] =
    ([nil, [0], [1], [-1], [0, 2], [0, 1, 2], []] as [[Int]?]).flatMap { dimensions in
      [true, false].flatMap { keeps in
        [
          GradientCase("sum", [2, 3, 2]) {
            try Reduction(.sum, over: dimensions, keepsDimensions: keeps)($0[0])
          },
          GradientCase("mean", [2, 3, 2]) {
            try Reduction(.mean, over: dimensions, keepsDimensions: keeps)($0[0])
          },
        ]
          + (dimensions == []
            ? []
            : [
              GradientCase("var", [2, 3, 2]) {
                try Variance(over: dimensions, keepsDimensions: keeps)($0[0])
              },
              GradientCase("std", [2, 3, 2], kind: .distinct) {
                try StandardDeviation(over: dimensions, keepsDimensions: keeps)($0[0])
              },
              GradientCase("norm", [2, 3, 2]) { try Norm(over: dimensions, keepsDimensions: keeps)($0[0]) },
              GradientCase("amax", [2, 3, 2], kind: .distinct) {
                try SharedExtremum(maximum: true, over: dimensions, keepsDimensions: keeps)($0[0])
              },
            ])
      }
    }
    + [1, 3, 0, 1.5, .infinity, -.infinity].map { power in
      GradientCase("norm \(power)", [4, 3], kind: power.isInfinite ? .distinct : .awayFromZero) {
        try $0[0].norm(power, over: [1])
      }
    }
    + [0, 1, -1].flatMap { dimension in
      [
        GradientCase("max", [3, 4], kind: .distinct) {
          try Extremum(maximum: true, dimension: dimension)($0[0])
        },
        GradientCase("min", [3, 4], kind: .distinct) {
          try Extremum(maximum: false, dimension: dimension, keepsDimension: true)($0[0])
        },
        GradientCase("cumsum", [3, 4]) { try $0[0].cumulativeSum(dimension) },
        GradientCase("prod", [3, 4]) { try $0[0].product(dimension) },
        GradientCase("sort", [3, 4], kind: .distinct) {
          try $0[0].sorted(dimension, descending: true).values
        },
        GradientCase("quantile", [3, 4], kind: .distinct) { try $0[0].quantile(0.3, dimension) },
        GradientCase("topk", [3, 4], kind: .distinct) { try $0[0].topk(2, dimension, largest: false).values },
        GradientCase("softmax", [3, 4]) { try Softmax(dimension)($0[0]) },
        GradientCase("log_softmax", [3, 4]) { try Softmax(dimension, logarithm: true)($0[0]) },
        GradientCase("logsumexp", [3, 4]) { try LogSumExp(dimension, keepsDimension: dimension == 0)($0[0]) },
      ]
    } + [
      GradientCase("prod of all", [2, 3]) { try $0[0].product(keepsDimension: true) },
      GradientCase("prod of rank 0", []) { try $0[0].product(0) },
      GradientCase("sum of rank 0", []) { try Reduction(.sum, over: [-1])($0[0]) },
      GradientCase("softmax of rank 0", []) { try Softmax(0)($0[0]) },
      GradientCase("sum of nothing", [0, 3]) { try Reduction(.sum, over: [0])($0[0]) },
    ]

  static let shapes: [GradientCase] = [
    GradientCase("reshape", [2, 6]) { try $0[0].reshaped([3, -1]) },
    GradientCase("permute", [2, 3, 2]) { try Permute([-1, 0, 1])($0[0]) },
    GradientCase("expand", [2, 1]) { try $0[0].expanded(to: [3, 2, 4]) },
    GradientCase("slice", [3, 7]) { try Slice(-1, from: 1, count: 3, stride: 2)($0[0]) },
    GradientCase("empty slice", [3, 7]) { try Slice(1, from: 7, count: 0)($0[0]) },
    GradientCase("select", [3, 4]) { try $0[0].select(0, -1) },
    GradientCase("unsqueeze", [3, 4]) { try $0[0].unsqueezed(-1) },
    GradientCase("squeeze", [3, 1, 4, 1]) { try $0[0].squeezed() },
    GradientCase("flatten", [2, 3, 2]) { try $0[0].flattened(1) },
    GradientCase("clone", [2, 3]) { try $0[0].cloned() },
    GradientCase("cat", [2, 3], [2, 1], [2, 0]) { try Concatenation(-1).apply($0) },
    GradientCase("stack", [2, 3], [2, 3]) { try .stack($0, -1) },
    GradientCase("pad", [2, 3]) { try Pad(-2, before: 1, after: 2, value: 4)($0[0]) },
    GradientCase("flip", [2, 3]) { try Flip(-1)($0[0]) },
    GradientCase("split", [2, 5]) { try Concatenation(1).apply($0[0].split(2, 1).reversed()) },
    GradientCase("gather", [3, 4]) {
      try Gather(1)($0[0], integers([3, 3, 0, 1], [2, 2], on: $0[0].device))
    },
    GradientCase("scatter_add", [2, 4], [2, 3]) {
      try ScatterAdd(1)($0[0], integers([3, 3, 0, 1, 2, 1], [2, 3], on: $0[0].device), $0[1])
    },
    GradientCase("index_select", [3, 4]) {
      try IndexSelect(-1)($0[0], integers([3, 0, 3], on: $0[0].device))
    },
    GradientCase("embedding", [4, 3]) {
      try Embedding()($0[0], integers([3, 0, 3, 1], [2, 2], on: $0[0].device))
    },
    GradientCase("masked_select", [2, 3]) {
      try $0[0].masked(by: Tensor([true, false, true], shape: [3], on: $0[0].device))
    },
  ]

  static let products: [GradientCase] =
    ([
      ([2, 3], [3, 4]), ([3], [3]), ([3], [3, 2]), ([2, 3], [3]), ([2, 2, 3], [3, 2]),
      ([2, 2, 3], [2, 3, 2]),
      ([2, 1, 2, 3], [3, 3, 1]), ([3, 2], [4, 2, 3]), ([1, 1], [1, 1]), ([2, 0], [0, 3]), ([2, 2, 3], [3]),
    ] as [([Int], [Int])]).map { a, b in GradientCase("matmul", a, b) { try MatrixProduct()($0[0], $0[1]) } }
    + [
      GradientCase("linear", [2, 3], [4, 3], [4]) { try Linear().apply($0) },
      GradientCase("linear without bias", [2, 2, 3], [4, 3]) { try Linear().apply($0) },
      GradientCase("linear of a vector", [3], [4, 3], [4]) { try Linear().apply($0) },
    ] + einsums + linearAlgebra + attention

  private static let attention: [GradientCase] = [
    GradientCase("attention", [2, 2, 3], [2, 4, 3], [2, 4, 2]) { try ScaledDotProductAttention().apply($0) },
    GradientCase("causal attention", [4, 3], [3, 3], [3, 2]) {
      try ScaledDotProductAttention(causal: true).apply($0)
    },
    GradientCase("attention with a scale", [1, 2, 2, 1], [1, 2, 3, 1], [1, 2, 3, 2]) {
      try ScaledDotProductAttention(scale: 1.5).apply($0)
    },
    GradientCase("attention to nothing", [2, 3], [0, 3], [0, 2]) {
      try ScaledDotProductAttention().apply($0)
    },
  ]

  private static let einsums: [GradientCase] = [
    GradientCase("ij,jk", [2, 3], [3, 2]) { try .einsum("ij,jk", $0) },
    GradientCase("bi,kij,bj->bk", [2, 3], [2, 3, 2], [2, 2]) { try .einsum("bi,kij,bj->bk", $0) },
    GradientCase("bhqd,bhkd->bhqk", [2, 1, 3, 2], [2, 1, 2, 2]) { try .einsum("bhqd,bhkd->bhqk", $0) },
    GradientCase("ij->", [2, 3]) { try .einsum("ij->", $0) },
    GradientCase("ijk->ki", [2, 3, 2]) { try .einsum("ijk->ki", $0) },
    GradientCase("i,j->ij", [2], [3]) { try .einsum("i,j->ij", $0) },
    GradientCase("i,i", [3], [3]) { try .einsum("i,i", $0) },
    GradientCase("...ij,...jk->...ik", [2, 2, 3], [2, 3, 1]) { try .einsum("...ij,...jk->...ik", $0) },
    GradientCase("ab,bc,cd->ad", [2, 3], [3, 2], [2, 2]) { try .einsum("ab,bc,cd->ad", $0) },
  ]

  private static let linearAlgebra: [GradientCase] = [
    GradientCase("solve", [3, 3], [3, 2]) { try solvable($0[0]).solve($0[1]) },
    GradientCase("solve a vector", [3, 3], [3]) { try solvable($0[0]).solve($0[1]) },
    GradientCase("inverse", [3, 3]) { try solvable($0[0]).inverse() },
    GradientCase("cholesky", [3, 3]) {
      try solvable(MatrixProduct()($0[0], $0[0].transposed(0, 1))).cholesky()
    },
  ]

  /// Far from singular.
  private static func solvable(_ x: Tensor) throws -> Tensor {
    try x.adding(Tensor.eye(x.shape[0], on: x.device).scaled(by: 5))
  }

  static let networks: [GradientCase] =
    [
      GradientCase("batch_norm", [4, 3, 2], [2], [2]) { try BatchNormTraining().apply($0) },
      GradientCase("batch_norm of a matrix", [5, 3], [3], [3]) { try BatchNormTraining().apply($0) },
      GradientCase("batch_norm evaluation", [4, 3, 2], [2], [2]) {
        let mean = try floats([0.3, -0.2], on: $0[0].device)
        return try BatchNormEvaluation().apply($0 + [mean, floats([0.5, 2], on: $0[0].device)])
      },
      GradientCase("layer_norm", [2, 3, 5], [5], [5]) { try LayerNorm().apply($0) },
      GradientCase("layer_norm of a vector", [5], [5], [5]) { try LayerNorm().apply($0) },
    ] + pools + losses

  private static let pools: [GradientCase] =
    [(2, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 0), (4, 2, 2), (1, 1, 0), (5, 5, 0)].flatMap {
      kernel, stride, padding in
      let windows = PoolingWindows(kernel: kernel, stride: stride, padding: padding)
      return [
        GradientCase("max_pool1d \(windows)", [2, 7, 2], kind: .distinct) { try MaxPool1d(windows)($0[0]) },
        GradientCase("avg_pool1d \(windows)", [2, 7, 2]) { try AvgPool1d(windows)($0[0]) },
      ]
    }

  private static let losses: [GradientCase] = [LossReduction.mean, .sum, .none].flatMap { reduction in
    [0, 0.1].flatMap { smoothing in
      [false, true].map { logarithms in
        GradientCase("cross_entropy \(reduction) \(smoothing) \(logarithms)", [3, 4]) {
          try CrossEntropy(reduction: reduction, smoothing: smoothing, fromLogProbabilities: logarithms)(
            $0[0], integers([2, 0, 3], on: $0[0].device))
        }
      }
    }
  }
}
