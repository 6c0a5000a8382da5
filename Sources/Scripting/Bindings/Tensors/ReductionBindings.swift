import LuaHost
import Tensors

extension TensorBindings {
  static let reduce: [LuaFunction] = [
    reduction("sum", "The sum (exact, of int32 and bool: an int32)", .sum),
    reduction("mean", "The mean", .mean),
    spread("var", "The variance", root: false),
    spread("std", "The standard deviation", root: true),
    extremum("max", maximum: true),
    extremum("min", maximum: false),
    position("argmax", maximum: true),
    position("argmin", maximum: false),
    LuaFunction("logsumexp", "log Σ exp x over a dimension", [.dimension(), .keepdim], returns: "tensor") {
      call in
      try call.push(LogSumExp(call.dimension(1), keepsDimension: call.boolean(2))(call.floats(0)))
    },
    LuaFunction("softmax", "Probabilities along a dimension", [.dimension()], returns: "tensor") { call in
      try call.push(Softmax(call.dimension(1))(call.floats(0)))
    },
    LuaFunction("log_softmax", "Log-probabilities along a dimension", [.dimension()], returns: "tensor") {
      call in
      try call.push(Softmax(call.dimension(1), logarithm: true)(call.floats(0)))
    },
  ]

  private static func reduction(_ name: String, _ summary: String, _ kind: Reduction.Kind) -> LuaFunction {
    LuaFunction(name, "\(summary) over dimensions or everything", [.dimensions, .keepdim], returns: "tensor")
    { call in
      try call.push(
        Reduction(kind, over: call.dimensions(1), keepsDimensions: call.boolean(2))(call.tensor(0)))
    }
  }

  private static func spread(_ name: String, _ summary: String, root: Bool) -> LuaFunction {
    LuaFunction(
      name, "\(summary) over dimensions or everything; correction 1 is the unbiased estimate",
      [.dimensions, .keepdim, .integer("correction", default: 1, min: 0)], returns: "tensor"
    ) { call in
      let dimensions = try call.dimensions(1)
      let keepsDimensions = try call.boolean(2)
      let correction = try call.integer(3)
      let x = try call.floats(0)
      guard root else {
        return try call.push(
          Variance(over: dimensions, keepsDimensions: keepsDimensions, correction: correction)(x))
      }
      return try call.push(
        StandardDeviation(over: dimensions, keepsDimensions: keepsDimensions, correction: correction)(x))
    }
  }

  private static func extremum(_ name: String, maximum: Bool) -> LuaFunction {
    LuaFunction(
      name, "The \(name) of everything, or along a dimension with its indices",
      [.dimension(optional: true), .keepdim], returns: "tensor, tensor"
    ) { call in
      let tensor = try call.tensor(0)
      guard call.has(1) else {
        return try call.push(SharedExtremum(maximum: maximum, keepsDimensions: call.boolean(2))(tensor))
      }
      let operation = Extremum(
        maximum: maximum, dimension: try call.dimension(1), keepsDimension: try call.boolean(2))
      return try call.push(operation(tensor), call.positions(operation, tensor))
    }
  }

  private static func position(_ name: String, maximum: Bool) -> LuaFunction {
    LuaFunction(
      name, "Where the \(name.dropFirst(3)) is: along a dimension, or in the flattened tensor",
      [.dimension(optional: true), .keepdim], returns: "tensor"
    ) { call in
      let x = try call.tensor(0)
      let dimension = try call.has(1) ? call.dimension(1) : nil
      let positions =
        try maximum
        ? x.argmax(dimension, keepsDimension: call.boolean(2))
        : x.argmin(dimension, keepsDimension: call.boolean(2))
      return try call.push(positions.shiftedIndices(by: 1))
    }
  }
}

extension LuaCall {
  /// Where the extremum is, from 1.
  fileprivate func positions(_ operation: Extremum, _ tensor: Tensor) throws -> Tensor {
    let positions = try operation.positions(in: tensor.detached()).shiftedIndices(by: 1)
    return operation.keepsDimension ? positions : try positions.squeezed(operation.dimension)
  }
}

extension TensorBindings {
  static let order: [LuaFunction] = [
    LuaFunction(
      "topk", "The k largest (or smallest) along a dimension, and their indices",
      [.integer("k", min: 0), .dimension(default: -1), .boolean("largest", default: true)],
      returns: "tensor, tensor"
    ) { call in
      let best = try call.tensor(0).topk(call.integer(1), call.dimension(2), largest: call.boolean(3))
      return try call.push(best.values, best.indices.shiftedIndices(by: 1))
    },
    LuaFunction(
      "sort", "Sorted along a dimension, and the index each element had",
      [.dimension(default: -1), .boolean("descending", default: false)], returns: "tensor, tensor"
    ) { call in
      let sorted = try call.tensor(0).sorted(call.dimension(1), descending: call.boolean(2))
      return try call.push(sorted.values, sorted.indices.shiftedIndices(by: 1))
    },
    LuaFunction(
      "quantile",
      "The quantile q (0 to 1) along a dimension or of everything, by linear interpolation",
      [.number("q"), .dimension(optional: true), .keepdim], returns: "tensor"
    ) { call in
      try call.push(
        call.floats(0).quantile(
          call.number(1), call.has(2) ? call.dimension(2) : nil, keepsDimension: call.boolean(3)))
    },
    LuaFunction(
      "unique", "The distinct elements, sorted; the index of each element among them; how often each occurs",
      returns: "tensor, tensor, tensor"
    ) { call in
      let unique = try call.tensor(0).unique()
      return try call.push(unique.values, unique.inverse.shiftedIndices(by: 1), unique.counts)
    },
    LuaFunction("cumsum", "Sums up to each element of a dimension", [.dimension()], returns: "tensor") {
      call in
      try call.push(call.tensor(0).cumulativeSum(call.dimension(1)))
    },
    LuaFunction(
      "prod", "The product along a dimension, or of everything", [.dimension(optional: true), .keepdim],
      returns: "tensor"
    ) { call in
      try call.push(
        call.tensor(0).product(call.has(1) ? call.dimension(1) : nil, keepsDimension: call.boolean(2)))
    },
    LuaFunction(
      "norm", "(Σ|x|ᵖ)^(1/p) over dimensions or everything",
      [.dimensions, .keepdim, .number("p", default: 2)], returns: "tensor"
    ) { call in
      try call.push(
        call.floats(0).norm(Float(call.number(3)), over: call.dimensions(1), keepsDimensions: call.boolean(2))
      )
    },
    LuaFunction(
      "normalize",
      "Divided by the Euclidean norm along a dimension, at least 1e-12, as F.normalize; the last dimension by default",
      [.dimension(default: -1)], returns: "tensor"
    ) { call in try call.push(call.floats(0).normalized(along: call.dimension(1))) },
    LuaFunction("any", "Whether any element is not 0", [.dimensions, .keepdim], returns: "tensor") {
      call in
      try call.push(call.tensor(0).any(over: call.dimensions(1), keepsDimensions: call.boolean(2)))
    },
    LuaFunction("all", "Whether no element is 0", [.dimensions, .keepdim], returns: "tensor") {
      call in
      try call.push(call.tensor(0).all(over: call.dimensions(1), keepsDimensions: call.boolean(2)))
    },
    LuaFunction(
      "count_nonzero", "How many elements are not 0", [.dimensions, .keepdim], returns: "tensor"
    ) {
      call in
      try call.push(call.tensor(0).countNonzero(over: call.dimensions(1), keepsDimensions: call.boolean(2)))
    },
    LuaFunction(
      "masked_select", "The elements where a mask holds, as a list", [.tensor("mask")], returns: "tensor"
    ) {
      call in try call.push(call.tensor(0).masked(by: call.tensor(1)))
    },
    LuaFunction(
      "nonzero", "The indices of elements that are not 0: (elements, dimensions)", returns: "tensor"
    ) { call in
      try call.push(call.tensor(0).nonzero().shiftedIndices(by: 1))
    },
    LuaFunction(
      "chunk", "At most so many pieces along a dimension",
      [.integer("chunks", min: 1), .dimension(default: 1)],
      returns: "list of tensors"
    ) { call in try call.push(call.tensor(0).chunk(call.integer(1), call.dimension(2))) },
    LuaFunction(
      "split", "Pieces of a size along a dimension",
      [.integer("split_size", min: 1), .dimension(default: 1)],
      returns: "list of tensors"
    ) { call in try call.push(call.tensor(0).split(call.integer(1), call.dimension(2))) },
  ]
}
