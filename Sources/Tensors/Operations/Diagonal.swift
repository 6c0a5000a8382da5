/// The diagonal of a matrix (rows, columns): (the smaller length), a view.
public struct Diagonal: Operation {
  public init() {}
  public var name: String { "diagonal" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    try inputs[0].requireMatrix(name)
    return Outcome(view(of: inputs[0]))
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let whole = try Tensor.zeros(step.shapes[0], on: step.upstream.device)
    view(of: whole).copyElements(from: step.upstream)
    return [whole]
  }

  private func view(of x: Tensor) -> Tensor {
    x.viewed(as: [min(x.shape[0], x.shape[1])], strides: [x.strides[0] + x.strides[1]])
  }
}

extension Tensor {
  /// The diagonal of a matrix, as a view.
  public func diagonal() throws -> Tensor { try Diagonal()(self) }
}
