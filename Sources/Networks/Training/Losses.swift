import Tensors

/// Losses composed of tensor operations.
///
/// Predictions and targets have the same shape. The result is a scalar, or has that shape with the reduction `none`.
/// All throw `TensorError.shapeMismatch` when the shapes differ.
public enum Losses {
  /// (p − y)², as `torch.nn.functional.mse_loss`.
  ///
  /// - Throws: `TensorError.shapeMismatch` when the shapes differ.
  public static func squaredError(_ p: Tensor, _ y: Tensor, _ reduction: LossReduction = .mean) throws
    -> Tensor
  {
    try reduced(Elementwise(Square())(difference(p, y, "mse")), reduction)
  }

  /// |p − y|, as `torch.nn.functional.l1_loss`.
  ///
  /// - Throws: `TensorError.shapeMismatch` when the shapes differ.
  public static func absoluteError(_ p: Tensor, _ y: Tensor, _ reduction: LossReduction = .mean) throws
    -> Tensor
  {
    try reduced(Elementwise(Absolute())(difference(p, y, "l1")), reduction)
  }

  /// Huber's loss in the form of `torch.nn.functional.smooth_l1_loss`: ½d²/β for |d| < β, else |d| − ½β.
  ///
  /// Source: Girshick 2015, arXiv 1504.08083.
  /// - Throws: `TensorError.shapeMismatch` when the shapes differ.
  public static func smoothAbsoluteError(
    _ p: Tensor, _ y: Tensor, beta: Float = 1, _ reduction: LossReduction = .mean
  ) throws -> Tensor {
    let distance = try Elementwise(Absolute())(difference(p, y, "smooth_l1"))
    let near = try Elementwise(Square())(distance).scaled(by: 0.5 / beta)
    let far = try distance.shifted(by: -0.5 * beta)
    let isNear = try Comparison.lt(distance.detached(), Tensor(beta, on: p.device))
    return try reduced(Where()(isNear, near, far), reduction)
  }

  /// −y·log σ(x) − (1 − y)·log(1 − σ(x)) from logits x, computed as max(x, 0) − x·y + log(1 + e^−|x|):
  /// `torch.nn.functional.binary_cross_entropy_with_logits`.
  ///
  /// - Throws: `TensorError.shapeMismatch` when the shapes differ.
  public static func binaryCrossEntropy(
    logits x: Tensor, _ y: Tensor, _ reduction: LossReduction = .mean
  ) throws -> Tensor {
    try requireSame(x, y, "bce_with_logits")
    let tail = try Elementwise(Softplus())(Elementwise(Negate())(Elementwise(Absolute())(x)))
    return try reduced(Elementwise(ReLU())(x).subtracting(x.multiplied(by: y)).adding(tail), reduction)
  }

  /// −Σ t·log softmax(x) over the classes, from logits x and class probabilities t, both (samples, classes):
  /// `torch.nn.functional.cross_entropy` with probabilities as targets.
  ///
  /// With smoothing ε, t is replaced by (1 − ε)·t + ε/classes. With the reduction `none` the result is (samples).
  /// - Throws: `TensorError` when the shapes differ or are not of rank 2.
  public static func crossEntropy(
    logits x: Tensor, probabilities t: Tensor, smoothing: Float = 0, _ reduction: LossReduction = .mean
  ) throws -> Tensor {
    try requireSame(x, t, "cross_entropy")
    guard x.rank == 2 else {
      throw TensorError.badArgument(
        operation: "cross_entropy", reason: "logits have shape \(x.shape), expected (samples, classes)")
    }
    let target =
      smoothing == 0 ? t : try t.scaled(by: 1 - smoothing).shifted(by: smoothing / Float(max(1, x.shape[1])))
    let products = try target.multiplied(by: Softmax(1, logarithm: true)(x))
    return try reduced(Elementwise(Negate())(Reduction(.sum, over: [1])(products)), reduction)
  }

  private static func difference(_ p: Tensor, _ y: Tensor, _ name: String) throws -> Tensor {
    try requireSame(p, y, name)
    return try p.subtracting(y)
  }

  private static func requireSame(_ p: Tensor, _ y: Tensor, _ name: String) throws {
    guard p.shape == y.shape else {
      throw TensorError.shapeMismatch(
        operation: name, left: p.shape, right: y.shape, hint: "give prediction and target the same shape")
    }
  }

  private static func reduced(_ losses: Tensor, _ reduction: LossReduction) throws -> Tensor {
    switch reduction {
    case .none: losses
    case .sum: try Reduction(.sum)(losses)
    case .mean: try Reduction(.mean)(losses)
    }
  }
}
