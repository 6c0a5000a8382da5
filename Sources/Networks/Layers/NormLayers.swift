import Tensors

/// Batch normalisation over all but the last dimension: (batch, channels) or (batch, time, channels) → the same shape.
///
/// `weight`, `bias`, `running_mean` and `running_var` are (channels). In training it uses the batch's statistics and
/// moves the running mean and the running unbiased variance towards them by `momentum`; in evaluation it uses the
/// running ones. Source: Ioffe and Szegedy 2015, arXiv 1502.03167; `torch.nn.BatchNorm1d`.
public final class BatchNorm1dLayer: Module {
  public let weight: Tensor
  public let bias: Tensor
  public let runningMean: Tensor
  public let runningVariance: Tensor
  /// `num_batches_tracked`: how many batches the running statistics have seen.
  public let batchesTracked: Tensor
  public let momentum: Float
  private let training: BatchNormTraining
  let evaluation: BatchNormEvaluation
  public var isTraining = true

  /// A layer for `channels` channels, with weight 1 and bias 0.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless `channels` is positive.
  public init(
    _ channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1, with initialiser: inout Initialiser
  ) throws {
    try requirePositive("BatchNorm1d", ["channels": channels])
    weight = try initialiser.constant([channels], 1)
    bias = try initialiser.constant([channels], 0)
    runningMean = try .zeros([channels], on: initialiser.device)
    runningVariance = try .full([channels], 1, on: initialiser.device)
    batchesTracked = try .zeros([], dtype: .int32, on: initialiser.device)
    self.momentum = momentum
    training = BatchNormTraining(epsilon: epsilon)
    evaluation = BatchNormEvaluation(epsilon: epsilon)
  }

  public var description: String { "BatchNorm1d(\(weight.count))" }
  public var parameters: [(name: String, tensor: Tensor)] { [("weight", weight), ("bias", bias)] }
  public var buffers: [(name: String, tensor: Tensor)] {
    [
      ("running_mean", runningMean), ("running_var", runningVariance),
      ("num_batches_tracked", batchesTracked),
    ]
  }
  /// States of old versions of PyTorch, of other programs and of averaged weights have no counter.
  public var optionalCounters: [String] { ["num_batches_tracked"] }

  public func forward(_ input: Tensor) throws -> Tensor {
    guard isTraining else { return try evaluation(input, weight, bias, runningMean, runningVariance) }
    let normal = try training.applyWithStatistics(input, weight, bias)
    let samples = Float(input.count / max(1, weight.count))
    try update(runningMean, towards: normal.mean)
    try update(runningVariance, towards: normal.variance.scaled(by: samples / max(1, samples - 1)))
    try batchesTracked.assign(try batchesTracked.item() + 1)
    return normal.output
  }

  private func update(_ running: Tensor, towards batch: Tensor) throws {
    try running.assign(running.scaled(by: 1 - momentum).adding(batch.scaled(by: momentum)))
  }
}

/// Layer normalisation over the last dimension: (…, width) → the same shape.
///
/// `weight` and `bias` are (width). Source: Ba et al. 2016, arXiv 1607.06450; `torch.nn.LayerNorm`.
public final class LayerNormLayer: Module {
  public let weight: Tensor
  public let bias: Tensor
  let operation: LayerNorm
  public var isTraining = true

  /// A layer for vectors of `width` elements, with weight 1 and bias 0.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless `width` is positive.
  public init(_ width: Int, epsilon: Float = 1e-5, with initialiser: inout Initialiser) throws {
    try requirePositive("LayerNorm", ["width": width])
    weight = try initialiser.constant([width], 1)
    bias = try initialiser.constant([width], 0)
    operation = LayerNorm(epsilon: epsilon)
  }

  public var description: String { "LayerNorm(\(weight.count))" }
  public var parameters: [(name: String, tensor: Tensor)] { [("weight", weight), ("bias", bias)] }
  public func forward(_ input: Tensor) throws -> Tensor { try operation(input, weight, bias) }
}
