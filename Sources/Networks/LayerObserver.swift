import Tensors

/// Observes the layers of a network while it runs, and the operations in them.
///
/// Calls come one after another, on the thread that runs the network.
public protocol LayerObserver: OperationObserver {
  /// A layer begins its forward pass; the layers and operations that it calls follow, then ``leave(_:_:_:)``.
  func enter(_ layer: any Module)
  /// A layer has ended its forward pass; `output` is nil when it failed.
  ///
  /// - Throws: what shall end the run.
  func leave(_ layer: any Module, _ input: Tensor, _ output: Tensor?) throws
}

extension Module {
  /// Runs the forward pass, and reports it to the observer if there is one: how modules call each other.
  ///
  /// - Throws: as ``forward(_:)``, and what the observer throws.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try Observation.isOn ? observed(input) : forward(input)
  }

  @inline(never)
  private func observed(_ input: Tensor) throws -> Tensor {
    guard let observer = Observation.observer as? any LayerObserver else { return try forward(input) }
    observer.enter(self)
    let output: Tensor
    do { output = try forward(input) } catch {
      try? observer.leave(self, input, nil)
      throw error
    }
    try observer.leave(self, input, output)
    return output
  }
}

/// A layer whose weights connect units, which NeuroBench's connection sparsity counts.
public protocol ConnectedLayer: Module {
  /// The tensors that are counted: the weight of a linear layer or a convolution; the weights and biases of a recurrent
  /// layer.
  var connections: [Tensor] { get }
}

extension LinearLayer: ConnectedLayer {
  public var connections: [Tensor] { [weight] }
}

extension Conv1dLayer: ConnectedLayer {
  public var connections: [Tensor] { [weight] }
}

extension LSTMLayer: ConnectedLayer {
  public var connections: [Tensor] { gates.named.map(\.tensor) }
}

extension GRULayer: ConnectedLayer {
  public var connections: [Tensor] { gates.named.map(\.tensor) }
}
