import LuaHost
import Support
import Tensors

/// What `nj.random(seed)` returns: a random number generator besides the script's own.
final class RandomSource: LuaHosted {
  static let luaClassName = "random"
  var stream: RandomStream

  init(_ stream: RandomStream) { self.stream = stream }
}

extension RandomSource {
  /// The random tensors, drawn from the script's stream (arguments from 1), or as methods of a source.
  static func functions(_ adapt: (LuaFunction) -> LuaFunction) -> [LuaFunction] {
    [
      LuaFunction("rand", "Uniform numbers in [0, 1)", [.sizes("shape").also("size")], returns: "tensor") {
        call in
        try call.drawn { try Tensor.rand(call.integers(from: 1), from: &$0, on: $1) }
      },
      LuaFunction("randn", "Standard normal numbers", [.sizes("shape").also("size")], returns: "tensor") {
        call in
        try call.drawn { try Tensor.randn(call.integers(from: 1), from: &$0, on: $1) }
      },
      LuaFunction(
        "randperm", "1 to count in a random order, int32", [.integer("count", min: 0).also("n")],
        returns: "tensor"
      ) {
        call in
        try call.drawn { stream, device in
          let order = try Tensor.randperm(call.integer(1), from: &stream, on: device)
          try Interruption.check("randperm")  // it may have ended early
          return try order.shiftedIndices(by: 1)
        }
      },
      LuaFunction(
        "randint", "Integers from first to last, both included, int32",
        [.integer("first").also("low"), .integer("last"), .sizes("shape").also("size")], returns: "tensor"
      ) { call in
        try call.drawn { stream, device in
          let first = try call.integer(1)
          let last = try call.integer(2)
          let shape = try call.integers(from: 3)
          guard first <= last, Int32(exactly: first) != nil, Int32(exactly: last) != nil else {
            throw ScriptError(
              "randint: expected first <= last, both int32, got \(first) to \(last)")
          }
          return try Tensor.randint(first, last + 1, shape, from: &stream, on: device)
        }
      },
    ].map(adapt)
  }
}

extension LuaCall {
  /// Draws from the source the method was called on, else from the script's own stream.
  fileprivate func drawn(_ draw: (inout RandomStream, Device) throws -> Tensor) throws -> LuaResults {
    let context = try context
    if let source = objectIfAny(0, RandomSource.self) {
      return try push(draw(&source.stream, context.device))
    }
    return try push(draw(&context.random, context.device))
  }
}

extension LuaClass {
  /// A random number generator of its own.
  static let random = LuaClass(
    RandomSource.self, "A random number generator with a seed of its own",
    methods: RandomSource.functions { $0 })
}
