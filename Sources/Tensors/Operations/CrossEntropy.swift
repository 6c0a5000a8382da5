import Foundation

/// How a loss over samples becomes one number.
public enum LossReduction: String, Sendable, CaseIterable { case mean, sum, none }

/// −log p of the labels, with p the softmax of logits (samples, classes), or exp of log-probabilities given
/// as they are (`nll`). Labels: int32 (samples), from 0.
///
/// With smoothing ε the target is (1 − ε) at the label plus ε/classes everywhere (Szegedy et al. 2015).
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
      throw TensorError.wrongType(operation: name, expected: "int32 labels", got: labels.dtype)
    }
    guard x.rank == 2, labels.rank == 1, x.shape[0] == labels.shape[0] else {
      throw TensorError.shapeMismatch(
        operation: name, left: x.shape, right: labels.shape,
        hint: "logits are (samples, classes), labels (samples).")
    }
    let classes = x.shape[1]
    let targets = try labels.values(as: Int32.self)
    if let bad = targets.firstIndex(where: { $0 < 0 || Int($0) >= classes }) {
      throw TensorError.badArgument(
        operation: name,
        reason:
          "label \(targets[bad] + 1) of sample \(bad + 1) is outside the \(classes) classes of the logits")
    }
    let logs = fromLogProbabilities ? try x.packed(name) : try Softmax(1, logarithm: true)(x)
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
    let share = reduction == .mean ? 1 / Float(max(1, samples)) : 1
    for sample in 0..<samples {
      let weight = step.upstream.floats[reduction == .none ? sample : 0] * share
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
