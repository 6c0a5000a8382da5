import Support

/// The elementwise kernels of optimizers: a parameter is updated in place from its gradient and its moments.
///
/// Source: PyTorch's `torch.optim`, whose results the golden tests compare with.
public enum UpdateRules {
  /// Stochastic gradient descent with momentum.
  ///
  /// `d = g + λ·p`; `v = μ·v + (1 − τ)·d` (`v = d` at first); `p −= η·v`, or `p −= η·(d + μ·v)` with Nesterov momentum.
  /// Source: Polyak 1964; Sutskever et al. 2013 for Nesterov momentum.
  public struct SGD: Sendable {
    public var learningRate: Float
    public var momentum: Float
    public var dampening: Float
    public var weightDecay: Float
    public var nesterov: Bool

    public init(learningRate: Float, momentum: Float, dampening: Float, weightDecay: Float, nesterov: Bool) {
      self.learningRate = learningRate
      self.momentum = momentum
      self.dampening = dampening
      self.weightDecay = weightDecay
      self.nesterov = nesterov
    }

    /// One step, in place.
    ///
    /// - Parameters:
    ///   - parameter: contiguous float32.
    ///   - gradient: of the parameter's shape.
    ///   - velocity: the running gradient, of that shape, updated in place; nil without momentum.
    ///   - isFirst: whether `velocity` holds nothing yet.
    /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)`` for a gradient that must be
    ///   copied.
    public func apply(_ parameter: Tensor, _ gradient: Tensor, velocity: Tensor?, isFirst: Bool) throws {
      let gradient = try gradient.contiguous()
      let p = parameter.sharedFloats
      let g = gradient.sharedFloats
      let v = velocity?.sharedFloats
      parameter.changeInPlace { range in
        for i in range {
          var d = g[i] + weightDecay * p[i]
          if let v {
            v[i] = isFirst ? d : momentum * v[i] + (1 - dampening) * d
            d = nesterov ? d + momentum * v[i] : v[i]
          }
          p[i] -= learningRate * d
        }
      }
    }
  }

  /// Adam and AdamW.
  ///
  /// `m = β₁·m + (1 − β₁)·g`; `v = β₂·v + (1 − β₂)·g²`; `p −= η/(1 − β₁ᵗ) · m / (√(v/(1 − β₂ᵗ)) + ε)`.
  /// Source: Kingma and Ba 2014 (arXiv 1412.6980), algorithm 1; Loshchilov and Hutter 2017 (arXiv 1711.05101) for
  /// AdamW.
  public struct Adam: Sendable {
    public var learningRate: Float
    /// In double, because 1 − beta loses its digits in float32.
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Float
    public var weightDecay: Float
    /// Whether the decay shrinks the parameter itself (AdamW) and is not a part of the gradient (Adam).
    public var isDecoupled: Bool
    /// The number of this step, from 1.
    public var step: Int

    public init(
      learningRate: Float, beta1: Double, beta2: Double, epsilon: Float, weightDecay: Float,
      isDecoupled: Bool,
      step: Int
    ) {
      self.learningRate = learningRate
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.isDecoupled = isDecoupled
      self.step = step
    }

    /// One step, in place.
    ///
    /// - Parameters:
    ///   - parameter: contiguous float32.
    ///   - gradient: of the parameter's shape.
    ///   - first: the first moment, of that shape, updated in place.
    ///   - second: the second moment, likewise.
    ///   - largest: the maximum of the second moment so far, likewise (AMSGrad, Reddi et al. 2018); nil without.
    /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)`` for a gradient that must be
    ///   copied.
    public func apply(
      _ parameter: Tensor, _ gradient: Tensor, first: Tensor, second: Tensor, largest: Tensor?
    ) throws {
      let gradient = try gradient.contiguous()
      let p = parameter.sharedFloats
      let g = gradient.sharedFloats
      let m = first.sharedFloats
      let v = second.sharedFloats
      let top = largest?.sharedFloats
      let rate = Float(Double(learningRate) / (1 - Self.power(beta1, step)))
      let correction = Float((1 - Self.power(beta2, step)).squareRoot())
      let keep = isDecoupled ? 1 - learningRate * weightDecay : 1
      let decay = isDecoupled ? 0 : weightDecay
      let new1 = Float(1 - beta1)
      let old2 = Float(beta2)
      let new2 = Float(1 - beta2)
      parameter.changeInPlace { range in
        for i in range {
          let value = p[i] * keep
          let d = g[i] + decay * value
          m[i] += new1 * (d - m[i])
          v[i] = old2 * v[i] + new2 * d * d
          var spread = v[i]
          if let top {
            top[i] = max(top[i], spread)
            spread = top[i]
          }
          p[i] = value - rate * m[i] / (spread.squareRoot() / correction + epsilon)
        }
      }
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
      var result = 1.0
      for _ in 0..<exponent { result *= base }
      return result
    }
  }
}

extension Tensor {
  /// Runs an in-place kernel over the elements of a contiguous tensor, in chunks.
  ///
  /// Ctrl-C waits for its end, so that training can be resumed; a limit ends it within the tensor, since whoever
  /// exceeds one is left out.
  fileprivate func changeInPlace(_ body: @Sendable (Range<Int>) -> Void) {
    let expiry = Interruption.expiry
    device.parallel(count, by: Device.chunkElements, isWhole: true) { range in
      guard expiry?() == nil else { return Interruption.noteCut() }
      body(range)
    }
    storage.noteChange()
  }
}
