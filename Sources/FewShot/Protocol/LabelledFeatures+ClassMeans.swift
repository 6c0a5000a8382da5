import Tensors

extension LabelledFeatures {
  /// The mean embedding of every class: (classes, embedding), in the order of ``classes``.
  ///
  /// - Throws: ``TensorError``.
  public func classMeans() throws -> Tensor {
    let means = try classes.compactMap { try features(of: $0).map { try Reduction(.mean, over: [0])($0) } }
    return try Tensor.stack(means, 0)
  }
}
