import Support
import Synchronization
import VectorKernels

/// The product of rows of spikes, zeros and ones, with a weight `[out, in]`: of each row with few ones, the weights of
/// those are added.
///
/// Whether a row's product is computed this way depends on the row and the sizes alone, so that a row has the same bits
/// in any batch, recorded, observed or neither, and with any number of threads. They differ from those of a dense
/// product, which adds in another order; and a weight that is infinite or no number counts only where its input fires.
struct SpikeProduct {
  /// The fraction of ones up to which adding is faster than a dense product, in sixteenths.
  private static let maxDensity = 3
  /// Smaller products gain nothing.
  private static let minLength = 64
  private static let panel = Int(NJ_PANEL)

  private let x: Tensor
  private let weight: Tensor
  /// For each row, whether it is one of few spikes.
  private let isSparse: Tensor
  /// Whether there is another row.
  let hasDenseRows: Bool

  private var inner: Int { weight.shape[1] }
  private var outputs: Int { weight.shape[0] }
  private var rows: Int { isSparse.count }
  private var limit: Int { inner * Self.maxDensity / 16 }
  /// The indices of one row.
  private var indexLength: Int { limit + Int(NJ_SPIKE_MARGIN) }
  /// The rows that use a panel of weights while it is in the cache.
  private static let rowsPerChunk = 32

  /// Nil unless some rows are sparse.
  ///
  /// - Parameter x: `[…, in]`, float32.
  init?(_ x: Tensor, _ weight: Tensor, _ operation: String) throws {
    guard x.dtype == .float32, weight.dtype == .float32, weight.isContiguous, x.count > 0,
      weight.shape[0] >= Self.minLength, weight.shape[1] >= Self.minLength
    else { return nil }
    self.x = try x.contiguous(for: operation)
    self.weight = weight
    let inner = weight.shape[1]
    let rows = x.count / inner
    isSparse = try Tensor(uninitialized: [rows], .bool, on: x.device, operation: operation)
    let from = self.x.sharedFloats
    let flags = Shared(isSparse.pointer(Bool.self))
    let limit = inner * Self.maxDensity / 16
    let sparse = Atomic<Int>(0)
    try x.device.parallel(
      rows, by: max(1, Device.chunkElements / inner), scratch: limit + Int(NJ_SPIKE_MARGIN),
      operation: operation
    ) { range, memory in
      memory.withMemoryRebound(to: Int32.self, capacity: limit + Int(NJ_SPIKE_MARGIN)) { indices in
        var count = 0
        for row in range {
          flags[row] = nj_spike_indices(from + row * inner, inner, limit, indices) >= 0
          if flags[row] { count += 1 }
        }
        sparse.add(count, ordering: .relaxed)
      }
    }
    let count = sparse.load(ordering: .relaxed)
    guard count > 0 else { return nil }
    hasDenseRows = count < rows
  }

  /// Writes the products of the sparse rows to their rows of `result`, `[…, out]`.
  func write(to result: Tensor, _ operation: String) throws {
    let packed = try PackedWeight.of(weight, as: .spikes) { try Self.packed(weight, operation) }
    let inner = inner
    let outputs = outputs
    let limit = limit
    let length = indexLength
    let from = x.sharedFloats
    let to = result.sharedFloats
    let flags = Shared(isSparse.pointer(Bool.self))
    let panels = packed.sharedFloats
    try x.device.parallel(
      rows, by: Self.rowsPerChunk, scratch: Self.rowsPerChunk * length, operation: operation
    ) { range, memory in
      memory.withMemoryRebound(to: Int32.self, capacity: Self.rowsPerChunk * length) { indices in
        let counts = range.map { row in
          flags[row]
            ? nj_spike_indices(from + row * inner, inner, limit, indices + (row - range.lowerBound) * length)
            : -1
        }
        for column in stride(from: 0, to: outputs, by: Self.panel) {
          for (number, count) in counts.enumerated() where count >= 0 {
            nj_add_panel_rows(
              indices + number * length, count, panels + column * inner,
              to + ((range.lowerBound + number) * outputs + column), min(Self.panel, outputs - column))
          }
        }
      }
    }
    withExtendedLifetime(packed) {}
  }

  /// The weight in panels of columns: (panel, in, column of the panel), with zeros after the last output.
  private static func packed(_ weight: Tensor, _ operation: String) throws -> Tensor {
    let outputs = weight.shape[0]
    let inner = weight.shape[1]
    let panels = (outputs + panel - 1) / panel
    let result = try Tensor(
      uninitialized: [panels, inner, panel], .float32, on: weight.device, operation: operation)
    let from = weight.sharedFloats
    let to = result.sharedFloats
    weight.device.parallel(panels, by: 1) { range in
      for number in range {
        let target = to + number * inner * panel
        let first = number * panel
        // Some inputs at a time, whose lines stay in the cache.
        for start in stride(from: 0, to: inner, by: 16) {
          for column in 0..<panel {
            let source = from + (first + column) * inner
            for i in start..<min(inner, start + 16) {
              target[i * panel + column] = first + column < outputs ? source[i] : 0
            }
          }
        }
      }
    }
    return result
  }
}
