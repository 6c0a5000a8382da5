import Synchronization

/// One entry of the tape: an operation, where its inputs came from, and what its gradient needs; or a leaf,
/// a tensor that requires a gradient.
///
/// Entries hold their inputs' entries, never the other way round, so a graph is freed with its last result.
/// `@unchecked`: a graph is built and walked by one thread at a time, the one that runs the script; kernels'
/// worker threads never see entries.
public final class Node: @unchecked Sendable {
  /// Where an input came from.
  public struct Input: Sendable {
    /// The input's own entry; nil when it requires no gradient.
    public let node: Node?
    /// The input's shape.
    public let shape: [Int]
  }

  private static let counter = Atomic<Int>(1)

  /// Rises with every entry, so an operation's number is above those of its inputs.
  let number: Int
  /// The operation; nil for a leaf.
  public let operation: (any Operation)?
  /// Where the operands came from.
  public private(set) var inputs: [Input]
  /// What the gradient needs.
  private(set) var saved: [Tensor]
  private let versions: [Int]
  /// A leaf's gradient, accumulated by ``Tensor/backward(_:)``.
  public var gradient: Tensor?
  /// Whether operations on it are recorded; false only for a frozen leaf.
  var isWanted = true
  /// What it takes besides the saved tensors; nil for a leaf, which its tensor outweighs.
  private let charge: MemoryCharge?
  /// Bytes of an entry with the shapes it holds, counted generously.
  private static let size = 512
  /// Whether a backward pass has released the saved tensors.
  private(set) var isReleased = false

  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  init(operation: any Operation, inputs: [Tensor], saved: [Tensor]) throws {
    charge = try inputs.first.map { input in
      try MemoryCharge(
        Self.size, on: input.device, operation: "\(operation.name) (graph)", shape: input.shape)
    }
    number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
    self.operation = operation
    self.inputs = inputs.map { Input(node: $0.requiresGradient ? $0.node : nil, shape: $0.shape) }
    self.saved = saved.map { $0.detached() }
    versions = saved.map { $0.storage.version }
  }

  /// A leaf.
  init() {
    number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
    operation = nil
    charge = nil
    inputs = []
    saved = []
    versions = []
  }

  deinit {
    // A long chain of entries would be freed recursively and could overflow the stack; take it apart in a
    // loop.
    var pending = inputs.compactMap(\.node)
    inputs = []
    while var node = pending.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      pending.append(contentsOf: node.inputs.compactMap(\.node))
      node.inputs = []
    }
  }

  /// Frees the saved tensors after their use.
  func releaseSaved() {
    saved = []
    isReleased = true
  }

  /// Checks that the saved tensors are still there and unchanged.
  ///
  /// - Throws: ``TensorError/noGradient(_:)``.
  func checkSaved() throws {
    guard !isReleased else {
      throw TensorError.noGradient(.released)
    }
    for (tensor, version) in zip(saved, versions) where tensor.storage.version != version {
      throw TensorError.noGradient(
        .changedInPlace(operation: operation?.name ?? "an operation", shape: tensor.shape))
    }
  }
}
