/// The element-by-element work of optimizers: a parameter changed in place by its gradient and its moments.
///
/// Formulas as in PyTorch's torch.optim, which the golden runs come from.
public enum UpdateRules {
  /// What SGD does with a parameter (Polyak 1964; Nesterov as Sutskever et al. 2013 write it).
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

    /// One step. `velocity` is the running gradient, zeros and `isFirst` at first; unused without momentum.
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

  /// What Adam (Kingma and Ba 2014) and AdamW (Loshchilov and Hutter 2017) do with a parameter.
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

    /// One step. `largest` keeps the largest second moment so far (AMSGrad, Reddi et al. 2018).
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
  fileprivate func changeInPlace(_ body: @Sendable (Range<Int>) -> Void) {
    device.parallel(count, by: Device.chunkElements, body)
    storage.noteChange()
  }
}
