/// a + w·(b − a), of three tensors of one shape: what a gate lets through of the new and of the old.
public struct Interpolation: Operation {
  public init() {}
  public var name: String { "lerp" }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let a = inputs[0]
    let b = inputs[1]
    let weight = inputs[2]
    for other in [b, weight] where other.shape != a.shape {
      throw TensorError.shapeMismatch(
        operation: name, left: a.shape, right: other.shape, hint: "all three have one shape.")
    }
    let packed = try inputs.map { try $0.packed(name) }
    let from = packed[0].sharedFloats
    let to = packed[1].sharedFloats
    let share = packed[2].sharedFloats
    let result = try Tensor(uninitialized: a.shape, .float32, on: a.device, operation: name)
    let values = result.sharedFloats
    a.device.parallel(a.count, by: Device.chunkElements) { range in
      for i in range { values[i] = from[i] + share[i] * (to[i] - from[i]) }
    }
    return Outcome(result, saving: packed)
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let a = step.saved[0]
    let b = step.saved[1]
    let weight = step.saved[2]
    let upstream = step.upstream
    let toB = try upstream.multiplied(by: weight)
    return [
      step.needs[0] ? try upstream.subtracting(toB) : nil, step.needs[1] ? toB : nil,
      step.needs[2] ? try upstream.multiplied(by: b.subtracting(a)) : nil,
    ]
  }
}

extension Interpolation: SynapticOperation {
  /// Two products: w·b and (1 − w)·a, which is 0 where w is 1.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    [(1, .partners(inputs[2], offset: 0)), (0, .partners(inputs[2], offset: 1))]
  }
}

extension BinaryElementwise: SynapticOperation {
  /// Products of two tensors of one shape, as of a gate and what it lets through.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    guard formula is Multiplication, inputs[0].shape == inputs[1].shape else { return [] }
    return [(0, .partners(inputs[1], offset: 0))]
  }
}
