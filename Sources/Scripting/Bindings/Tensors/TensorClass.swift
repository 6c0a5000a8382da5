import LuaHost
import Tensors

extension Tensor: LuaHosted {
  public static var luaClassName: String { "tensor" }
}

extension LuaClass {
  /// Tensors as scripts see them.
  static let tensor = LuaClass(
    Tensor.self,
    "Numbers in a rectangle of any rank: float32, int32 or bool. Dimensions and indices count from 1.",
    methods: TensorBindings.look + TensorBindings.shape + TensorBindings.index + TensorBindings.elementwise
      + TensorBindings.inPlace + TensorBindings.reduce + TensorBindings.order + TensorBindings.compare
      + TensorBindings.linearAlgebra + TensorBindings.autograd,
    properties: TensorBindings.properties, operators: TensorBindings.operators, bytes: { $0.byteCount })
}

/// The methods of tensors and the functions that make them, in groups.
enum TensorBindings {
  /// The functions of `nj` that make tensors or join them.
  static let functions = make + random + join
}

extension LuaParameter {
  static func tensor(_ name: String, optional: Bool = false, help: String = "") -> Self {
    .object(name, "tensor", optional: optional, help: help)
  }

  /// A dimension, from 1, or from the end when negative.
  static func dimension(_ name: String = "dim", default value: Int? = nil, optional: Bool = false) -> Self {
    .integer(name, default: value, optional: optional, help: "a dimension, from 1; negative: from the end")
  }

  /// A tensor or a number.
  static func operand(_ name: String) -> Self { .either(name, [.number, .object("tensor")]) }

  /// One dimension or a list of them; left out for all.
  static let dimensions = LuaParameter.either(
    "dim", [.integer, .list(.integer)], optional: true, help: "one dimension or a list; left out: everything")

  static let keepdim = LuaParameter.boolean(
    "keepdim", default: false, help: "keep reduced dimensions, of length 1")
}

extension LuaCall {
  func tensor(_ argument: Int) throws -> Tensor { try object(argument, Tensor.self) }

  /// The shape alone, without a hold on the rest of the tensor: what loops ask for most.
  func shape(_ argument: Int) throws -> [Int] {
    let shape = stack.withStorage(index(argument)) { ($0 as? HostBox<Tensor>)?.value.shape }
    guard let shape else { throw unread(argument, "tensor") }
    return shape
  }

  /// A tensor as float32: counts and truth values can be added up.
  func floats(_ argument: Int) throws -> Tensor {
    let tensor = try tensor(argument)
    return tensor.dtype == .float32 ? tensor : try tensor.converted(to: .float32)
  }

  /// A dimension as Swift counts: from 0, negative from the end.
  func dimension(_ argument: Int) throws -> Int { try Self.zeroBased(integer(argument), "dimensions") }

  /// Dimensions as Swift counts; nil for all.
  func dimensions(_ argument: Int) throws -> [Int]? {
    guard has(argument) else { return nil }
    let given = try value(argument)
    return try (given.integer.map { [$0] } ?? given.integers ?? []).map {
      try Self.zeroBased($0, "dimensions")
    }
  }

  /// An index as Swift counts: from 0, negative from the end.
  static func zeroBased(_ number: Int, _ what: String) throws -> Int {
    guard number != 0 else {
      throw ScriptError("\(what) count from 1, or from -1 backwards; there is no 0")
    }
    return number > 0 ? number - 1 : number
  }

  /// Indices from 1 as indices from 0.
  func indices(_ argument: Int) throws -> Tensor {
    let tensor = try tensor(argument)
    guard tensor.dtype == .int32 else {
      throw unread(argument, "int32 tensor", got: "a \(tensor.dtype) tensor", hint: "x:to(\"int32\")")
    }
    return try tensor.shiftedIndices(by: -1)
  }
}
