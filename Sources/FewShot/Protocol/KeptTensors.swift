import Tensors

/// Tensors as they were at one time: tells whether anybody has changed them since, and puts them back.
public final class TensorSnapshot {
  private var kept: [(tensor: Tensor, copy: Tensor, version: Int)]

  public init(_ tensors: [Tensor]) throws {
    kept = try tensors.map { ($0, try $0.cloned(), $0.version) }
  }

  /// Whether any of them was changed in place.
  public var haveChanged: Bool { kept.contains { $0.tensor.version != $0.version } }

  /// Puts back those that were changed.
  public func restore() throws {
    for place in kept.indices where kept[place].tensor.version != kept[place].version {
      try kept[place].tensor.assign(kept[place].copy, operation: "restore")
      kept[place].version = kept[place].tensor.version
    }
  }

  /// The same tensors, kept as they are now.
  func retaken() throws -> TensorSnapshot { try TensorSnapshot(kept.map(\.tensor)) }
}
