import Tensors
import Testing

/// A device of its own for every test, so that budgets and counts do not mix.
func device(threads: Int = 2, memory: Int = 1 << 30) -> Device { Device(memory: memory, threads: threads) }

extension Tensor {
  /// Standard normal numbers of a seed.
  static func normal(_ shape: [Int], seed: UInt64 = 1, on device: Device) throws -> Tensor {
    var random = RandomStream(seed: seed, purpose: "test")
    return try .randn(shape, from: &random, on: device)
  }

  /// Integers from `low` to below `high` of a seed.
  static func randint(_ low: Int, _ high: Int, _ shape: [Int], seed: UInt64 = 1, on device: Device) throws
    -> Tensor
  {
    var random = RandomStream(seed: seed, purpose: "test")
    return try .randint(low, high, shape, from: &random, on: device)
  }

  /// A leaf whose gradient is wanted.
  func leaf() throws -> Tensor {
    var copy = try detached().cloned()
    try copy.requireGradient()
    return copy
  }
}

/// float32 elements from a literal.
func floats(_ elements: [Float], _ shape: [Int]? = nil, on device: Device) throws -> Tensor {
  try Tensor(elements, shape: shape ?? [elements.count], on: device)
}

/// int32 elements from a literal.
func integers(_ elements: [Int32], _ shape: [Int]? = nil, on device: Device) throws -> Tensor {
  try Tensor(elements, shape: shape ?? [elements.count], on: device)
}

/// Expects numbers near the expected ones; two NaNs are near.
func expectClose(
  _ actual: [Float], _ expected: [Float], within tolerance: Float = 1e-5,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.count == expected.count, sourceLocation: sourceLocation)
  for (i, (a, e)) in zip(actual, expected).enumerated() where a != e && !(a.isNaN && e.isNaN) {
    let isNear = abs(a - e) <= tolerance * max(1, abs(e))
    #expect(isNear, "at \(i): \(a), expected \(e)", sourceLocation: sourceLocation)
    if !isNear { return }
  }
}
