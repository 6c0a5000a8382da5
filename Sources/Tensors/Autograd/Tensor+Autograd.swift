import Support

extension Tensor {
  /// Whether this tensor, or one it was computed from, requires a gradient.
  public var requiresGradient: Bool { node?.isWanted ?? false }
  /// Whether it is a leaf: not made by a recorded operation.
  public var isLeaf: Bool { node?.operation == nil }
  /// Whether it is a leaf that accumulates its gradient, or a frozen one.
  public var isParameter: Bool { node != nil && isLeaf }
  /// The gradient that ``backward(_:)`` accumulated for this leaf, of its shape.
  public var gradient: Tensor? {
    get { node?.gradient }
    nonmutating set { node?.gradient = newValue }
  }

  /// Replaces the gradient of this leaf.
  ///
  /// - Throws: ``TensorError`` unless this is a leaf that requires a gradient, and `gradient` is a float32 tensor of
  ///   its shape; optimizers rely on both.
  public func assignGradient(_ gradient: Tensor) throws {
    guard let node, node.operation == nil else {
      throw TensorError.noGradient(.notStored)
    }
    guard gradient.shape == shape else {
      throw TensorError.shapeMismatch(
        operation: "grad", left: shape, right: gradient.shape, hint: "the gradient has the tensor's shape")
    }
    try gradient.requireFloat("grad")
    // Detached: its graph may contain this leaf.
    node.gradient = gradient.detached()
  }

  /// Makes this tensor a leaf that accumulates its gradient, or freezes it again, for all copies of the value.
  ///
  /// - Throws: ``TensorError/noGradient(_:)`` for a result of a recorded operation,
  ///   ``TensorError/wrongType(operation:expected:got:role:)`` unless it is float32.
  public mutating func requireGradient(_ wanted: Bool = true) throws {
    try requireFloat("requires_grad_")
    guard isLeaf else {
      throw TensorError.noGradient(.notLeaf(operation: node?.operation?.name ?? "an operation"))
    }
    if let node { node.isWanted = wanted } else if wanted { node = Node() }
  }

  /// The same elements without a connection to the tape.
  public func detached() -> Tensor {
    var copy = self
    copy.node = nil
    copy.isDetached = true
    return copy
  }

  /// The detached tensor; within a function that is being recorded, a copy through which no gradient passes.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)`` for the copy.
  public func stoppingGradient() throws -> Tensor {
    Recording.isOfFunction ? try StopGradient()(self) : detached()
  }

  /// Adds the gradients of this tensor's leaves to their ``gradient``.
  ///
  /// - Parameter upstream: the gradient of this tensor, of its shape; by default 1, for a tensor of one element.
  /// - Throws: ``TensorError/noGradient(_:)`` when nothing was recorded or the graph cannot be used,
  ///   ``TensorError/shapeMismatch(operation:left:right:hint:)`` for an upstream gradient of another shape.
  public func backward(_ upstream: Tensor? = nil) throws {
    for (node, gradient) in try Backward(of: self, upstream).run(keeping: nil) {
      node.gradient = try node.gradient.map { try $0.adding(gradient) } ?? gradient
    }
  }

  /// The gradients of this tensor with respect to `leaves`, each of its leaf's shape, without changing their
  /// ``gradient``; nil for leaves that it does not depend on.
  ///
  /// - Throws: ``TensorError`` as ``backward(_:)``.
  public func gradients(of leaves: [Tensor], upstream: Tensor? = nil) throws -> [Tensor?] {
    let wanted = Set(leaves.compactMap { $0.node.map(ObjectIdentifier.init) })
    let results = try Backward(of: self, upstream).run(keeping: wanted)
    let gradients = Dictionary(uniqueKeysWithValues: results.map { (ObjectIdentifier($0.node), $0.gradient) })
    return leaves.map { leaf in leaf.node.flatMap { gradients[ObjectIdentifier($0)] } }
  }
}

/// The backward pass from a result to its leaves, newest operation first.
private struct Backward {
  /// About how many operations of arithmetic an entry of the tape costs besides its own.
  private static let stepCost = 1 << 10

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
          hint: "the gradient has the tensor's shape")
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

  /// The gradients of the leaves, in the order in which the leaves were made; with `wanted`, of those nodes only.
  func run(keeping wanted: Set<ObjectIdentifier>?) throws -> [(node: Node, gradient: Tensor)] {
    var pending: [ObjectIdentifier: Tensor] = [ObjectIdentifier(start): seed]
    var results: [(node: Node, gradient: Tensor)] = []
    var watch = Interruption.Watch()
    try Recording.off {
      for node in try reachable() {
        try watch.count(Self.stepCost, "backward")
        guard let upstream = pending.removeValue(forKey: ObjectIdentifier(node)) else { continue }
        let isWanted = wanted?.contains(ObjectIdentifier(node)) ?? (node.operation == nil)
        if isWanted { results.append((node, upstream.detached())) }
        guard let operation = node.operation else { continue }
        try node.checkSaved()
        let step = BackwardStep(
          upstream: try operation.takesStridedUpstream ? upstream : upstream.contiguous(for: "backward"),
          saved: node.saved,
          shapes: node.inputs.map(\.shape),
          needs: node.inputs.map { $0.node != nil })
        if let part = operation.asPart, let target = node.inputs[0].node {
          try Self.add(step, of: part, to: &pending[ObjectIdentifier(target)])
          node.releaseSaved()
          continue
        }
        let gradients = try operation.interruptibleGradient(step)
        node.releaseSaved()
        for (input, gradient) in zip(node.inputs, gradients) {
          guard let target = input.node, let gradient else { continue }
          let key = ObjectIdentifier(target)
          pending[key] = try pending[key].map { try $0.adding(gradient) } ?? gradient
        }
      }
    }
    pending = [:]
    for i in results.indices {
      try watch.count(Self.stepCost, "backward")
      try results[i].gradient.makeOwn()
    }
    return results.reversed()
  }

  /// Adds a part's gradient to that of its whole, `total`: in place, since a loop over the steps of a sequence would
  /// else add as many whole sequences.
  private static func add(_ step: BackwardStep, of part: any PartOperation, to total: inout Tensor?) throws {
    let cuts = Interruption.cuts
    var whole =
      try total.take() ?? .full(step.shapes[0], 0, on: step.upstream.device, operation: part.name)
    try whole.makeOwn()
    part.part(of: whole).addElements(of: step.upstream)
    total = whole
    if Interruption.cuts != cuts { try Interruption.check(part.name) }
  }

  /// Every node that the start depends on, newest first, so that results come before their operands.
  private func reachable() throws -> [Node] {
    var watch = Interruption.Watch()
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(start)]
    var stack = [start]
    var nodes: [Node] = []
    while let node = stack.popLast() {
      nodes.append(node)
      try watch.count(Self.stepCost, "backward")
      for input in node.inputs {
        if let next = input.node, seen.insert(ObjectIdentifier(next)).inserted { stack.append(next) }
      }
    }
    return nodes.sorted { $0.number > $1.number }
  }
}

extension Tensor {
  /// Copies the elements if other tensors share them. Two leaves can get the same tensor as gradient (of a sum), or
  /// views of one, and changing one in place must not change the other.
  fileprivate mutating func makeOwn() throws {
    guard !isContiguous || !isKnownUniquelyReferenced(&storage) else { return }
    self = try detached().cloned()
  }
}

/// A copy through which no gradient passes.
private struct StopGradient: Operation {
  var name: String { "detach" }
  var isBatchwise: Bool { true }
  func forward(_ inputs: [Tensor]) throws -> Outcome { Outcome(try inputs[0].cloned()) }
  func gradient(_ step: BackwardStep) throws -> [Tensor?] { [nil] }
}
