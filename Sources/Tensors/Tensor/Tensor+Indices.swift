extension Tensor {
  /// Whole numbers moved by so much, between counting from 0 and from 1.
  ///
  /// - Throws: ``TensorError/wrongType(operation:expected:got:)`` unless they are int32.
  public func shiftedIndices(by amount: Int32) throws -> Tensor {
    guard dtype == .int32 else {
      throw TensorError.wrongType(operation: "indices", expected: "int32", got: dtype)
    }
    return try Tensor(values(as: Int32.self).map { $0 &+ amount }, shape: shape, on: device)
  }
}
