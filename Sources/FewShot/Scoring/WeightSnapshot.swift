import Networks
import Tensors

/// Copies of tensors at one time: detects whether they were changed since, and restores them.
public final class TensorSnapshot {
  private var entries: [(tensor: Tensor, copy: Tensor, version: Int)]

  /// - Throws: `TensorError` when memory is exhausted.
  public init(_ tensors: [Tensor]) throws {
    entries = try tensors.map { ($0, try $0.cloned(), $0.version) }
  }

  /// Whether any of them was changed in place.
  public var isModified: Bool { entries.contains { $0.tensor.version != $0.version } }

  /// Restores those that were changed.
  ///
  /// - Throws: `TensorError` for a tensor that cannot be written to.
  public func restore() throws {
    for index in entries.indices where entries[index].tensor.version != entries[index].version {
      try entries[index].tensor.assign(entries[index].copy, operation: "restore")
      entries[index].version = entries[index].tensor.version
    }
  }

  /// A snapshot of the same tensors as they are now.
  func retaken() throws -> TensorSnapshot { try TensorSnapshot(entries.map(\.tensor)) }
}

/// A network at one time, to undo what learners did to it: its tensors, which parameters are frozen, and the positions
/// of its layers' random numbers.
final class WeightSnapshot {
  let tensors: TensorSnapshot
  private let module: any Module
  private let frozen: [Bool]
  private let randomPositions: [(module: any Module, position: UInt64)]

  init(_ module: any Module) throws {
    self.module = module
    tensors = try TensorSnapshot(module.state.map(\.tensor))
    frozen = module.namedParameters.map { !$0.tensor.requiresGradient }
    randomPositions = module.descendants.compactMap { part in
      part.module.randomPosition.map { (part.module, $0) }
    }
  }

  /// Restores all of it, clears gradients, and switches to evaluation.
  func restore() throws {
    try tensors.restore()
    for (module, position) in randomPositions { module.randomPosition = position }
    for (parameter, isFrozen) in zip(module.namedParameters, frozen) {
      parameter.tensor.gradient = nil
      var tensor = parameter.tensor
      try tensor.requireGradient(!isFrozen)
    }
    module.setTraining(false)
  }
}
