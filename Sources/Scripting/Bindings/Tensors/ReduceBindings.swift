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
      let tensor = try kind == .sum ? call.tensor(0) : call.floats(0)
      return try call.push(
        Reduction(kind, over: call.dimensions(1), keepsDimensions: call.boolean(2))(tensor))
    }
  }

  private static func spread(_ name: String, _ summary: String, root: Bool) -> LuaFunction {
    LuaFunction(
      name, "\(summary) over dimensions or everything; correction 1 is the unbiased estimate",
      [.dimensions, .keepdim, .integer("correction", default: 1, min: 0)], returns: "tensor"
    ) { call in
      let variance = try Variance(
        over: call.dimensions(1), keepsDimensions: call.boolean(2), correction: call.integer(3))(
          call.floats(0))
      return try call.push(root ? Elementwise(SquareRoot())(variance) : variance)
    }
  }

  private static func extremum(_ name: String, maximum: Bool) -> LuaFunction {
    LuaFunction(
      name, "The \(name) of everything, or along a dimension with its indices",
      [.dimension(optional: true), .keepdim], returns: "tensor, tensor"
    ) { call in
      let tensor = try call.tensor(0)
      guard call.has(1) else { return try call.push(SharedExtremum(maximum: maximum)(tensor)) }
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
      let tensor = try call.has(1) ? call.tensor(0) : call.tensor(0).reshaped([-1])
      let operation = Extremum(
        maximum: maximum, dimension: call.has(1) ? try call.dimension(1) : 0,
        keepsDimension: try call.boolean(2))
      return try call.push(call.positions(operation, tensor))
    }
  }
}

extension LuaCall {
  /// Where the extremum is, from 1.
  fileprivate func positions(_ operation: Extremum, _ tensor: Tensor) throws -> Tensor {
    let found = try operation.positions(in: tensor.detached()).shiftedIndices(by: 1)
    return operation.keepsDimension ? found : try found.squeezed(operation.dimension)
  }
}
