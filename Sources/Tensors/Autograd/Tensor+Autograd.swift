extension Tensor {
  /// Whether a gradient is wanted, of this tensor or of something it was made from.
  public var requiresGradient: Bool { node?.isWanted ?? false }
  /// Whether it is a leaf: not made by a recorded operation.
  public var isLeaf: Bool { node?.operation == nil }
  /// Whether it is a leaf that gathers its gradient, or has done so and is frozen now.
  public var isParameter: Bool { node != nil && isLeaf }
  /// The gradient that ``backward(_:)`` gathered for this leaf.
  public var gradient: Tensor? {
    get { node?.gradient }
    nonmutating set { node?.gradient = newValue }
  }

  /// Replaces the gradient of this leaf.
  ///
  /// - Throws: a ``TensorError`` unless this is a leaf that wants one, and the gradient is a float32 tensor of
  /// its shape:
  ///   what optimizers rely on.
  public func assignGradient(_ gradient: Tensor) throws {
    guard let node, node.operation == nil else {
      throw TensorError.noGradient(.notStored)
    }
    guard gradient.shape == shape else {
      throw TensorError.shapeMismatch(
        operation: "grad", left: shape, right: gradient.shape, hint: "the gradient has the tensor's shape.")
    }
    try gradient.requireFloat("grad")
    // Without its past, which may hold this very leaf.
    node.gradient = gradient.detached()
  }

  /// Turns a tensor into a leaf whose gradient is gathered, or back: with all copies of the value, so that a parameter
  /// can be frozen wherever it is seen.
  ///
  /// - Throws: ``TensorError/noGradient(reason:)`` for a result of a recorded operation or another type than
  ///   float32.
  public mutating func requireGradient(_ wanted: Bool = true) throws {
    try requireFloat("requires_grad_")
    guard isLeaf else {
      throw TensorError.noGradient(.notLeaf(operation: node?.operation?.name ?? "an operation"))
    }
    if let node { node.isWanted = wanted } else if wanted { node = Node() }
  }

  /// The same elements without a past.
  public func detached() -> Tensor {
    var copy = self
    copy.node = nil
    return copy
  }

  /// The same elements without a past; within a function that is being recorded, a copy that passes no gradient
  /// on.
  public func stoppingGradient() throws -> Tensor {
    Recording.isOfFunction ? try StopGradient()(self) : detached()
  }

  /// Adds the gradients of this tensor's leaves to their ``gradient``.
  ///
  /// - Parameter upstream: the gradient of this tensor, of its shape; left out for a single number, where it
  ///   is 1.
  public func backward(_ upstream: Tensor? = nil) throws {
    for (node, gradient) in try Backward(of: self, upstream).run(keeping: nil) {
      node.gradient = try node.gradient.map { try $0.adding(gradient) } ?? gradient
    }
  }

  /// The gradients of this single number with respect to `leaves`, without touching their ``gradient``; nil
  /// for those it does not depend on.
  public func gradients(of leaves: [Tensor], upstream: Tensor? = nil) throws -> [Tensor?] {
    let wanted = Set(leaves.compactMap { $0.node.map(ObjectIdentifier.init) })
    let found = try Backward(of: self, upstream).run(keeping: wanted)
    return leaves.map { leaf in found.first { $0.node === leaf.node }?.gradient }
  }
}

/// A walk from a result back to its leaves, newest operation first.
private struct Backward {
  private let start: Node
  private let seed: Tensor

  init(of tensor: Tensor, _ upstream: Tensor?) throws {
    guard let node = tensor.node, node.isWanted else {
      throw TensorError.noGradient(.nothingRecorded)
    }
    start = node
    if let upstream {
      guard upstream.shape == tensor.shape else {
        throw TensorError.shapeMismatch(
          operation: "backward", left: tensor.shape, right: upstream.shape,
          hint: "the gradient has the tensor's shape.")
      }
      try upstream.requireFloat("backward")
      seed = try upstream.detached().contiguous(for: "backward")
    } else {
      guard tensor.count == 1 else {
        throw TensorError.noGradient(.notScalar(shape: tensor.shape))
      }
      seed = try .full(tensor.shape, 1, on: tensor.device, operation: "backward")
    }
  }

  /// The gradients of the leaves, in the order the leaves were made; with `wanted`, of those entries only.
  func run(keeping wanted: Set<ObjectIdentifier>?) throws -> [(node: Node, gradient: Tensor)] {
    var pending: [ObjectIdentifier: Tensor] = [ObjectIdentifier(start): seed]
    var results: [(node: Node, gradient: Tensor)] = []
    try Recording.off {
      for node in reachable() {
        guard let upstream = pending.removeValue(forKey: ObjectIdentifier(node)) else { continue }
        let isWanted = wanted?.contains(ObjectIdentifier(node)) ?? (node.operation == nil)
        if isWanted { results.append((node, upstream.detached())) }
        guard let operation = node.operation else { continue }
        try node.checkSaved()
        let step = BackwardStep(
          upstream: try upstream.contiguous(for: "backward"), saved: node.saved,
          shapes: node.inputs.map(\.shape),
          needs: node.inputs.map { $0.node != nil })
        let gradients = try operation.gradient(step)
        node.releaseSaved()
        for (input, gradient) in zip(node.inputs, gradients) {
          guard let target = input.node, let gradient else { continue }
          let key = ObjectIdentifier(target)
          pending[key] = try pending[key].map { try $0.adding(gradient) } ?? gradient
        }
      }
    }
    pending = [:]
    for i in results.indices { try results[i].gradient.makeOwn() }
    return results.reversed()
  }

  /// Every entry the start depends on, newest first: an order in which results come before their operands.
  private func reachable() -> [Node] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(start)]
    var stack = [start]
    var found: [Node] = []
    while let node = stack.popLast() {
      found.append(node)
      for input in node.inputs {
        if let next = input.node, seen.insert(ObjectIdentifier(next)).inserted { stack.append(next) }
      }
    }
    return found.sorted { $0.number > $1.number }
  }
}

extension Tensor {
  /// Copies the elements unless nothing else has them: two leaves may get one and the same gradient (of a
  /// sum), or a view of another, and changing one in place must not change the other.
  fileprivate mutating func makeOwn() throws {
    guard !isContiguous || !isKnownUniquelyReferenced(&storage) else { return }
    self = try detached().cloned()
  }
}

/// A copy that passes no gradient on.
private struct StopGradient: Operation {
  var name: String { "detach" }
  var isBatchwise: Bool { true }
  func forward(_ inputs: [Tensor]) throws -> Outcome { Outcome(try inputs[0].cloned()) }
  func gradient(_ step: BackwardStep) throws -> [Tensor?] { [nil] }
}
