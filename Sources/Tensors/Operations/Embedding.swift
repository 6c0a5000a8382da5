/// Rows of a weight (entries, width) looked up by int32 indices of any shape, from 0 → (…, width).
public struct Embedding: Operation {
  public init() {}
  public var name: String { "embedding" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let weight = inputs[0]
    let index = inputs[1]
    guard weight.rank == 2 else {
      throw TensorError.badShape(operation: name, shape: weight.shape, expected: "(entries, width)")
    }
    let rows = try IndexSelect(0)(weight, index.reshaped([index.count]))
    return Outcome(
      try rows.reshaped(index.shape + [weight.shape[1]]), saving: [try index.reshaped([index.count])])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let rows = try step.upstream.reshaped([step.shapes[1].reduce(1, *), step.shapes[0][1]])
    let pick = BackwardStep(
      upstream: rows, saved: step.saved, shapes: [step.shapes[0], step.saved[0].shape], needs: step.needs)
    return try IndexSelect(0).gradient(pick)
  }
}
