import LuaHost
import Tensors

extension TensorBindings {
  static let operators: [LuaFunction] = [
    binary("__add", Addition()) {
      Affine(shift: $0)
    } numberFirst: {
      Affine(shift: $0)
    },
    binary("__sub", Subtraction()) {
      Affine(shift: -$0)
    } numberFirst: {
      Affine(scale: -1, shift: $0)
    },
    binary("__mul", Multiplication()) {
      Affine(scale: $0)
    } numberFirst: {
      Affine(scale: $0)
    },
    binary("__div", Division()) {
      DividedBy($0)
    } numberFirst: {
      DividedInto($0)
    },
    binary("__pow", PowerOf()) {
      Power($0)
    } numberFirst: {
      RaisedTo(base: $0)
    },
    remainder, floorDivision, concatenation, bitwise("__band", "logical_and"), bitwise("__bor", "logical_or"),
    comparison("__lt", "x:lt(y) or x:gt(y)"), comparison("__le", "x:le(y) or x:ge(y)"),
    LuaFunction(
      "__eq", "An error that says how tensors are compared; a tensor equals itself, and no other value",
      [.any("left"), .any("right")]
    ) { call in
      // Lua makes true or false of every result, and asks only where both are host objects.
      guard call.objectIfAny(1, Tensor.self) != nil, call.objectIfAny(2, Tensor.self) != nil else {
        return call.push(false)
      }
      throw ScriptError(
        "== and ~= of two tensors cannot compare their elements",
        hint: "x:eq(y) for each element, x:allclose(y) for all of them, rawequal(x, y) for the same object")
    },
    LuaFunction("__unm", "The negative", returns: "tensor") { call in
      try call.push(Elementwise(Negate())(call.numbers(0)))
    },
    LuaFunction("__len", "The length of the first dimension", returns: "integer") { call in
      let tensor = try call.tensor(0)
      guard let length = tensor.shape.first else {
        throw ScriptError("#: a tensor of rank 0 has no length")
      }
      return call.push(length)
    },
    LuaFunction("__tostring", "Values and shape", returns: "string") { call in
      try call.push(TensorText.describe(call.tensor(0)))
    },
    LuaFunction(
      "__index",
      "A part: x[i], x[{ i, { first, last } }], x[mask] or x[indices]; a number where it is a single element",
      [LuaCall.key], returns: "tensor or number"
    ) { call in
      let x = try call.tensor(0)
      let integer = call.stack.integer(call.index(1))
      if let integer, integer > 0, let element = x.plainElement(integer - 1) {
        return try call.pushNumber(element, x.dtype)
      }
      let part: Tensor
      do {
        part =
          if let integer {
            try x.select(0, LuaCall.zeroBased(integer, "indices"))
          } else {
            try call.tensorIndex(1, of: x)(x)
          }
      } catch let error as TensorError { throw error.forScripts(of: "index") }
      return part.rank == 0 && !part.requiresGradient
        ? try call.pushNumber(part.item(), part.dtype) : try call.push(part)
    },
    LuaFunction(
      "__newindex", "Assigns to a part, which is given as for reading; the value's gradient is kept",
      [LuaCall.key, .either("value", [.number, .object("tensor"), .boolean])]
    ) { call in
      let x = try call.tensor(0)
      do { try call.write(2, call.tensorIndex(1, of: x), "assign") } catch let error as TensorError {
        throw error.forScripts(of: "assign")
      }
      return .nothing
    },
  ]

  /// `<` or `<=` between tensors, which is an error.
  private static func comparison(_ event: String, _ methods: String) -> LuaFunction {
    LuaFunction(event, "An error that says how tensors are compared", [.any("left"), .any("right")]) { _ in
      throw ScriptError(
        "< and > compare single numbers, not tensors",
        hint: "\(methods), or x:item() of a single number"
      )
    }
  }

  /// An arithmetic operator between tensors, or a tensor and a number.
  private static func binary(
    _ event: String, _ formula: any BinaryFunction,
    _ withNumber: @escaping @Sendable (Float) -> any UnaryFunction,
    numberFirst: @escaping @Sendable (Float) -> any UnaryFunction
  ) -> LuaFunction {
    LuaFunction(
      event, "\(formula.name), element by element, broadcast", [.operand("left"), .operand("right")],
      returns: "tensor"
    ) { call in
      if let a = call.pointerIfAny(1, to: Tensor.self), let b = call.pointerIfAny(2, to: Tensor.self),
        a.pointee.dtype == .float32, b.pointee.dtype == .float32
      {
        return try call.push(BinaryElementwise(formula)(a.pointee, b.pointee))
      }
      return try call.push(
        call.arithmetic(
          call.arithmeticOperand(1), call.arithmeticOperand(2), formula, withNumber, numberFirst))
    }
  }
}

/// An operand of arithmetic.
enum ArithmeticOperand {
  case tensor(Tensor)
  case number(Double)

  /// An int32 tensor, or a number that can be one.
  fileprivate func integers(on device: Device) throws -> Tensor? {
    switch self {
    case .tensor(let tensor): return tensor.dtype == .int32 ? tensor : nil
    case .number(let number):
      guard let integer = Int32(exactly: number) else { return nil }
      return try Tensor([integer], shape: [], on: device)
    }
  }
}

extension LuaCall {
  func arithmeticOperand(_ argument: Int) throws -> ArithmeticOperand {
    if let tensor = objectIfAny(argument, Tensor.self) { return .tensor(tensor) }
    return .number(try number(argument))
  }

  /// A binary function of operands of which at least one is a tensor. int32 with int32 or an integer stays int32 where
  /// the function has a form for integers.
  ///
  /// - Parameter withNumber: the function with a number as its second operand; nil to make a tensor of the number.
  func arithmetic(
    _ left: ArithmeticOperand, _ right: ArithmeticOperand, _ formula: any BinaryFunction,
    _ withNumber: (Float) -> (any UnaryFunction)?, _ numberFirst: (Float) -> any UnaryFunction
  ) throws -> Tensor {
    func floats(_ tensor: Tensor) throws -> Tensor { try tensor.exactly(as: .float32, formula.name) }
    switch (left, right) {
    case (.tensor(let a), .tensor(let b)):
      if a.dtype == .int32, b.dtype == .int32, formula.onIntegers != nil {
        return try BinaryElementwise(formula)(a, b)
      }
      return try BinaryElementwise(formula)(floats(a), floats(b))
    case (.tensor(let a), .number(let number)):
      if a.dtype == .int32, formula.onIntegers != nil, let b = try right.integers(on: a.device) {
        return try BinaryElementwise(formula)(a, b)
      }
      guard let function = withNumber(Float(number)) else {
        return try BinaryElementwise(formula)(floats(a), Tensor(Float(number), on: a.device))
      }
      return try Elementwise(function)(floats(a))
    case (.number(let number), .tensor(let b)):
      if b.dtype == .int32, formula.onIntegers != nil, let a = try left.integers(on: b.device) {
        return try BinaryElementwise(formula)(a, b)
      }
      return try Elementwise(numberFirst(Float(number)))(floats(b))
    case (.number, .number): throw ScriptError("\(formula.name): no operand is a tensor")
    }
  }
}
