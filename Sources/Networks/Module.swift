import Support
import Tensors

/// A part of a network: tensors that are learned, tensors that are kept, parts of its own, and what it computes.
///
/// Names are PyTorch's, so that its state files load.
public protocol Module: AnyObject {
  /// What it is and with which sizes, as shown in summaries: `Conv1d(20, 256, kernel 4)`.
  var description: String { get }
  /// Learned tensors: leaves that gather gradients.
  var parameters: [(name: String, tensor: Tensor)] { get }
  /// Tensors that are kept in state files but not learned.
  var buffers: [(name: String, tensor: Tensor)] { get }
  /// The parts, in order.
  var children: [(name: String, module: any Module)] { get }
  /// Whether it behaves as in training (dropout on, batch statistics).
  var isTraining: Bool { get set }
  /// How far its own random numbers were drawn; nil for a module that draws none.
  var randomPlace: UInt64? { get set }
  /// What it computes. Shapes are in each layer's documentation.
  func forward(_ input: Tensor) throws -> Tensor
  /// The embedding a readout works on; the input's forward pass for a module without a readout.
  func features(_ input: Tensor) throws -> Tensor
  /// Class scores from an embedding.
  func readout(_ features: Tensor) throws -> Tensor
}

extension Module {
  public var parameters: [(name: String, tensor: Tensor)] { [] }
  public var buffers: [(name: String, tensor: Tensor)] { [] }
  public var children: [(name: String, module: any Module)] { [] }

  public var randomPlace: UInt64? {
    get { nil }
    set {}  // There is nothing to go on with.
  }

  public func features(_ input: Tensor) throws -> Tensor { try forward(input) }

  public func readout(_ features: Tensor) throws -> Tensor {
    throw NetworkError.noReadout(module: description)
  }

  /// This module and all below it, with dotted names; a module used twice appears once.
  public var descendants: [(name: String, module: any Module)] {
    var found: [(name: String, module: any Module)] = []
    walk("") { part, name in
      found.append((name, part))
      return { name.isEmpty ? $0 : "\(name).\($0)" }
    }
    return found
  }

  /// Throws unless the parts lie at most ``Nesting/maxDepth`` modules deep: what goes through them, and their names,
  /// would otherwise grow with the depth.
  public func requireShallow() throws(NetworkError) {
    var isTooDeep = false
    walk(0) { _, depth in
      if depth >= Nesting.maxDepth { isTooDeep = true }
      return isTooDeep ? nil : { _ in depth + 1 }
    }
    if isTooDeep { throw Nesting.failure(description) }
  }

  /// Visits this module and all below it once, parts after their module and in order, without recursion: scripts can
  /// make a module a part of itself, or a chain of them longer than the stack. `visit` gets what the module above made
  /// of the part's name, and gives how to do so for its own parts; nil leaves them out.
  private func walk<Mark>(_ mark: Mark, _ visit: (any Module, Mark) -> ((String) -> Mark)?) {
    var seen: Set<ObjectIdentifier> = []
    // Tables of modules are made anew each time they are asked for: without a hold, two might get one identity.
    var held: [any Module] = []
    var waiting: [(module: any Module, mark: Mark)] = [(self, mark)]
    while let next = waiting.popLast() {
      guard seen.insert(ObjectIdentifier(next.module)).inserted else { continue }
      held.append(next.module)
      guard let below = visit(next.module, next.mark) else { continue }
      for child in next.module.children.reversed() { waiting.append((child.module, below(child.name))) }
    }
  }

  /// Every learned tensor by its dotted name.
  public var namedParameters: [(name: String, tensor: Tensor)] {
    descendants.flatMap { part in
      part.module.parameters.map { (part.name.isEmpty ? $0.name : "\(part.name).\($0.name)", $0.tensor) }
    }
  }

  /// Every learned and kept tensor by its dotted name, parameters of a module before its buffers, as in PyTorch's
  /// `state_dict`.
  public var state: [(name: String, tensor: Tensor)] {
    descendants.flatMap { part in
      (part.module.parameters + part.module.buffers).map {
        (part.name.isEmpty ? $0.name : "\(part.name).\($0.name)", $0.tensor.detached())
      }
    }
  }

  /// Copies tensors into this module's own.
  ///
  /// - Throws: ``NetworkError/stateMismatch(missing:unexpected:shapes:)`` unless names and shapes are the same; nothing
  ///   is changed then.
  public func load(state loaded: [String: Tensor]) throws {
    let own = state
    let missing = own.map(\.name).filter { loaded[$0] == nil }
    let unexpected = loaded.keys.filter { name in !own.contains { $0.name == name } }.sorted()
    let shapes = own.compactMap { entry -> String? in
      guard let other = loaded[entry.name], other.shape != entry.tensor.shape else { return nil }
      return "\(entry.name): the model has \(entry.tensor.shape), the file \(other.shape)"
    }
    guard missing.isEmpty, unexpected.isEmpty, shapes.isEmpty else {
      throw NetworkError.stateMismatch(missing: missing, unexpected: unexpected, shapes: shapes)
    }
    for entry in own {
      if let other = loaded[entry.name] { try entry.tensor.assign(other, operation: "load_state") }
    }
  }

  /// Switches this module and all below it to training or evaluation.
  public func setTraining(_ training: Bool) {
    for part in descendants { part.module.isTraining = training }
  }

  /// Runs `body` in evaluation mode and without recording for gradients; every part has its own mode again afterwards.
  public func evaluating<Result>(_ body: () throws -> Result) rethrows -> Result {
    let modes = descendants.map { ($0.module, $0.module.isTraining) }
    setTraining(false)
    defer { for (module, mode) in modes { module.isTraining = mode } }
    return try Recording.off(body)
  }

  /// The number of learned values.
  public var parameterCount: Int { namedParameters.reduce(0) { $0 + $1.tensor.count } }
}

/// How deep modules may lie within each other.
public enum Nesting {
  public static let maxDepth = 100

  /// The error about a module that goes deeper.
  public static func failure(_ module: String) -> NetworkError {
    .badLayer(
      layer: module,
      reason: "its parts lie more than \(maxDepth) modules deep, or it is a part of itself",
      hint: "a flat nn.Sequential, and no module within itself")
  }
}

/// What goes wrong with networks.
public enum NetworkError: NightjarError, Equatable {
  case noReadout(module: String)
  /// A module written in a script, whose author has to say which part of it is the readout.
  case noReadoutFunction(module: String)
  case stateMismatch(missing: [String], unexpected: [String], shapes: [String])
  /// A state file that is not one of the model it is for.
  case fileMismatch(
    path: String, model: String, missing: [String], unexpected: [String], shapes: [String], hint: String)
  case badLayer(layer: String, reason: String, hint: String? = nil)
  /// An error inside a part of a network, with the part's name.
  case inLayer(name: String, layer: String, reason: String, hint: String? = nil)
  case badFile(path: String, reason: String, hint: String? = nil)

  public var exitCode: ExitCode {
    switch self {
    case .badFile, .fileMismatch: .data
    default: .script
    }
  }

  public var message: ErrorMessage {
    switch self {
    case .noReadout(let module):
      ErrorMessage(
        "\(module) has no readout", hint: "end the model with nn.Linear, or name the last part \"readout\"")
    case .noReadoutFunction(let module):
      ErrorMessage(
        "\(module) has no readout",
        hint: "give nn.module the functions features(self, x), up to the embedding, and "
          + "readout(self, f), from there to the scores")
    case .stateMismatch(let missing, let unexpected, let shapes):
      ErrorMessage(
        Self.list("load_state: the state does not fit the model", missing, unexpected, shapes),
        hint: StatePrefix.hint(notInFile: missing, notInModel: unexpected))
    case .fileMismatch(let path, let model, let missing, let unexpected, let shapes, let hint):
      ErrorMessage(Self.list("\(path) does not fit \(model)", missing, unexpected, shapes), hint: hint)
    case .badLayer(let layer, let reason, let hint): ErrorMessage("\(layer): \(reason)", hint: hint)
    case .inLayer(let name, let layer, let reason, let hint):
      ErrorMessage("in layer \(name), \(layer): \(reason)", hint: hint)
    case .badFile(let path, let reason, let hint): ErrorMessage("cannot read \(path): \(reason)", hint: hint)
    }
  }

  private static func list(
    _ fact: String, _ missing: [String], _ unexpected: [String], _ shapes: [String]
  ) -> String {
    ([fact] + list("not in the file", missing) + list("not in the model", unexpected) + shapes)
      .joined(separator: "\n  ")
  }

  private static func list(_ label: String, _ names: [String]) -> [String] {
    guard !names.isEmpty else { return [] }
    let shown = names.prefix(8).joined(separator: ", ")
    return ["\(label): \(shown)" + (names.count > 8 ? " and \(names.count - 8) more" : "")]
  }
}
