import LuaHost
import Tensors

extension TensorBindings {
  static let linearAlgebra: [LuaFunction] = [
    LuaFunction(
      "matmul", "The product of matrices; leading dimensions are batches", [.tensor("other")],
      returns: "tensor"
    ) { call in
      let left = try call.tensor(0)
      let right = try call.tensor(1)
      guard left.dtype == .int32, right.dtype == .int32 else {
        return try call.push(MatrixProduct()(call.floats(0), call.floats(1)))
      }
      return try call.push(MatrixProduct()(left, right))
    },
    LuaFunction("cholesky", "The lower L of a positive definite matrix: x = L·Lᵀ", returns: "tensor") {
      call in
      try call.push(call.floats(0).cholesky())
    },
    LuaFunction("solve", "X where this matrix times X is b", [.tensor("b")], returns: "tensor") { call in
      try call.push(call.floats(0).solve(call.floats(1)))
    },
    LuaFunction("inverse", "The inverse of a square matrix", returns: "tensor") { call in
      try call.push(call.floats(0).inverse())
    },
    LuaFunction("t", "A matrix with rows and columns swapped, as a view", returns: "tensor") { call in
      let tensor = try call.tensor(0)
      guard tensor.rank == 2 else {
        throw TensorError.badShape(
          operation: "t", shape: tensor.shape, expected: "a matrix",
          hint: "x:transpose(a, b) swaps two dimensions of any tensor")
      }
      return try call.push(tensor.transposed(0, 1))
    },
    LuaFunction("diagonal", "The diagonal of a matrix, as a view", returns: "tensor") { call in
      try call.push(call.tensor(0).diagonal())
    },
    LuaFunction(
      "cov",
      "The covariance of the columns of (samples, features): (features, features); rows are samples, so it is "
        + "torch.cov(x.T)",
      [
        .integer("correction", default: 1, min: 0, help: "1: the unbiased estimate; 0: the mean over samples")
      ],
      returns: "tensor"
    ) { call in try call.push(call.floats(0).covariance(correction: call.integer(1))) },
    LuaFunction("qr", "Q with orthonormal columns and R upper triangular: x = Q·R", returns: "tensor, tensor")
    { call in
      let parts = try call.floats(0).qr()
      return try call.push(parts.q, parts.r)
    },
    LuaFunction("svd", "U, singular values and Vᵀ: x = U·diag(s)·Vᵀ", returns: "tensor, tensor, tensor") {
      call in
      let parts = try call.floats(0).svd()
      return try call.push(parts.u, parts.s, parts.vTransposed)
    },
    LuaFunction(
      "eigh", "Eigenvalues, smallest first, and eigenvectors as columns, of a symmetric matrix",
      returns: "tensor, tensor"
    ) { call in
      let parts = try call.floats(0).eigh()
      return try call.push(parts.values, parts.vectors)
    },
    LuaFunction(
      "ridge",
      "The weights (features, targets) of ridge regression from (samples, features), solved in float64: W where "
        + "|x·W − y|² + penalty·|W|² is least",
      [
        .tensor("y", help: "(samples, targets), or (samples)"),
        .number("penalty", default: 0, min: 0, max: 1e30),
      ],
      returns: "tensor"
    ) { call in
      try call.push(call.floats(0).ridge(call.floats(1), penalty: call.number(2)))
    },
  ]

  /// Products that are functions of `nj` alone.
  static let products = [einsum, attention, convolution]

  private static let einsum = LuaFunction(
    "einsum", "A sum of products by Einstein's notation: nj.einsum(\"bi,kij,bj->bk\", x, w, y)",
    [.string("equation"), .rest("tensors", .object("tensor"))], returns: "tensor"
  ) { call in
    guard call.count > 1 else { throw ScriptError("einsum: there are no tensors") }
    let areIntegers = try (2...call.count).allSatisfy { try call.tensor($0).dtype == .int32 }
    let operands = try (2...call.count).map { try areIntegers ? call.tensor($0) : call.floats($0) }
    return try call.push(Tensor.einsum(call.string(1), operands))
  }

  private static let attention = LuaFunction(
    "scaled_dot_product_attention",
    "Attention softmax(q·kᵀ · scale)·v, without the memory that all weights would take: (…, queries, columns)",
    [
      .tensor("q", help: "(…, queries, width), such as (batch, heads, time, width)"),
      .tensor("k", help: "(…, keys, width)"), .tensor("v", help: "(…, keys, columns)"),
      .options(
        "options",
        [
          .boolean(
            "is_causal", default: false, help: "attend only to keys at the query's position and before"),
          .number("scale", optional: true, help: "1 / √width unless given"),
        ]),
    ],
    returns: "tensor"
  ) { call in
    let options = try call.options(4)
    let attention = ScaledDotProductAttention(
      scale: options.has("scale") ? Float(try options.number("scale")) : nil,
      causal: try options.boolean("is_causal"))
    return try call.push(attention.apply([call.floats(1), call.floats(2), call.floats(3)]))
  }

  private static let convolution = LuaFunction(
    "conv1d", "Cross-correlation over time with a given weight: (batch, time, in) → (batch, time′, out)",
    [
      .tensor("x"), .tensor("weight", help: "(out, in / groups, kernel)"),
      .options("options", Conv1d.fields + [.object("bias", "tensor", optional: true, help: "(out)")]),
    ],
    returns: "tensor"
  ) { call in
    let options = try call.options(3)
    let bias = options.has("bias") ? [try options.object("bias", Tensor.self)] : []
    return try call.push(Conv1d(options).apply([call.floats(1), call.floats(2)] + bias))
  }
}

extension Conv1d {
  /// The options of a convolution besides its sizes.
  static let fields: [LuaParameter] = [
    .integer("stride", default: 1, min: 1),
    .integer("padding", default: 0, min: 0, max: maxSteps),
    .integer("dilation", default: 1, min: 1, max: maxSteps),
    .integer("groups", default: 1, min: 1),
  ]

  init(_ options: LuaOptions) throws {
    self.init(
      stride: try options.integer("stride"), padding: try options.integer("padding"),
      dilation: try options.integer("dilation"), groups: try options.integer("groups"))
  }
}
