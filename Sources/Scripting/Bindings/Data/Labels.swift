import Tensors

/// Classes count from 1 in scripts, from 0 in the host.
extension Tensor {
  /// The host's classes as scripts see them: (count), int32.
  static func classes(_ values: some Collection<some BinaryInteger>, on device: Device) throws -> Tensor {
    try Tensor(values.map { Int32($0) + 1 }, shape: [values.count], on: device)
  }

  /// A script's labels as metrics count them, from 0, where `outputs` are scores of classes.
  func countedFromZero(for outputs: Tensor) throws -> Tensor {
    guard dtype == .int32, outputs.dtype == .float32, outputs.rank == rank + 1 else { return self }
    return try Tensor(values(as: Int32.self).map { $0 &- 1 }, shape: shape, on: device)
  }
}
