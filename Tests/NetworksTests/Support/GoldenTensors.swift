import Networks
import Support
import Tensors
import TestSupport
import Testing

extension GoldenFixture {
  /// A stored float32 tensor.
  func floats(_ key: String, on device: Device) throws -> Tensor {
    let (shape, values) = try tensor(key)
    return try Tensor(values, shape: shape, on: device)
  }

  /// A stored int32 tensor.
  func integers(_ key: String, on device: Device) throws -> Tensor {
    let (shape, values) = try int32s(key)
    return try Tensor(values, shape: shape, on: device)
  }

  /// The tensors whose names start with `prefix`, by the rest of their names.
  func state(_ prefix: String, on device: Device) throws -> [Name: Tensor] {
    let found = try names.filter { $0.hasPrefix(prefix) }.map { key in
      let isCount = key.hasSuffix("num_batches_tracked")
      return (
        Name(String(key.dropFirst(prefix.count))),
        try isCount ? integers(key, on: device) : floats(key, on: device)
      )
    }
    return Dictionary(uniqueKeysWithValues: found)
  }

  /// Expects a module's state to be the stored one, within the tolerance of every tensor.
  func expectState(
    of module: any Networks.Module, _ prefix: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let stored = names.filter { $0.hasPrefix(prefix) }
    let own = Dictionary(uniqueKeysWithValues: module.state.map { ($0.name, $0.tensor) })
    #expect(!stored.isEmpty, sourceLocation: sourceLocation)
    for key in stored {
      let tensor = try #require(own[String(key.dropFirst(prefix.count))], sourceLocation: sourceLocation)
      if tensor.dtype == .int32 {
        #expect(try tensor.values(as: Int32.self) == int32s(key).values, sourceLocation: sourceLocation)
      } else {
        try expectClose(tensor.floatValues, key, sourceLocation: sourceLocation)
      }
    }
  }

  /// Expects the gradients of a module's parameters to be the stored ones.
  func expectGradients(
    of module: any Networks.Module, _ prefix: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (name, parameter) in module.namedParameters {
      let gradient = try #require(parameter.gradient, sourceLocation: sourceLocation)
      try expectClose(gradient.floatValues, prefix + name, sourceLocation: sourceLocation)
    }
  }
}

/// (…, channels, time) ↔ (…, time, channels).
func swapped(_ x: Tensor) throws -> Tensor { try x.transposed(-2, -1).contiguous() }
