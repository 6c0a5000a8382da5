import Networks
import Tensors

/// Calls a function with every layer's input and output, and forwards everything to an observer that counts.
///
/// `@unchecked`: layers are called by the one thread that runs the network (`LayerObserver`), and only they call the
/// function.
public final class LayerHook: LayerObserver, @unchecked Sendable {
  /// A layer that has computed something.
  public struct Call {
    /// Dotted, as in state files.
    public let name: String
    public let layer: any Module
    public let input: Tensor
    public let output: Tensor
  }

  private let names: [ObjectIdentifier: String]
  private let counter: ModelObserver?
  private let body: (Call) throws -> Void

  /// - Parameters:
  ///   - model: the network, which must outlive this.
  ///   - counter: observes everything too.
  ///   - body: called with every call of a named part of the network, parts before what they are parts of.
  public init(_ model: any Module, counter: ModelObserver? = nil, _ body: @escaping (Call) throws -> Void) {
    names = Dictionary(
      model.descendants.map { (ObjectIdentifier($0.module), $0.name) },
      uniquingKeysWith: { first, _ in first })
    self.counter = counter
    self.body = body
  }

  public func enter(_ layer: any Module) { counter?.enter(layer) }

  public func leave(_ layer: any Module, _ input: Tensor, _ output: Tensor?) throws {
    try counter?.leave(layer, input, output)
    guard let output, let name = names[ObjectIdentifier(layer)], !name.isEmpty else { return }
    try Observation.off { try body(Call(name: name, layer: layer, input: input, output: output)) }
  }

  public func observe(
    _ operation: any Operation, _ inputs: [Tensor], _ output: Tensor, at place: Observation.Place
  ) {
    counter?.observe(operation, inputs, output, at: place)
  }

  public func isInterested(in operation: any Operation, at place: Observation.Place) -> Bool {
    counter?.isInterested(in: operation, at: place) ?? false
  }

  public func observe(membranes: Tensor, before: Tensor?, operations: Int, at place: Observation.Place) {
    counter?.observe(membranes: membranes, before: before, operations: operations, at: place)
  }
}
