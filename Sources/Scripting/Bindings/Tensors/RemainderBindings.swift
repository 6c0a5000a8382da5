import LuaHost
import Tensors

/// `%` and `//`, and operators that tensors do not have.
extension TensorBindings {
  static let remainder = LuaFunction(
    "__mod", "The remainder x − y·floor(x / y), which has the sign of y, element by element, broadcast",
    [.operand("left"), .operand("right")], returns: "tensor"
  ) { call in
    if let integers = try call.integers("%", { $0 - $1 * floorQuotient($0, $1) }) {
      return try call.push(integers)
    }
    let (x, y) = try call.floatOperands("%")
    let multiple = try BinaryElementwise(Multiplication())(Elementwise(Floor())(quotient(x, y)), y)
    return try call.push(BinaryElementwise(Subtraction())(x, multiple))
  }

  static let floorDivision = LuaFunction(
    "__idiv", "floor(x / y), element by element, broadcast", [.operand("left"), .operand("right")],
    returns: "tensor"
  ) { call in
    if let integers = try call.integers("//", floorQuotient) { return try call.push(integers) }
    let (x, y) = try call.floatOperands("//")
    return try call.push(Elementwise(Floor())(quotient(x, y)))
  }

  /// `"loss " .. x`, which is an error.
  static let concatenation = LuaFunction(
    "__concat", "An error that says how tensors become text", [.any("left"), .any("right")]
  ) { _ in
    throw ScriptError(
      "the operator .. joins text, not tensors",
      hint: "print(\"loss\", x) with a comma, x:item() of a single number, tostring(x) of a whole tensor")
  }

  /// `&` and `|`, which are errors.
  static func bitwise(_ event: String, _ method: String) -> LuaFunction {
    LuaFunction(event, "An error that names the method", [.any("left"), .any("right")]) { _ in
      throw ScriptError("tensors have no bitwise operators", hint: "x:\(method)(y) of two bool tensors")
    }
  }

  private static func quotient(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    try BinaryElementwise(Division())(x, y)
  }

  private static func floorQuotient(_ x: Int, _ y: Int) -> Int {
    let quotient = x / y
    return x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient
  }
}

extension LuaCall {
  /// The operands as float32 tensors of one device.
  fileprivate func floatOperands(_ name: String) throws -> (Tensor, Tensor) {
    switch (try arithmeticOperand(1), try arithmeticOperand(2)) {
    case (.tensor(let x), .tensor(let y)):
      return (try x.exactly(as: .float32, name), try y.exactly(as: .float32, name))
    case (.tensor(let x), .number(let y)):
      return (try x.exactly(as: .float32, name), try Tensor(Float(y), on: x.device))
    case (.number(let x), .tensor(let y)):
      return (try Tensor(Float(x), on: y.device), try y.exactly(as: .float32, name))
    case (.number, .number): throw ScriptError("\(name): no operand is a tensor")
    }
  }

  /// The result for an int32 tensor and an integer, or two int32 tensors of one shape, which stays int32; nil for
  /// others.
  fileprivate func integers(_ name: String, _ function: (Int, Int) -> Int) throws -> Tensor? {
    let pairs: [(Int, Int)]
    let like: Tensor
    func numbers(_ tensor: Tensor) throws -> [Int] { try tensor.values(as: Int32.self).map { Int($0) } }
    switch (try arithmeticOperand(1), try arithmeticOperand(2)) {
    case (.tensor(let x), .tensor(let y)) where x.dtype == .int32 && y.dtype == .int32 && x.shape == y.shape:
      like = x
      pairs = Array(zip(try numbers(x), try numbers(y)))
    case (.tensor(let x), .number(let number)) where x.dtype == .int32:
      guard let y = Int32(exactly: number) else { return nil }
      like = x
      pairs = try numbers(x).map { ($0, Int(y)) }
    case (.number(let number), .tensor(let y)) where y.dtype == .int32:
      guard let x = Int32(exactly: number) else { return nil }
      like = y
      pairs = try numbers(y).map { (Int(x), $0) }
    default: return nil
    }
    guard pairs.allSatisfy({ $0.1 != 0 }) else { throw ScriptError("\(name): an integer is divided by 0") }
    return try Tensor(
      pairs.map { Int32(clamping: function($0.0, $0.1)) }, shape: like.shape, on: like.device)
  }
}
