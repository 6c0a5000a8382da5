import LuaHost
import Tensors

extension TensorBindings {
  static let properties: [LuaProperty] = [
    LuaProperty("shape", "The length of every dimension", "list of integers") { call in
      try call.push(call.shape(0))
    },
    LuaProperty("dtype", "\"float32\", \"int32\" or \"bool\"", "string") { call in
      try call.push(call.tensor(0).dtype.rawValue)
    },
    LuaProperty(
      "grad", "The gradient that backward gathered, or nil", "tensor",
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
    LuaProperty("requires_grad", "Whether a gradient is wanted", "boolean") { call in
      try call.push(call.tensor(0).requiresGradient)
    },
  ]

  static let look: [LuaFunction] = [
    LuaFunction("size", "The length of one dimension", [.dimension()], returns: "integer") { call in
      let shape = try call.shape(0)
      let dimension = try call.dimension(1)
      let place = dimension < 0 ? dimension + shape.count : dimension
      guard shape.indices.contains(place) else {
        throw TensorError.noSuchDimension(operation: "size", dimension: dimension, shape: shape)
      }
      return call.push(shape[place])
    },
    LuaFunction("dim", "The number of dimensions", returns: "integer") { call in
      try call.push(call.shape(0).count)
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
      return try call.push(nested(tensor.shape[...], tensor.dtype, &numbers))
    },
    LuaFunction("is_contiguous", "Whether the elements lie in order without gaps", returns: "boolean") {
      call in
      try call.push(call.tensor(0).isContiguous)
    },
  ]

  /// The most entries of a table made of a tensor, as of any table that goes through the host.
  private static let maxTableEntries = 4_000_000

  private static func nested(
    _ shape: ArraySlice<Int>, _ dtype: DType, _ numbers: inout IndexingIterator<[Double]>
  ) -> LuaValue {
    guard let length = shape.first else { return LuaCall.luaValue(numbers.next() ?? 0, dtype) }
    return .table(LuaTable(list: (0..<length).map { _ in nested(shape.dropFirst(), dtype, &numbers) }))
  }
}

extension LuaCall {
  /// An element as Lua has it: whole numbers of int32, true and false of bool.
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
