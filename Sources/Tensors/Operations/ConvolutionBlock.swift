import VectorKernels

/// A convolution and what follows it in evaluation, as one operation: batch normalization with running statistics, the
/// ReLU, and a maximum over windows of time. Every chunk of the convolution is finished while it is in the cache;
/// no intermediate tensor is written.
///
/// The result has the bits of the operations one by one: `[batch, windows, out]`. There is no gradient. Inputs: x
/// `[batch, time, in]`, weight `[out, in, kernel]`, then the bias `[out]` if there is one, then the weight, bias,
/// running mean and running variance `[out]` of the normalization if there is one; float32.
public struct ConvolutionBlock: Operation {
  public let convolution: Conv1d
  public let hasBias: Bool
  /// The ε of the normalization; nil without one.
  public let epsilon: Float?
  public let isRectified: Bool
  /// Windows without padding.
  public let windows: PoolingWindows

  /// A convolution and what follows it: `epsilon` is nil for no normalization, `windows` for no pooling.
  public init(
    _ convolution: Conv1d, hasBias: Bool, epsilon: Float?, isRectified: Bool, windows: PoolingWindows?
  ) {
    self.convolution = convolution
    self.hasBias = hasBias
    self.epsilon = epsilon
    self.isRectified = isRectified
    self.windows = windows ?? PoolingWindows(kernel: 1)
  }

  public var name: String { convolution.name }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    guard convolution.groups == 1 else {
      throw TensorError.badArgument(operation: name, reason: "a block has one group")
    }
    var scale: Tensor?
    var shift: Tensor?
    if let epsilon {
      let norm = Array(inputs.suffix(4))
      for part in norm where part.shape != [inputs[1].shape[0]] {
        throw TensorError.shapeMismatch(
          operation: "batch_norm", left: inputs[1].shape, right: part.shape, hint: "one number per channel")
      }
      let factors = try ChannelRows.factors(norm[2], norm[3], norm[0], norm[1], epsilon)
      scale = factors.scale
      shift = factors.shift
    }
    guard windows.kernel > 0, windows.stride > 0 else {
      throw TensorError.badArgument(operation: "max_pool1d", reason: "kernel and stride are 1 or more")
    }
    let finish = ConvolutionFinish(
      scale: scale, shift: shift, isRectified: isRectified, kernel: windows.kernel, stride: windows.stride)
    return Outcome(try convolution.run(Array(inputs.prefix(hasBias ? 3 : 2)), finish).output)
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    throw TensorError.noGradient(.undefined(operation: name))
  }
}

/// What ``ConvolutionBlock`` makes of the rows of a convolution.
struct ConvolutionFinish: Sendable {
  /// Of the normalization, one number per channel.
  let scale: Tensor?
  let shift: Tensor?
  let isRectified: Bool
  /// Of the windows over time.
  let kernel: Int
  let stride: Int

  /// The windows in a number of steps.
  func windows(_ steps: Int) -> Int { steps < kernel ? 0 : (steps - kernel) / stride + 1 }

  /// Some samples of `to` (batch, windows, width) from `from` (samples, steps, width), which has no others.
  func apply(
    _ from: UnsafeMutablePointer<Float>, _ samples: Range<Int>, steps: Int, width: Int, into to: Shared<Float>
  ) {
    let windows = windows(steps)
    for (i, sample) in samples.enumerated() {
      nj_normalize_pool(
        from + i * steps * width, scale?.floats, shift?.floats, isRectified ? 1 : 0, kernel, stride,
        to + sample * windows * width, windows, width)
    }
  }
}
