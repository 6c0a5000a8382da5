import LuaHost
import Support
import Tensors

extension Tensor: LuaHosted {
  public static var luaClassName: String { "tensor" }
  // In place: a copy of the tensor would take longer than its size.
  public static func nativeBytes(of storage: AnyObject) -> Int {
    HostBox<Tensor>.pointer(in: storage).pointee.byteCount
  }
}

extension LuaClass {
  /// Tensors as scripts see them.
  static let tensor = LuaClass(
    Tensor.self,
    "An array of any rank, of float32, int32 or bool. Dimensions and indices count from 1.",
    methods: TensorBindings.inspection + TensorBindings.shape + TensorBindings.index
      + TensorBindings.elementwise
      + TensorBindings.inPlace + TensorBindings.reduce + TensorBindings.order + TensorBindings.compare
      + TensorBindings.linearAlgebra + TensorBindings.autograd,
    properties: TensorBindings.properties, operators: TensorBindings.operators,
    brief: TensorText.brief, holdsMemory: true)
}

/// The methods of tensors and the functions that make them, in groups.
enum TensorBindings {
  /// The functions of `nj` that make tensors or join them.
  static let functions = creation + random + join
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

  /// The shape alone, without retaining the tensor: what loops read most often.
  func shape(_ argument: Int) throws -> [Int] { try pointer(argument, to: Tensor.self).pointee.shape }

  /// A tensor as float32: counts and truth values can be added up. Integers that float32 does not have are refused.
  func floats(_ argument: Int) throws -> Tensor {
    let tensor = try tensor(argument)
    return tensor.dtype == .float32 ? tensor : try tensor.exactly(as: .float32, functionName)
  }

  /// A tensor as it is where it is of int32, else as float32: for what is exact with integers.
  func numbers(_ argument: Int) throws -> Tensor {
    let tensor = try tensor(argument)
    return tensor.dtype == .bool ? try tensor.converted(to: .float32) : tensor
  }

  /// A dimension as Swift counts: from 0, negative from the end.
  func dimension(_ argument: Int) throws -> Int {
    try Self.zeroBased(integer(argument), "\(functionName): dimensions")
  }

  /// Dimensions as Swift counts; nil for all, as for an empty list.
  func dimensions(_ argument: Int) throws -> [Int]? {
    guard has(argument) else { return nil }
    if let one = stack.integer(index(argument)) {
      return [try Self.zeroBased(one, "\(functionName): dimensions")]
    }
    let given = try integers(argument)
    return given.isEmpty ? nil : try given.map { try Self.zeroBased($0, "\(functionName): dimensions") }
  }

  /// An index as Swift counts: from 0, negative from the end.
  static func zeroBased(_ number: Int, _ what: @autoclosure () -> String) throws -> Int {
    guard number != 0 else {
      throw ScriptError("\(what()) count from 1, or from -1 backwards; there is no 0")
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

extension TensorBindings {
  static let properties: [LuaProperty] = [
    LuaProperty("shape", "The length of every dimension", "list of integers") { call in
      try call.push(call.shape(0))
    },
    LuaProperty("dtype", "\"float32\", \"int32\" or \"bool\"", "string") { call in
      try call.push(call.tensor(0).dtype.rawValue)
    },
    LuaProperty(
      "grad", "The gradient that backward accumulated, or nil", "tensor",
      set: (
        .object("tensor"),
        { call in
          let tensor = try call.tensor(0)
          if let gradient = call.objectIfAny(1, Tensor.self) {
            try tensor.assignGradient(gradient)
          } else {
            tensor.gradient = nil
          }
          return .nothing
        }
      )
    ) { call in
      guard let gradient = try call.tensor(0).gradient else { return try call.push(LuaValue.nil) }
      return try call.push(gradient)
    },
    LuaProperty("requires_grad", "Whether backward accumulates a gradient", "boolean") { call in
      try call.push(call.tensor(0).requiresGradient)
    },
  ]

  static let inspection: [LuaFunction] = [
    LuaFunction("size", "The length of one dimension", [.dimension()], returns: "integer") { call in
      let dimension = try call.dimension(1)
      let tensor = try call.pointer(0, to: Tensor.self)
      let rank = tensor.pointee.rank
      let index = dimension < 0 ? dimension + rank : dimension
      guard index >= 0, index < rank else {
        throw TensorError.noSuchDimension(
          operation: "size", dimension: dimension, shape: tensor.pointee.shape)
      }
      return call.push(tensor.pointee.shape[index])
    },
    LuaFunction("dim", "The number of dimensions", returns: "integer") { call in
      try call.push(call.pointer(0, to: Tensor.self).pointee.rank)
    },
    LuaFunction("numel", "The number of elements", returns: "integer") { call in
      try call.push(call.tensor(0).count)
    },
    LuaFunction("item", "The only element", returns: "number") { call in
      let tensor = try call.tensor(0)
      return try call.pushNumber(tensor.item(), tensor.dtype)
    },
    LuaFunction("at", "One element by its indices", [.rest("indices", .integer)], returns: "number") { call in
      let tensor = try call.tensor(0)
      guard call.count == tensor.rank else {
        throw ScriptError("at: got \(call.count) indices for a tensor of shape \(tensor.shape)")
      }
      var view = tensor.detached()
      for argument in 1..<(call.count + 1) {
        view = try view.select(0, LuaCall.zeroBased(call.integer(argument), "indices"))
      }
      return try call.pushNumber(view.item(), tensor.dtype)
    },
    LuaFunction("totable", "The elements as nested lists", returns: "table or number") { call in
      let tensor = try call.tensor(0)
      // Rows without elements are tables too.
      let entries = tensor.shape.reduce(1) { $0 * max(1, $1) }
      guard entries <= maxTableEntries else {
        throw ScriptError(
          "totable: a tensor of shape \(tensor.shape) makes more than \(maxTableEntries) entries",
          hint: "take a part, as x:slice(1, 1, 1000):totable()")
      }
      var numbers = try tensor.numbers.makeIterator()
      var watch = Interruption.Watch()
      return try call.push(nested(tensor.shape[...], tensor.dtype, &numbers, &watch))
    },
    LuaFunction(
      "is_contiguous", "Whether the elements are in row-major order without gaps", returns: "boolean"
    ) {
      call in
      try call.push(call.tensor(0).isContiguous)
    },
  ]

  /// The most entries of a table made of a tensor, as of any table that goes through the host.
  private static let maxTableEntries = 4_000_000

  private static func nested(
    _ shape: ArraySlice<Int>, _ dtype: DType, _ numbers: inout IndexingIterator<[Double]>,
    _ watch: inout Interruption.Watch
  ) throws -> LuaValue {
    try watch.count(64, "totable")
    guard let length = shape.first else { return LuaCall.luaValue(numbers.next() ?? 0, dtype) }
    let list = try (0..<length).map { _ in try nested(shape.dropFirst(), dtype, &numbers, &watch) }
    return .table(LuaTable(list: list))
  }
}

extension LuaCall {
  /// An element as Lua has it: integers for int32, true and false for bool.
  static func luaValue(_ number: Double, _ dtype: DType) -> LuaValue {
    switch dtype {
    case .float32: .number(number)
    case .int32: .integer(Int(number))
    case .bool: .boolean(number != 0)
    }
  }

  func pushNumber(_ number: Double, _ dtype: DType) throws -> LuaResults {
    try push(Self.luaValue(number, dtype))
  }
}
