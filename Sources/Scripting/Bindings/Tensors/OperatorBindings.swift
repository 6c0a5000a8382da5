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
    comparison("__lt", "x:lt(y) or x:gt(y)"), comparison("__le", "x:le(y) or x:ge(y)"),
    LuaFunction("__unm", "The negative", returns: "tensor") { call in
      let tensor = try call.tensor(0)
      guard tensor.dtype == .int32 else { return try call.push(Elementwise(Negate())(call.floats(0))) }
      return try call.push(tensor.mapIntegers("-") { 0 - $0 })
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
      "__index", "A slice of the first dimension; a number when there is one dimension", [.integer("i")],
      returns: "tensor or number"
    ) { call in
      let part = try call.tensor(0).select(0, LuaCall.zeroBased(call.integer(1), "indices"))
      return part.rank == 0 && !part.requiresGradient
        ? try call.pushNumber(part.item(), part.dtype) : try call.push(part)
    },
    LuaFunction(
      "__newindex", "Assigns to a slice of the first dimension", [.integer("i"), .operand("value")]
    ) {
      call in
      let part = try call.tensor(0).select(0, LuaCall.zeroBased(call.integer(1), "indices"))
      try call.write(2, to: part, "assign")
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
      try call.push(call.arithmetic(1, 2, formula, withNumber, numberFirst))
    }
  }
}

extension LuaCall {
  /// A binary function of arguments that are tensors or numbers, at least one a tensor.
  func arithmetic(
    _ left: Int, _ right: Int, _ formula: any BinaryFunction, _ withNumber: (Float) -> any UnaryFunction,
    _ numberFirst: (Float) -> any UnaryFunction
  ) throws -> Tensor {
    let a = objectIfAny(left, Tensor.self)
    let b = objectIfAny(right, Tensor.self)
    let areIntegers = [a, b].allSatisfy { $0.map { $0.dtype == .int32 } ?? true }
    if areIntegers, let result = try integerArithmetic(left, right, formula) { return result }
    if let a, let b {
      return try BinaryElementwise(formula)(a.converted(to: .float32), b.converted(to: .float32))
    }
    if let a { return try Elementwise(withNumber(Float(number(right))))(a.converted(to: .float32)) }
    guard let b else { throw ScriptError("\(formula.name): no operand is a tensor") }
    return try Elementwise(numberFirst(Float(number(left))))(b.converted(to: .float32))
  }

  /// int32 with int32 or an integer stays int32 where the result is an integer; nil where it is not.
  private func integerArithmetic(_ left: Int, _ right: Int, _ formula: any BinaryFunction) throws -> Tensor? {
    let operation: (Int, Int) -> Int
    switch formula {
    case is Addition: operation = { $0 &+ $1 }
    case is Subtraction: operation = { $0 &- $1 }
    case is Multiplication: operation = { $0 &* $1 }
    default: return nil
    }
    func operand(_ argument: Int) throws -> Tensor? {
      if let tensor = objectIfAny(argument, Tensor.self) { return tensor }
      guard let number = Int32(exactly: try number(argument)) else { return nil }
      return try Tensor([number], shape: [], on: context.device)
    }
    guard let a = try operand(left), let b = try operand(right) else { return nil }
    // Adding zeros of the other's shape broadcasts both.
    let shape = try Comparison.eq(a, b).shape
    let x = try a.expanded(to: shape).values(as: Int32.self)
    let y = try b.expanded(to: shape).values(as: Int32.self)
    let results = try zip(x, y).map { pair -> Int32 in
      guard let result = Int32(exactly: operation(Int(pair.0), Int(pair.1))) else {
        throw ScriptError("\(formula.name): a result does not fit an int32; convert with :to \"float32\"")
      }
      return result
    }
    return try Tensor(results, shape: shape, on: a.device)
  }

  /// Assigns a number or a tensor to a view.
  func write(_ argument: Int, to view: Tensor, _ operation: String) throws {
    if let source = objectIfAny(argument, Tensor.self) {
      try view.assign(source, operation: operation)
    } else {
      try view.assign(number(argument), operation: operation)
    }
  }
}

extension Tensor {
  /// A function of every int32 element.
  func mapIntegers(_ operation: String, _ change: (Int) -> Int) throws -> Tensor {
    let results = try values(as: Int32.self).map { element -> Int32 in
      guard let result = Int32(exactly: change(Int(element))) else {
        throw ScriptError("\(operation): a result does not fit an int32; convert with :to \"float32\"")
      }
      return result
    }
    return try Tensor(results, shape: shape, on: device)
  }
}
