import LuaHost
import Tensors

extension TensorBindings {
  /// Every function of one number, and those with attributes.
  static let elementwise: [LuaFunction] =
    UnaryFunctions.all.map { formula in
      LuaFunction(formula.name, "\(formula.name) of every element", returns: "tensor") { call in
        try call.push(call.elementwise(formula, call.tensor(0)))
      }
    } + attributed + pairs

  private static let attributed: [LuaFunction] = [
    LuaFunction(
      "gelu", "x·Φ(x), element by element", [.choice("approximate", ["none", "tanh"], default: "none")],
      returns: "tensor"
    ) { call in
      try call.push(Elementwise(GELU(approximate: call.string(1) == "tanh"))(call.floats(0)))
    },
    LuaFunction("elu", "x above 0, alpha·(eˣ − 1) below", [.number("alpha", default: 1)], returns: "tensor") {
      call in
      try call.push(Elementwise(ELU(alpha: Float(call.number(1))))(call.floats(0)))
    },
    LuaFunction(
      "leaky_relu", "x above 0, negative_slope·x below", [.number("negative_slope", default: 0.01)],
      returns: "tensor"
    ) { call in
      try call.push(Elementwise(LeakyReLU(negativeSlope: Float(call.number(1))))(call.floats(0)))
    },
    LuaFunction(
      "clamp", "Limited to min and max; nil: no limit",
      [.number("min", optional: true), .number("max", optional: true)],
      returns: "tensor"
    ) { call in
      try call.push(call.clamped(call.tensor(0)))
    },
    LuaFunction(
      "spike", "1 above 0, else 0; its gradient is that of a smooth surrogate",
      [
        .choice("surrogate", Surrogate.allCases.map(\.rawValue), default: Surrogate.arctan.rawValue),
        .number("scale", optional: true),
      ], returns: "tensor"
    ) { call in
      let surrogate = Surrogate(rawValue: try call.string(1)) ?? .arctan
      let scale = call.has(2) ? Float(try call.number(2)) : nil
      return try call.push(Elementwise(surrogate.formula(scale: scale))(call.floats(0)))
    },
    LuaFunction("logical_not", "Whether each element is 0 or false", returns: "tensor") { call in
      try call.push(call.tensor(0).logicalNot())
    },
    LuaFunction("isnan", "Whether each element is not a number", returns: "tensor") { call in
      try call.push(call.tensor(0).isNaN())
    },
    LuaFunction("isfinite", "Whether each element is neither NaN nor infinite", returns: "tensor") { call in
      try call.push(call.tensor(0).isFinite())
    },
  ]

  /// Functions of two tensors, or a tensor and a number.
  private static let pairs: [LuaFunction] = binaryFunctions.map { formula in
    LuaFunction(
      formula.name, "\(formula.name) with a tensor or number, broadcast", [.operand("other")],
      returns: "tensor"
    ) { call in
      try call.push(call.paired(formula, call.tensor(0)))
    }
  }

  private static let binaryFunctions: [any BinaryFunction] = [
    Addition(), Subtraction(), Multiplication(), Division(), PowerOf(), Maximum(), Minimum(),
  ]

  /// The in-place forms: the same names with an underscore.
  static let inPlace: [LuaFunction] =
    UnaryFunctions.all.map { formula in
      changing(formula.name) { call, x in try call.elementwise(formula, x) }
    }
    + binaryFunctions.map { formula in
      changing(formula.name, [.operand("other")]) { call, x in try call.paired(formula, x) }
    } + [
      changing("clamp", [.number("min", optional: true), .number("max", optional: true)]) { call, x in
        try call.clamped(x)
      },
      LuaFunction(
        "fill_", "Sets every element", [.either("value", [.number, .boolean])], returns: "the tensor itself"
      ) { call in
        try call.write(1, .whole, "fill_")
        return call.push(argument: 0)
      },
      LuaFunction("zero_", "Sets every element to 0", returns: "the tensor itself") { call in
        try call.write(0, .whole, "zero_")
        return call.push(argument: 0)
      },
      LuaFunction(
        "copy_", "Copies another tensor's elements, broadcast, with their gradient", [.tensor("src")],
        returns: "the tensor itself"
      ) { call in
        try call.update(0) { (target: inout Tensor) in
          try target.replace(.whole, with: call.tensor(1), operation: "copy_")
        }
        return call.push(argument: 0)
      },
    ]

  private static func changing(
    _ name: String, _ parameters: [LuaParameter] = [],
    _ compute: @escaping @Sendable (LuaCall, Tensor) throws -> Tensor
  ) -> LuaFunction {
    let operation = "\(name)_"
    return LuaFunction(operation, "\(name) in place", parameters, returns: "the tensor itself") { call in
      let target = try call.tensor(0)
      try target.requireReplaceable(operation)
      let other = call.objectIfAny(1, Tensor.self)
      let isRecorded = target.requiresGradient || other?.requiresGradient == true
      // What the gradient needs of the elements is saved before they change.
      let result = try compute(call, isRecorded ? target.cloned() : target)
      guard result.dtype == target.dtype || (result.dtype == .int32 && target.dtype == .float32) else {
        throw TensorError.inPlaceType(operation: operation, result: result.dtype, target: target.dtype)
      }
      try call.update(0) { (target: inout Tensor) in
        try target.replace(.whole, with: result, operation: operation)
      }
      return call.push(argument: 0)
    }
  }
}

extension LuaCall {
  /// The function of every element, of integers where it has a form for them.
  fileprivate func elementwise(_ formula: any UnaryFunction, _ x: Tensor) throws -> Tensor {
    if x.dtype == .int32, formula.onIntegers != nil { return try Elementwise(formula)(x) }
    return try Elementwise(formula)(x.exactly(as: .float32, functionName))
  }

  /// The function of a tensor and argument 1.
  fileprivate func paired(_ formula: any BinaryFunction, _ x: Tensor) throws -> Tensor {
    try arithmetic(
      .tensor(x), arithmeticOperand(1), formula, { Self.withNumber(formula, $0) }, { Affine(shift: $0) })
  }

  /// The function with a number as its second operand.
  private static func withNumber(_ formula: any BinaryFunction, _ number: Float) -> (any UnaryFunction)? {
    switch formula {
    case is Maximum, is Minimum: nil
    case is Subtraction: Affine(shift: -number)
    case is Multiplication: Affine(scale: number)
    case is Division: DividedBy(number)
    case is PowerOf: Power(number)
    default: Affine(shift: number)
    }
  }

  /// The elements limited to arguments 1 and 2; with a NaN as a limit every element is NaN, as in PyTorch. int32 with
  /// limits that are integers stays int32.
  fileprivate func clamped(_ x: Tensor) throws -> Tensor {
    let low = has(1) ? try number(1) : -.infinity
    let high = has(2) ? try number(2) : .infinity
    if x.dtype == .int32 {
      let limits = (Int32(exactly: max(low, -0x1p31)), Int32(exactly: min(high, 0x1p31 - 1)))
      if let low = limits.0, let high = limits.1 {
        func number(_ limit: Int32) throws -> Tensor { try Tensor([limit], shape: [], on: x.device) }
        let raised = try BinaryElementwise(Maximum())(x, number(low))
        return try BinaryElementwise(Minimum())(raised, number(high))
      }
    }
    let floats = try x.exactly(as: .float32, functionName)
    if low.isNaN || high.isNaN { return try Elementwise(Affine(scale: 0, shift: .nan))(floats) }
    return try Elementwise(Clamp(Float(low), Float(high)))(floats)
  }
}

extension TensorBindings {
  static let compare: [LuaFunction] =
    Comparison.allCases.map { comparison in
      LuaFunction(
        comparison.rawValue, "\(comparison.rawValue) with a tensor or number, element by element",
        [.operand("other")],
        returns: "tensor"
      ) { call in
        let x = try call.tensor(0)
        guard x.dtype == .int32, call.objectIfAny(1, Tensor.self) == nil else {
          return try call.push(comparison(x, call.operand(1)))
        }
        return try call.push(comparison(x, comparison.bound(call.number(1), on: x.device)))
      }
    } + [
      LuaFunction(
        "allclose", "Whether all elements are within atol + rtol·|other| of another tensor's",
        [
          .tensor("other"),
          .options("options", [.number("rtol", default: 1e-5), .number("atol", default: 1e-8)]),
        ], returns: "boolean"
      ) { call in
        let options = try call.options(2)
        return try call.push(
          call.tensor(0).isClose(
            to: call.tensor(1), relative: options.number("rtol"), absolute: options.number("atol")))
      }
    ]
}

extension Comparison {
  /// What int32 elements are compared with instead of a number, with the same results: the integer next to it.
  fileprivate func bound(_ number: Double, on device: Device) throws -> Tensor {
    let next: Double =
      switch self {
      case .lt, .ge: number.rounded(.up)
      case .le, .gt: number.rounded(.down)
      case .eq, .ne: number == number.rounded() ? number : .nan
      case .logicalAnd, .logicalOr: number == 0 ? 0 : 1
      }
    guard let integer = Int32(exactly: next) else { return try Tensor(Float(next), on: device) }
    return try Tensor([integer], shape: [], on: device)
  }
}
