import Support
import Synchronization

// Whole rows in and out: for what is computed clip by clip outside this module.
extension Tensor {
  /// The float32 elements at `index` (from 0) of the first dimension, in row-major order.
  ///
  /// Safe to call from many threads, each with rows of its own.
  /// - Throws: ``TensorError`` for another type, rank 0, or an index outside.
  public func row(_ index: Int) throws -> [Float] {
    try requireFloat("row")
    return try detached().select(0, index).floatValues
  }

  /// All rows along the first dimension, as ``row(_:)`` gives them.
  public func rows() throws -> [[Float]] {
    guard rank > 0 else {
      throw TensorError.badShape(operation: "rows", shape: shape, expected: "1 dimension or more")
    }
    return try (0..<shape[0]).map(row)
  }

  /// A float32 tensor of shape (`count`, `rowShape`…), made row by row on all threads of the device.
  ///
  /// `make` gives the elements of one row; it depends on the row's number alone, so the result does not
  /// depend on the number of threads.
  /// - Throws: what `make` throws for the lowest row that fails; rows after it may not be made.
  ///   ``TensorError/cannotReshape(from:to:)`` when a row has another size than `rowShape` says.
  public init(
    rowsInParallel count: Int, rowShape: [Int], on device: Device, operation: String = "rows",
    _ make: @Sendable (Int) throws -> [Float]
  ) throws {
    try self.init(uninitialized: [count] + rowShape, .float32, on: device, operation: operation)
    let target = sharedFloats
    let size = rowShape.reduce(1, *)
    let failed = Atomic<Int>(Int.max)
    let failures = Mutex<[Int: any Error]>([:])
    let expiry = Interruption.expiry
    device.parallel(chunks: count) { row in
      // Rows are handed out in order, so every row before one that failed is still made.
      guard row < failed.load(ordering: .relaxed) else { return }
      do {
        let elements = try Interruption.withExpiry(expiry) { try make(row) }
        guard elements.count == size else {
          throw TensorError.cannotReshape(from: [elements.count], to: rowShape)
        }
        for i in 0..<size { target[row * size + i] = elements[i] }
      } catch {
        failed.min(row, ordering: .relaxed)
        failures.withLock { $0[row] = error }
      }
    }
    let first = failures.withLock { $0.min { $0.key < $1.key }?.value }
    if let first { throw first }
  }
}
