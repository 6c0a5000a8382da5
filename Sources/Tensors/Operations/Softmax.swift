import Foundation
import VectorKernels

/// Logits as probabilities along a dimension, or their logarithms.
///
/// `y = exp(x − max x) / Σ exp(x − max x)`; subtracting the maximum keeps `exp` finite. Input and result: any shape,
/// float32. Source: Goodfellow et al., *Deep Learning* (2016), §4.1.
public struct Softmax: Operation {
  public let dimension: Int
  /// Whether the result is log p, computed without rounding p.
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
    let logarithm: Int32 = isLogarithm ? 1 : 0
    if inner == 1 {
      x.device.parallel(lanes.outer, by: max(1, Device.chunkElements / max(1, length))) { rows in
        let start = rows.lowerBound * length
        nj_softmax_rows(from + start, to + start, rows.count, length, logarithm)
      }
    } else {
      lanes.forEachColumns(on: x.device) { start, columns in
        nj_softmax_columns(from + start, to + start, length, inner, columns, logarithm)
      }
    }
    return Outcome(result, saving: [result])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let y = step.saved[0]
    let length = y.rank == 0 ? 1 : y.shape[dimension < 0 ? dimension + y.rank : dimension]
    if y.rank == 0 || dimension == y.rank - 1 || dimension == -1 {
      let result = try Tensor(uninitialized: y.shape, .float32, on: y.device, operation: name)
      let from = y.sharedFloats
      let up = step.upstream.sharedFloats
      let to = result.sharedFloats
      let rows = length == 0 ? 0 : y.count / length
      y.device.parallel(rows, by: max(1, Device.chunkElements / max(1, length))) { rows in
        let start = rows.lowerBound * length
        nj_softmax_gradient(from + start, up + start, to + start, rows.count, length, isLogarithm ? 1 : 0)
      }
      return [result]
    }
    let keep = Reduction(.sum, over: [dimension], keepsDimensions: true)
    if isLogarithm {  // dx = dy − softmax · Σ dy
      let p = try Elementwise(Exponential())(y)
      return [try step.upstream.subtracting(p.multiplied(by: keep(step.upstream)))]
    }
    let product = try step.upstream.multiplied(by: y)  // dx = (dy − Σ dy·y) · y
    return [try product.subtracting(y.multiplied(by: keep(product)))]
  }
}

/// log Σ exp x over one dimension, without overflow: `max x + log Σ exp(x − max x)`; −∞ without elements.
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
    try x.requireFloat(name)
    let resolved = try x.resolve(dimension, name)
    if x.rank > 0, x.shape[resolved] == 0 {
      let shape = x.shape(without: [resolved], keeping: keepsDimension)
      return Outcome(try .full(shape, -.infinity, on: x.device, operation: name), saving: [x])
    }
    let largest = try Elementwise(Clamp(-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude))(
      Extremum(maximum: true, dimension: dimension, keepsDimension: true)(x))
    let powers = try Elementwise(Exponential())(x.subtracting(largest))
    let sum = try Reduction(.sum, over: [dimension], keepsDimensions: true)(powers)
    let kept = try Elementwise(Logarithm())(sum).adding(largest)
    return Outcome(
      keepsDimension ? kept : try kept.squeezed(dimension), saving: [try powers.divided(by: sum)])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    if step.saved[0].count == 0 { return [step.saved[0]] }
    let upstream = try step.upstream.restoringDimensions([dimension], of: step.shapes[0], name)
    return [try step.saved[0].multiplied(by: upstream)]
  }
}

/// How the losses of the samples are reduced: to their mean, to their sum, or not at all.
public enum LossReduction: String, Sendable, CaseIterable { case mean, sum, none }

/// The cross-entropy of logits, or of log-probabilities (`nll`), and labels: −log p of the labels.
///
/// Inputs: logits or log-probabilities `[samples, classes]`, float32; labels `[samples]`, int32, from 0. Result: `[]`,
/// or `[samples]` without reduction. With smoothing ε the target is (1 − ε) at the label plus ε/classes everywhere.
/// Source: PyTorch's `cross_entropy`; Szegedy et al. 2015 (arXiv 1512.00567) for smoothing.
public struct CrossEntropy: Operation {
  public let reduction: LossReduction
  public let smoothing: Float
  /// Whether the input is log-probabilities already.
  public let fromLogProbabilities: Bool

  public init(reduction: LossReduction = .mean, smoothing: Float = 0, fromLogProbabilities: Bool = false) {
    self.reduction = reduction
    self.smoothing = smoothing
    self.fromLogProbabilities = fromLogProbabilities
  }

  public var name: String { fromLogProbabilities ? "nll" : "cross_entropy" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let labels = inputs[1]
    try x.requireFloat(name)
    guard labels.dtype == .int32 else {
      throw TensorError.wrongType(operation: name, expected: .int32, got: labels.dtype, role: "labels")
    }
    guard x.rank == 2, labels.rank == 1, x.shape[0] == labels.shape[0] else {
      throw TensorError.shapeMismatch(
        operation: name, left: x.shape, right: labels.shape,
        hint: "logits are (samples, classes), labels (samples)")
    }
    let classes = x.shape[1]
    let targets = try labels.values(as: Int32.self)
    if let bad = targets.firstIndex(where: { $0 < 0 || Int($0) >= classes }) {
      throw TensorError.labelOutside(
        operation: name, label: Int(targets[bad]), sample: bad, classes: classes)
    }
    let logs = fromLogProbabilities ? try x.contiguous(for: name) : try Softmax(1, logarithm: true)(x)
    let losses = targets.enumerated().map { sample, target in
      let row = logs.floats + sample * classes
      let smooth = smoothing == 0 ? 0 : -smoothing * Float(Sums.total(row, classes)) / Float(classes)
      return -(1 - smoothing) * row[Int(target)] + smooth
    }
    let each = try Tensor(losses, shape: [losses.count], on: x.device)
    let output =
      switch reduction {
      case .none: each
      case .sum: try Reduction(.sum)(each)
      case .mean: try Reduction(.mean)(each)
      }
    return Outcome(output, saving: [logs, labels])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let logs = step.saved[0]
    let labels = step.saved[1]
    let samples = logs.shape[0]
    let classes = logs.shape[1]
    let targets = try labels.values(as: Int32.self)
    let result = try Tensor(uninitialized: logs.shape, .float32, on: logs.device, operation: name)
    let scale = reduction == .mean ? 1 / Float(max(1, samples)) : 1
    for sample in 0..<samples {
      let weight = step.upstream.floats[reduction == .none ? sample : 0] * scale
      let from = logs.floats + sample * classes
      let to = result.floats + sample * classes
      for c in 0..<classes {
        let target = (c == Int(targets[sample]) ? 1 - smoothing : 0) + smoothing / Float(classes)
        to[c] = ((fromLogProbabilities ? 0 : exp(from[c])) - target) * weight
      }
    }
    return [result, nil]
  }
}
