import Support
import Tensors

/// A part of a network: its parameters, its buffers, its parts, and what it computes.
///
/// Names and layouts of tensors are PyTorch's, so that its state files load. Layers take and return float32 tensors
/// with channels last unless they say otherwise: (batch, time, channels) or (batch, channels).
public protocol Module: AnyObject {
  /// The layer and its sizes, as displayed in summaries: `Conv1d(20, 256, kernel 4)`.
  var description: String { get }
  /// Learned tensors by name, without those of the parts: leaves that accumulate gradients.
  var parameters: [(name: String, tensor: Tensor)] { get }
  /// Tensors that belong to the state but are not learned, without those of the parts.
  var buffers: [(name: String, tensor: Tensor)] { get }
  /// Buffers that a state may lack, and that are 0 then.
  var optionalCounters: [String] { get }
  /// The parts by name, in order.
  var children: [(name: String, module: any Module)] { get }
  /// Whether it behaves as in training (dropout on, batch statistics).
  var isTraining: Bool { get set }
  /// The position in its own random stream; nil for a module that draws no random numbers.
  var randomPosition: UInt64? { get set }
  /// What it computes; the shapes are in each layer's documentation.
  ///
  /// - Throws: `TensorError` when the input's shape or type does not fit,
  ///   ``NetworkError/inLayer(path:layer:underlying:)`` when it does not fit one of the parts.
  func forward(_ input: Tensor) throws -> Tensor
  /// The embedding that the readout works on, (batch, embedding); the forward pass for a module without a readout.
  ///
  /// - Throws: as ``forward(_:)``.
  func features(_ input: Tensor) throws -> Tensor
  /// Class scores from an embedding: (batch, embedding) → (batch, classes).
  ///
  /// - Throws: ``NetworkError/noReadout(module:)`` or ``NetworkError/noReadoutFunction(module:)`` for a module
  ///   without a readout; else as ``forward(_:)``.
  func readout(_ features: Tensor) throws -> Tensor
}

extension Module {
  public var parameters: [(name: String, tensor: Tensor)] { [] }
  public var buffers: [(name: String, tensor: Tensor)] { [] }
  public var optionalCounters: [String] { [] }
  public var children: [(name: String, module: any Module)] { [] }

  public var randomPosition: UInt64? {
    get { nil }
    set {}  // There is no stream to move.
  }

  public func features(_ input: Tensor) throws -> Tensor { try forward(input) }

  public func readout(_ features: Tensor) throws -> Tensor {
    throw NetworkError.noReadout(module: description)
  }

  /// This module and all modules in it, with dotted names; a module used twice appears once.
  public var descendants: [(name: String, module: any Module)] {
    var modules: [(name: String, module: any Module)] = []
    walk("") { part, name in
      modules.append((name, part))
      return { dotted(name, $0) }
    }
    return modules
  }

  /// Throws unless the parts are nested at most ``Nesting/maxDepth`` modules deep: the stack of a forward pass, and the
  /// length of names, grow with the depth.
  ///
  /// - Throws: ``NetworkError/tooDeep(module:)``.
  public func requireShallow() throws(NetworkError) {
    var isTooDeep = false
    walk(0) { _, depth in
      if depth >= Nesting.maxDepth { isTooDeep = true }
      return isTooDeep ? nil : { _ in depth + 1 }
    }
    if isTooDeep { throw .tooDeep(module: description) }
  }

  /// Visits this module and all modules in it once, parts after their module and in order, without recursion: users can
  /// make a module a part of itself, or a chain of modules longer than the stack. `visit` receives the mark that the
  /// parent made from the part's name, and returns how to make the marks of its own parts; nil skips them.
  private func walk<Mark>(_ mark: Mark, _ visit: (any Module, Mark) -> ((String) -> Mark)?) {
    var seen: Set<ObjectIdentifier> = []
    // Some children are created at each request: unless they are retained, two might get the same identity.
    var retained: [any Module] = []
    var waiting: [(module: any Module, mark: Mark)] = [(self, mark)]
    while let next = waiting.popLast() {
      guard seen.insert(ObjectIdentifier(next.module)).inserted else { continue }
      retained.append(next.module)
      guard let childMark = visit(next.module, next.mark) else { continue }
      for child in next.module.children.reversed() { waiting.append((child.module, childMark(child.name))) }
    }
  }

  /// Every parameter of this module and all modules in it, by its dotted name.
  public var namedParameters: [(name: String, tensor: Tensor)] {
    descendants.flatMap { part in
      part.module.parameters.map { (dotted(part.name, $0.name), $0.tensor) }
    }
  }

  /// Every parameter and buffer by its dotted name, detached; parameters of a module before its buffers, as in
  /// PyTorch's
  /// `state_dict`.
  public var state: [(name: String, tensor: Tensor)] {
    descendants.flatMap { part in
      (part.module.parameters + part.module.buffers).map {
        (dotted(part.name, $0.name), $0.tensor.detached())
      }
    }
  }

  /// Copies tensors into this module's own.
  ///
  /// A counter that the state lacks (``optionalCounters``) becomes 0, as in PyTorch. `others` are names of the state
  /// whose tensors were not read.
  ///
  /// - Throws: ``NetworkError/stateMismatch(_:)`` unless names and shapes are the same; nothing is changed then.
  public func load(state loaded: [Name: Tensor], besides others: [String] = []) throws {
    let own = state
    let names = Set(names: own.map(\.name))
    let optional = Set(
      names: descendants.flatMap { part in part.module.optionalCounters.map { dotted(part.name, $0) } })
    let mismatch = StateMismatch(
      missing: own.map(\.name).filter { loaded[$0] == nil && !optional.contains($0) },
      unexpected: (loaded.keys.filter { !names.contains($0) }.map(\.text) + others).sorted {
        $0.isNamedBefore($1)
      },
      shapes: own.compactMap { entry in
        guard let other = loaded[entry.name], other.shape != entry.tensor.shape else { return nil }
        return .init(name: entry.name, expected: entry.tensor.shape, actual: other.shape)
      })
    guard mismatch.missing.isEmpty, mismatch.unexpected.isEmpty, mismatch.shapes.isEmpty else {
      throw NetworkError.stateMismatch(mismatch)
    }
    for entry in own {
      if let other = loaded[entry.name] {
        try entry.tensor.assign(other, operation: "load")
      } else {
        try entry.tensor.assign(0)
      }
    }
  }

  /// Switches this module and all modules in it to training or evaluation mode.
  public func setTraining(_ training: Bool) {
    for part in descendants { part.module.isTraining = training }
  }

  /// Runs `body` in evaluation mode and without recording for gradients; afterwards every part is back in its own mode.
  public func evaluating<Result>(_ body: () throws -> Result) rethrows -> Result {
    let modes = descendants.map { ($0.module, $0.module.isTraining) }
    setTraining(false)
    defer { for (module, mode) in modes { module.isTraining = mode } }
    return try Recording.off(body)
  }

  /// The number of elements in all parameters.
  public var parameterCount: Int { namedParameters.reduce(0) { $0 + $1.tensor.count } }
}

/// How deep modules may be nested in each other.
public enum Nesting {
  public static let maxDepth = 100
}

/// The dotted name of a part or tensor; `path` is the module's, empty for the root.
func dotted(_ path: String, _ part: String) -> String { path.isEmpty ? part : "\(path).\(part)" }
