import Foundation

/// Logits as probabilities along a dimension: exp(x − max x) / Σ exp(x − max x); or their logarithm.
public struct Softmax: Operation {
  public let dimension: Int
  /// Whether the result is log p, computed without the detour over p.
  public let isLogarithm: Bool

  public init(_ dimension: Int, logarithm: Bool = false) {
    self.dimension = dimension
    isLogarithm = logarithm
  }

  public var name: String { isLogarithm ? "log_softmax" : "softmax" }
  public var isBatchwise: Bool { dimension > 0 }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    try x.requireFloat(name)
    let dimension = try x.resolve(self.dimension, name)
    let lanes = try Lanes(of: x, reducing: x.rank == 0 ? [] : [dimension], name)
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = lanes.source.sharedFloats
    let to = result.sharedFloats
    let length = lanes.length
    let inner = lanes.inner
    x.device.parallel(lanes.outer * inner, by: max(1, Device.chunkElements / max(1, length))) { range in
      for lane in range {
        let start = lanes.start(of: lane)
        var largest = -Float.infinity
        for i in 0..<length { largest = max(largest, from[start + i * inner]) }
        var sum = 0.0
        for i in 0..<length {
          let e = exp(from[start + i * inner] - largest)
          to[start + i * inner] = e
          sum += Double(e)
        }
        let scale = Float(1 / sum)
        let shift = largest + Float(log(sum))
        for i in 0..<length {
          let place = start + i * inner
          to[place] = isLogarithm ? from[place] - shift : to[place] * scale
        }
      }
    }
    return Outcome(result, saving: [result])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let y = step.saved[0]
    let keep = Reduction(.sum, over: [dimension], keepsDimensions: true)
    if isLogarithm {  // dx = dy − softmax · Σ dy
      let p = try Elementwise(Exponential())(y)
      return [try step.upstream.subtracting(p.multiplied(by: keep(step.upstream)))]
    }
    let product = try step.upstream.multiplied(by: y)  // dx = (dy − Σ dy·y) · y
    return [try product.subtracting(y.multiplied(by: keep(product)))]
  }
}

/// log Σ exp x over one dimension, without overflow.
public struct LogSumExp: Operation {
  public let dimension: Int
  public let keepsDimension: Bool

  public init(_ dimension: Int, keepsDimension: Bool = false) {
    self.dimension = dimension
    self.keepsDimension = keepsDimension
  }

  public var name: String { "logsumexp" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let largest = try Elementwise(Clamp(-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude))(
      Extremum(maximum: true, dimension: dimension, keepsDimension: true)(x))
    let powers = try Elementwise(Exponential())(x.subtracting(largest))
    let sum = try Reduction(.sum, over: [dimension], keepsDimensions: true)(powers)
    let kept = try Elementwise(Logarithm())(sum).adding(largest)
    return Outcome(
      keepsDimension ? kept : try kept.squeezed(dimension), saving: [try powers.divided(by: sum)])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let upstream = try step.upstream.restoringDimensions([dimension], of: step.shapes[0], name)
    return [try step.saved[0].multiplied(by: upstream)]
  }
}
