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
    guard Observation.isOn || LayerTracing.tracer != nil else { return try forward(input) }
    return try observed(input) {
      let output = try forward(input)
      return (output, output)
    }
  }

  /// Runs `body`, a forward pass of `input` in another form, and reports it to the observer if there is one.
  ///
  /// `body` returns its results, and the tensor among them that is the module's output.
  ///
  /// - Throws: what `body` and the observer throw.
  @inline(never)
  public func observed<Result>(_ input: Tensor, _ body: () throws -> (Result, output: Tensor?)) throws
    -> Result
  {
    guard let tracer = LayerTracing.tracer else { return try reported(input, body) }
    tracer.enter(self, on: input.device)
    var output: Tensor?
    defer { tracer.leave(self, output, on: input.device) }
    return try reported(input) {
      let results = try body()
      output = results.output
      return results
    }
  }

  private func reported<Result>(_ input: Tensor, _ body: () throws -> (Result, output: Tensor?)) throws
    -> Result
  {
    guard Observation.isOn, let observer = Observation.observer as? any LayerObserver else {
      return try body().0
    }
    observer.enter(self)
    let results: (Result, output: Tensor?)
    do { results = try body() } catch {
      try? observer.leave(self, input, nil)
      throw error
    }
    try observer.leave(self, input, results.output)
    return results.0
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
