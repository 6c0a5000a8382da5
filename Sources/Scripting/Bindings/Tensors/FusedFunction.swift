import LuaHost
import Tensors

/// A Lua function of tensors, recorded once for each set of shapes, and run natively from then on: what
/// `nj.fuse` makes.
///
/// `@unchecked`: it is called only on the thread that runs its state.
private final class FusedFunction: @unchecked Sendable {
  private struct Key: Hashable {
    let shape: [Int]
    let dtype: DType
  }

  /// Records are few: a last batch is smaller, say.
  private static let maxRecords = 16
  private let function: LuaReference
  private unowned let state: LuaState
  private var records: [[Key]: RecordedFunction] = [:]

  init(_ function: LuaReference, in state: LuaState) { (self.function, self.state) = (function, state) }

  func callAsFunction(_ inputs: [Tensor]) throws -> Tensor {
    // Within a function that is being recorded, this one is a part of it.
    if Recording.isOfFunction { return try call(inputs) }
    let key = inputs.map { Key(shape: $0.shape, dtype: $0.dtype) }
    if let known = records[key] { return try known(inputs) }
    if records.count >= Self.maxRecords { records = [:] }
    let record = try RecordedFunction("fuse", like: inputs, call)
    records[key] = record
    return try record(inputs)
  }

  private func call(_ inputs: [Tensor]) throws -> Tensor {
    let results = try state.call(function, inputs)
    guard results.count == 1, let output = results[0].object(Tensor.self) else {
      throw ScriptError("fuse: the function must give one tensor")
    }
    return output
  }
}

extension TensorBindings {
  /// `nj.fuse`.
  static let fuse = LuaFunction(
    "fuse",
    "The function recorded once for each set of shapes, then run natively; with a gradient. It sees no elements, "
      + "changes nothing in place, and numbers from outside stay as they were when it was recorded",
    [.function("f")], returns: "function"
  ) { call in
    let fused = FusedFunction(try call.function(1), in: call.state)
    return try call.push(
      LuaFunction("fuse", "Calls the function", [.rest("tensors", .object("tensor"))], returns: "tensor") {
        call in
        guard call.count > 0 else { throw ScriptError("fuse: expected at least one tensor") }
        return try call.push(fused((1...call.count).map { try call.tensor($0) }))
      })
  }
}
