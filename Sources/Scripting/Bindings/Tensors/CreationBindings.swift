import LuaHost
import Tensors

extension TensorBindings {
  static let creation: [LuaFunction] = [
    LuaFunction(
      "tensor", "A tensor of a number, or of nested lists of numbers; tensors of one number are numbers",
      [
        .any("values"),
        .options(
          "options",
          [
            .choice(
              "dtype", DType.allCases.map(\.rawValue), optional: true,
              help: "the type of the elements; bool for true and false, else float32")
          ]),
      ],
      returns: "tensor"
    ) { call in
      let values = try call.value(1)
      if let field = values.table?.fields.first {
        throw ScriptError(
          "tensor: the first argument is the numbers themselves, without names; got the key '\(field.name)'",
          hint: "nj.tensor({ 1, 2 }, { dtype = \"int32\" })")
      }
      var list = NestedList()
      try list.read(values)
      let dtype = DType(rawValue: try call.options(2)["dtype"].string ?? "") ?? list.dtype
      return try call.push(list.tensor(dtype, on: call.context.device))
    },
    filled("zeros", "A tensor of zeros", 0),
    filled("ones", "A tensor of ones", 1),
    LuaFunction(
      "full", "A tensor of one number",
      [.integers("shape").also("size"), .number("value").also("fill_value"), .typeOptions],
      returns: "tensor"
    ) {
      call in
      let dtype = DType(rawValue: try call.options(3).string("dtype")) ?? .float32
      return try call.push(
        Tensor.full(call.integers(1), call.number(2), dtype: dtype, on: call.context.device))
    },
    LuaFunction(
      "arange",
      "Numbers from first to last, both included, as in Lua's for: arange(1, 5) has 5 elements, arange(0, 4) "
        + "is torch.arange(5)",
      [
        .number("first").also("start"), .number("last", optional: true), .number("step", default: 1),
        .typeOptions,
      ],
      returns: "tensor"
    ) { call in
      guard call.has(2) else {
        let last = try call.number(1)
        throw ScriptError(
          "arange: takes the first and the last number, both included",
          hint: "arange(1, \(Self.plain(last))), or "
            + "arange(0, \(Self.plain(last - 1))) for torch.arange(\(Self.plain(last)))")
      }
      let first = try call.number(1)
      let last = try call.number(2)
      let step = try call.number(3)
      let steps = ((last - first) / step + 1e-9).rounded(.down)
      guard step != 0, steps.isFinite, steps < 1e9 else {
        throw ScriptError("arange: from \(first) to \(last) by \(step) has no finite number of elements")
      }
      let dtype = DType(rawValue: try call.options(4).string("dtype")) ?? .float32
      return try call.push(
        Tensor.arange(
          first, count: steps < 0 ? 0 : Int(steps) + 1, step: step, dtype: dtype, on: call.context.device)
      )
    },
    LuaFunction(
      "linspace", "count evenly spaced numbers from first to last",
      [
        .number("first").also("start"), .number("last").also("end"),
        .integer("count", min: 1).also("steps"),
      ], returns: "tensor"
    ) { call in
      try call.push(
        Tensor.linspace(call.number(1), call.number(2), count: call.integer(3), on: call.context.device))
    },
    LuaFunction(
      "one_hot", "Labels from 1 as rows with a 1 at the label and 0 elsewhere: (…) → (…, classes), float32",
      [.tensor("labels", help: "int32, from 1"), .integer("classes", min: 1).also("num_classes")],
      returns: "tensor"
    ) { call in try call.push(Tensor.oneHot(call.indices(1), classes: call.integer(2))) },
    LuaFunction("eye", "The identity matrix", [.integer("size", min: 0).also("n")], returns: "tensor") {
      call in
      try call.push(Tensor.eye(call.integer(1), on: call.context.device))
    },
  ]

  /// A number without `.0`.
  private static func plain(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }

  private static func filled(_ name: String, _ summary: String, _ value: Double) -> LuaFunction {
    LuaFunction(name, summary, [.shapeAndType], returns: "tensor") { call in
      let (shape, dtype) = try call.shapeAndType(from: 1)
      return try call.push(
        Tensor.full(shape, value, dtype: dtype, on: call.context.device, operation: name))
    }
  }

  /// Random tensors from the script's own stream.
  static let random = RandomSource.functions { $0 }

  static let join: [LuaFunction] = [
    LuaFunction(
      "cat", "Tensors one after another along a dimension",
      [.list("tensors", of: .object("tensor")), .dimension(default: 1)], returns: "tensor"
    ) { call in
      try call.push(Concatenation(call.dimension(2)).apply(call.objects(1, Tensor.self)))
    },
    LuaFunction(
      "stack", "Tensors of one shape along a new dimension",
      [.list("tensors", of: .object("tensor")), .dimension(default: 1)], returns: "tensor"
    ) { call in
      let tensors = try call.objects(1, Tensor.self)
      guard !tensors.isEmpty else { throw ScriptError("stack: the list of tensors is empty") }
      return try call.push(Tensor.stack(tensors, call.dimension(2)))
    },
    LuaFunction(
      "where", "Elements of a where the condition holds, of b elsewhere",
      [.tensor("condition"), .operand("a"), .operand("b")], returns: "tensor"
    ) { call in
      let a = try call.operand(2, with: 3)
      let b = try call.operand(3, with: 2)
      // As in PyTorch, float32 with another type is float32.
      let dtype: DType =
        a.dtype == b.dtype ? a.dtype : [a, b].contains { $0.dtype == .float32 } ? .float32 : .int32
      return try call.push(
        Where()(call.tensor(1), a.exactly(as: dtype, "where"), b.exactly(as: dtype, "where")))
    },
  ]
}

extension LuaCall {
  /// A tensor, or a number as a tensor of rank 0.
  func operand(_ argument: Int) throws -> Tensor {
    if let tensor = objectIfAny(argument, Tensor.self) { return tensor }
    return try Tensor(Float(number(argument)), on: context.device)
  }

  /// A tensor, or a number as a tensor of rank 0: of int32 where the other operand is and the number can be.
  func operand(_ argument: Int, with other: Int) throws -> Tensor {
    guard let tensor = objectIfAny(other, Tensor.self), tensor.dtype == .int32,
      objectIfAny(argument, Tensor.self) == nil, let integer = Int32(exactly: try number(argument))
    else { return try operand(argument) }
    return try Tensor([integer], shape: [], on: tensor.device)
  }
}

/// Nested lists of one shape, read from Lua.
private struct NestedList {
  private var shape: [Int] = []
  private var numbers: [Double] = []
  /// Whether all elements are true or false.
  private var areBooleans = true

  /// The type of the elements as they were written.
  var dtype: DType { areBooleans && !numbers.isEmpty ? .bool : .float32 }

  mutating func read(_ value: LuaValue) throws {
    var dimensions: [Int] = []
    var inner = value
    while let list = inner.list {
      dimensions.append(list.count)
      guard let first = list.first else { break }
      inner = first
    }
    shape = dimensions
    try append(value, depth: 0)
  }

  private mutating func append(_ value: LuaValue, depth: Int) throws {
    if let list = value.list {
      guard depth < shape.count, list.count == shape[depth], value.table?.fields.isEmpty ?? true else {
        throw ScriptError("tensor: the nested lists differ in length; expected the shape \(shape)")
      }
      for element in list { try append(element, depth: depth + 1) }
      return
    }
    // A tensor of rank 0 counts as a number: mean() and sum() return such tensors.
    let element = value.object(Tensor.self).flatMap { $0.rank == 0 ? $0 : nil }
    let single = element.flatMap { try? $0.item() }
    guard depth == shape.count,
      let number = value.number ?? value.boolean.map({ $0 ? 1 : 0 }) ?? single
    else {
      throw ScriptError("tensor: expected numbers in nested lists, got a \(value.typeName)")
    }
    areBooleans = areBooleans && (value.boolean != nil || element?.dtype == .bool)
    numbers.append(number)
  }

  func tensor(_ dtype: DType, on device: Device) throws -> Tensor {
    switch dtype {
    case .float32: return try Tensor(numbers.map { Float($0) }, shape: shape, on: device)
    case .bool: return try Tensor(numbers.map { $0 != 0 }, shape: shape, on: device)
    case .int32:
      guard let bad = numbers.first(where: { Int32(exactly: $0) == nil }) else {
        return try Tensor(numbers.map { Int32($0) }, shape: shape, on: device)
      }
      throw ScriptError("tensor: \(bad) is not an int32")
    }
  }
}

extension LuaParameter {
  /// A shape, then perhaps `{ dtype = … }`: `f{2, 3}`, `f(2, 3)`, `f({2, 3}, {dtype = "int32"})`; read it with
  /// `call.shapeAndType(from:)`.
  static let shapeAndType = LuaParameter(
    "shape", .union([.integer, .options([typed, .integers("shape", optional: true)]), .list(.integer)]),
    help: "lengths, or a list of them; then optionally { dtype = }; or { shape =, dtype = }", rest: true)

  /// The field that names the type of elements.
  static let typed = LuaParameter.choice(
    "dtype", DType.allCases.map(\.rawValue), default: "float32", help: "the type of the elements")

  /// Options with the type of elements alone.
  static let typeOptions = LuaParameter.options("options", [typed])
}

extension LuaCall {
  /// The arguments of `LuaParameter.shapeAndType`.
  func shapeAndType(from first: Int) throws -> (shape: [Int], dtype: DType) {
    var shape: [Int] = []
    var dtype: DType = .float32
    for argument in first..<(count + 1) {
      guard let table = try value(argument).table else {
        shape.append(try integer(argument))
        continue
      }
      if table.fields.isEmpty, argument == first {
        shape = try integers(argument)
      } else {
        guard argument == count, table.list.isEmpty else {
          throw badShape(argument, "lengths, or one list of them")
        }
        if argument == 1, case .table = table["shape"] {
          shape = table["shape"].integers ?? []
          if table["dtype"].isNil { continue }
        } else if let field = table.fields.first(where: { $0.name != "dtype" }) {
          throw badShape(argument, "dtype, not '\(field.name)'")
        }
        let name = table["dtype"].string ?? ""
        guard let named = DType(rawValue: name) else {
          let hint = name.nearest(in: DType.allCases.map(\.rawValue)).map { "; did you mean '\($0)'?" } ?? ""
          throw badShape(argument, "a dtype, got '\(name)'\(hint)")
        }
        dtype = named
      }
    }
    return (shape, dtype)
  }

  private func badShape(_ argument: Int, _ expected: String) -> ScriptError {
    ScriptError("\(functionName): argument \(argument): expected \(expected)")
  }
}
