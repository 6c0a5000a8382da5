import Tensors

/// A convolution and the layers that follow it in a sequence, which evaluation runs as one operation: batch
/// normalization, ReLU, dropout (which does nothing then) and a maximum over time, in this order or as far as they are
/// there.
struct InferenceBlock {
  /// The number of layers.
  let count: Int
  private let operation: ConvolutionBlock
  private let weights: [Tensor]

  /// Nil where the sequence begins with nothing that is faster as one operation.
  init?(_ parts: ArraySlice<(name: String, module: any Module)>) {
    // One group: a depthwise convolution has no chunks to finish.
    guard let convolution = parts.first?.module as? Conv1dLayer, convolution.operation.groups == 1 else {
      return nil
    }
    var rest = parts.dropFirst()
    var weights = [convolution.weight] + (convolution.bias.map { [$0] } ?? [])
    var epsilon: Float?
    if let norm = rest.first?.module as? BatchNorm1dLayer, !norm.isTraining {
      weights += [norm.weight, norm.bias, norm.runningMean, norm.runningVariance]
      epsilon = norm.evaluation.epsilon
      rest = rest.dropFirst()
    }
    rest = rest.drop { ($0.module as? DropoutLayer)?.isIdentity ?? false }
    let isRectified = (rest.first?.module as? ActivationLayer)?.function is ReLU
    if isRectified { rest = rest.dropFirst() }
    rest = rest.drop { ($0.module as? DropoutLayer)?.isIdentity ?? false }
    var windows: PoolingWindows?
    if let pool = rest.first?.module as? MaxPool1dLayer, pool.operation.windows.padding == 0 {
      windows = pool.operation.windows
      rest = rest.dropFirst()
    }
    count = parts.count - rest.count
    guard count > 1 else { return nil }
    operation = ConvolutionBlock(
      convolution.operation, hasBias: convolution.bias != nil, epsilon: epsilon, isRectified: isRectified,
      windows: windows)
    self.weights = weights
  }

  /// Whether layers may run together: nobody observes them one by one, and nothing is recorded.
  static var isAllowed: Bool {
    !Observation.isOn && !LayerTracing.isOn && !Recording.isOfFunction
  }

  /// What the layers compute; nil when it is recorded for a gradient, or when one of the layers has to say that it does
  /// not take the input.
  ///
  /// - Throws: `TensorError.budgetExceeded`, and interruptions.
  func callAsFunction(_ input: Tensor) throws -> Tensor? {
    let inputs = [input] + weights
    guard !Recording.isWanted(by: inputs) else { return nil }
    do { return try operation.apply(inputs) } catch let error as TensorError where error.exitCode == .script {
      return nil
    }
  }
}
