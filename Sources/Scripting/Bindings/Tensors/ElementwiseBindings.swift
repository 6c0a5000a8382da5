import LuaHost
import Tensors

extension TensorBindings {
  /// Every function of one number, and those with attributes.
  static let elementwise: [LuaFunction] =
    UnaryFunctions.all.map { formula in
      LuaFunction(formula.name, "\(formula.name) of every element", returns: "tensor") { call in
        try call.push(Elementwise(formula)(call.floats(0)))
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
      "leaky_relu", "x above 0, slope·x below", [.number("slope", default: 0.01)], returns: "tensor"
    ) { call in
      try call.push(Elementwise(LeakyReLU(negativeSlope: Float(call.number(1))))(call.floats(0)))
    },
    LuaFunction(
      "clamp", "Limited to low and high; nil: no limit",
      [.number("low", optional: true), .number("high", optional: true)],
      returns: "tensor"
    ) { call in
      try call.push(Elementwise(call.clamp())(call.floats(0)))
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
      try call.push(call.paired(formula))
    }
  }

  private static let binaryFunctions: [any BinaryFunction] = [
    Addition(), Subtraction(), Multiplication(), Division(), PowerOf(), Maximum(), Minimum(),
  ]

  /// The in-place forms: the same names with an underscore.
  static let inPlace: [LuaFunction] =
    UnaryFunctions.all.map { formula in
      changing(formula.name) { call in try Elementwise(formula)(call.floats(0).detached()) }
    }
    + binaryFunctions.map { formula in
      changing(formula.name, [.operand("other")]) { call in try Recording.off { try call.paired(formula) } }
    } + [
      changing("clamp", [.number("low", optional: true), .number("high", optional: true)]) { call in
        try Elementwise(call.clamp())(call.floats(0).detached())
      },
      LuaFunction("fill_", "Sets every element", [.number("value")], returns: "the tensor itself") { call in
        try call.tensor(0).assign(call.number(1))
        return call.push(argument: 0)
      },
      LuaFunction("zero_", "Sets every element to 0", returns: "the tensor itself") { call in
        try call.tensor(0).assign(0, operation: "zero_")
        return call.push(argument: 0)
      },
      LuaFunction(
        "copy_", "Copies another tensor's elements, broadcast", [.tensor("source")],
        returns: "the tensor itself"
      ) { call in
        try call.tensor(0).assign(call.tensor(1), operation: "copy_")
        return call.push(argument: 0)
      },
    ]

  private static func changing(
    _ name: String, _ parameters: [LuaParameter] = [],
    _ compute: @escaping @Sendable (LuaCall) throws -> Tensor
  ) -> LuaFunction {
    LuaFunction("\(name)_", "\(name) in place", parameters, returns: "the tensor itself") { call in
      let target = try call.tensor(0)
      try target.requireWritable("\(name)_")
      try target.assign(compute(call), operation: "\(name)_")
      return call.push(argument: 0)
    }
  }
}

extension LuaCall {
  /// The function of this tensor and argument 1.
  fileprivate func paired(_ formula: any BinaryFunction) throws -> Tensor {
    if formula is Maximum || formula is Minimum {
      return try BinaryElementwise(formula)(floats(0), operand(1))
    }
    return try arithmetic(0, 1, formula, { Self.withNumber(formula, $0) }, { Affine(shift: $0) })
  }

  /// The function with a number as its second operand.
  private static func withNumber(_ formula: any BinaryFunction, _ number: Float) -> any UnaryFunction {
    switch formula {
    case is Subtraction: Affine(shift: -number)
    case is Multiplication: Affine(scale: number)
    case is Division: DividedBy(number)
    case is PowerOf: Power(number)
    default: Affine(shift: number)
    }
  }

  fileprivate func clamp() throws -> Clamp {
    Clamp(has(1) ? Float(try number(1)) : -.infinity, has(2) ? Float(try number(2)) : .infinity)
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
        let tensor = try call.tensor(0)
        if tensor.dtype == .int32, call.objectIfAny(1, Tensor.self) == nil,
          let number = Int32(exactly: try call.number(1))
        {
          return try call.push(comparison(tensor, Tensor([number], shape: [], on: tensor.device)))
        }
        return try call.push(comparison(tensor, call.operand(1)))
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
