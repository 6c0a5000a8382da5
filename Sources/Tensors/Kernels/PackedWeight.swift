import Synchronization

/// A weight in the order that a kernel reads it, and what it was packed from. Its block of memory keeps the last one
/// until its contents change.
final class PackedWeight: Sendable {
  /// What a weight is packed for.
  enum Layout: Sendable, Equatable {
    /// ``SpikeProduct``.
    case spikes
    /// ``FewRowsProduct``.
    case panels
    /// ``Convolution``, with its groups and whether it is computed by ``WinogradConvolution``.
    case convolution(groups: Int, isWinograd: Bool)
  }

  private let layout: Layout
  private let version: Int
  private let offset: Int
  private let shape: [Int]
  private let values: Tensor

  private init(layout: Layout, of weight: Tensor, values: Tensor) {
    self.layout = layout
    version = weight.storage.version
    offset = weight.offset
    shape = weight.shape
    self.values = values
  }

  /// The contiguous `weight` packed for `layout`, by `pack` unless it was kept.
  ///
  /// - Throws: what `pack` throws.
  static func of(_ weight: Tensor, as layout: Layout, _ pack: () throws -> Tensor) throws -> Tensor {
    let storage = weight.storage
    let known = storage.packedWeight.withLock { $0 }
    if let known, known.layout == layout, known.version == storage.version, known.offset == weight.offset,
      known.shape == weight.shape
    {
      return known.values
    }
    storage.packedWeight.withLock { $0 = nil }
    let values = try pack()
    let packed = PackedWeight(layout: layout, of: weight, values: values)
    storage.packedWeight.withLock { $0 = packed }
    return values
  }
}
