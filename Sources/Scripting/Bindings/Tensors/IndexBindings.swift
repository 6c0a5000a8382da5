import LuaHost
import Tensors

/// Indices of tensors as scripts write them, for reading and for assigning alike.
///
///     x[2]                    the second row
///     x[{ 2, 3 }]             one element of the second row
///     x[{ { 2, 5 }, 3 }]      the third column of rows 2 to 5; { first, last, step } too, {} is the whole dimension
///     x[mask], x[indices]     where a bool tensor is true, and at int32 positions; within a list too
extension LuaCall {
  /// The parameter for an index.
  static let key = LuaParameter.either(
    "key", [.integer, .list(.union([.integer, .list(.integer), .object("tensor")])), .object("tensor")],
    help: "an integer, a mask, int32 positions, or a list of these and of { first, last, step }")

  /// The part of `x` that an argument selects.
  ///
  /// - Throws: ``ScriptError`` for a 0 or a range of other than one to three integers; ``TensorError``.
  func tensorIndex(_ argument: Int, of x: Tensor) throws -> TensorIndex {
    guard isTable(argument) else { return try TensorIndex([step(value(argument), 0, of: x)]) }
    let keys = try value(argument).list ?? []
    var dimension = 0
    return try TensorIndex(
      keys.map { key in
        defer {
          dimension += max(1, key.object(Tensor.self).flatMap { $0.dtype == .bool ? $0.rank : nil } ?? 1)
        }
        return try step(key, dimension, of: x)
      })
  }

  private func step(_ key: LuaValue, _ dimension: Int, of x: Tensor) throws -> TensorIndex.Step {
    if let number = key.integer { return .at(try Self.zeroBased(number, "indices")) }
    let length = dimension < x.rank ? x.shape[dimension] : 0
    if let tensor = key.object(Tensor.self) {
      switch tensor.dtype {
      case .bool: return .mask(tensor.detached())
      case .int32: return .positions(try tensor.detached().positions(length))
      case .float32:
        throw ScriptError(
          "index: a tensor as an index is a bool mask or int32 positions, got float32",
          hint: "x:gt(0) makes a mask, i:to(\"int32\") positions")
      }
    }
    let range = key.integers ?? []
    guard !range.isEmpty else { return .all }
    guard 2...3 ~= range.count else {
      throw ScriptError(
        "index: a range is { first, last } or { first, last, step }, got \(range.count) "
          + "integer\(range.count == 1 ? "" : "s")",
        hint: "an int32 tensor selects single positions")
    }
    return try Self.range(
      first: range[0], last: range[1], step: range.count > 2 ? range[2] : 1, length)
  }

  /// Elements `first` to `last` as scripts count, both included.
  static func range(first: Int, last: Int, step: Int, _ length: Int) throws -> TensorIndex.Step {
    guard step > 0 else { throw ScriptError("index: the step of a range is at least 1, got \(step)") }
    func resolved(_ index: Int) throws -> Int {
      let position = try zeroBased(index, "indices")
      return position < 0 ? position + length : position
    }
    let start = try resolved(first)
    let end = try resolved(last)
    // A first index before the start is for the slice to refuse; the distance from it may not fit an integer.
    let count = end < start ? 0 : start < 0 ? 1 : (end - start) / step + 1
    return .range(first: count == 0 ? 0 : start, count: count, stride: step)
  }

  /// Assigns an argument, a tensor, a number or a boolean (0 otherwise), to a part of this tensor.
  func write(_ argument: Int, _ part: TensorIndex, _ operation: String) throws {
    try update(0) { (target: inout Tensor) in
      if argument > 0, let source = objectIfAny(argument, Tensor.self) {
        return try target.replace(part, with: source, operation: operation)
      }
      try target.replace(part, with: argument == 0 ? 0 : numberOrBoolean(argument), operation: operation)
    }
  }

  /// A number; 1 for true, 0 for false.
  private func numberOrBoolean(_ argument: Int) throws -> Double {
    try isBoolean(argument) ? (boolean(argument) ? 1 : 0) : number(argument)
  }
}

extension Tensor {
  /// Positions from 0 of int32 positions as scripts count: from 1, or from the end of `length` elements when negative.
  fileprivate func positions(_ length: Int) throws -> Tensor {
    let positions = try values(as: Int32.self).map { position -> Int32 in
      let resolved = try LuaCall.zeroBased(Int(position), "indices")
      return Int32(clamping: resolved < 0 ? resolved + length : resolved)
    }
    return try Tensor(positions, shape: shape, on: device)
  }
}
