import Tensors

/// Sees every layer of a network at work, and the operations in it.
///
/// Layers are called one after another, on the thread that runs the network.
public protocol LayerObserver: OperationObserver {
  /// A layer is about to compute something; what it calls comes before ``leave(_:_:_:)``.
  func enter(_ layer: any Module)
  /// A layer is done. `output` is nil when it failed.
  func leave(_ layer: any Module, _ input: Tensor, _ output: Tensor?) throws
}

extension Module {
  /// What the module computes, shown to whoever looks on: how modules call each other.
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

/// A layer whose weights connect units: what connection sparsity counts.
public protocol ConnectedLayer: Module {
  /// The tensors that NeuroBench counts: the weight of a linear layer or a convolution; of a recurrent layer the
  /// weights and the biases.
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
