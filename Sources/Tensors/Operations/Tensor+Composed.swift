/// Functions made of other operations, which record their gradients.
extension Tensor {
  /// The tensor divided by its Euclidean norm along a dimension, as `torch.nn.functional.normalize` with p = 2.
  ///
  /// `y = x / max(‖x‖₂, epsilon)`: where all elements are 0 they stay 0. The dimension is counted from 0, and from the
  /// end when it is negative.
  ///
  /// - Returns: a tensor of the same shape.
  /// - Throws: ``TensorError``.
  public func normalized(along dimension: Int = -1, epsilon: Float = 1e-12) throws -> Tensor {
    let norm = try norm(over: [dimension], keepsDimensions: true)
    return try divided(by: Elementwise(Clamp(epsilon, .infinity))(norm))
  }

  /// The covariance of the columns of a matrix of samples.
  ///
  /// `C = (X − μ)ᵀ·(X − μ) / (n − correction)`: `torch.cov` of the transposed matrix, which has its samples in columns.
  ///
  /// - Parameter correction: 1 for the unbiased estimate, 0 for the mean over the samples.
  /// - Returns: (features, features) of a tensor (samples, features); NaN where there are only as many samples as
  ///   `correction`.
  /// - Throws: ``TensorError/badShape(operation:shape:expected:hint:)`` unless the rank is 2.
  public func covariance(correction: Int = 1) throws -> Tensor {
    guard rank == 2 else {
      throw TensorError.badShape(operation: "cov", shape: shape, expected: "(samples, features)")
    }
    let centred = try subtracting(Reduction(.mean, over: [0])(self))
    let scatter = try MatrixProduct()(centred.transposed(0, 1), centred)
    return try Elementwise(DividedBy(Float(max(0, shape[0] - correction))))(scatter)
  }

  /// Labels, int32 of any shape and counted from 0, as vectors with a 1 at the label and 0 elsewhere.
  ///
  /// - Returns: float32, of the shape of `labels` with a last dimension of `classes` added.
  /// - Throws: ``TensorError/indexOutside(operation:index:count:)`` for a label outside the classes,
  ///   ``TensorError/wrongType(operation:expected:got:role:)`` for labels that are not int32.
  public static func oneHot(_ labels: Tensor, classes: Int) throws -> Tensor {
    guard labels.dtype == .int32 else {
      throw TensorError.wrongType(operation: "one_hot", expected: .int32, got: labels.dtype)
    }
    let numbers = try labels.values(as: Int32.self)
    if let bad = numbers.first(where: { $0 < 0 || Int($0) >= classes }) {
      throw TensorError.indexOutside(operation: "one_hot", index: Int(bad), count: classes)
    }
    let result = try Tensor.full(labels.shape + [classes], 0, on: labels.device, operation: "one_hot")
    for (row, label) in numbers.enumerated() { result.floats[row * classes + Int(label)] = 1 }
    return result
  }
}
