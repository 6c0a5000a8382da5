import VectorKernels

/// Layer normalization over the last dimension: `y = (x − mean) / √(variance + ε) · weight + bias`.
///
/// Inputs: x `[…, width]`, weight and bias `[width]`, float32. Source: Ba et al. 2016 (arXiv 1607.06450).
public struct LayerNorm: Operation {
  public let epsilon: Float
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }
  public var name: String { "layer_norm" }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    guard inputs[0].rank > 0, inputs[1].shape == [inputs[0].shape[inputs[0].rank - 1]],
      inputs[2].shape == inputs[1].shape
    else {
      throw TensorError.shapeMismatch(
        operation: name, left: inputs[0].shape, right: inputs[1].shape,
        hint: "the last length of the input is the width")
    }
    for input in inputs { try input.requireFloat(name) }
    let x = try inputs[0].contiguous(for: name)
    let weight = try inputs[1].contiguous(for: name)
    let bias = try inputs[2].contiguous(for: name)
    let width = weight.count
    let rows = width == 0 ? 0 : x.count / width
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    // The mean of each row and 1 / √(variance + ε).
    let statistics = try Tensor(uninitialized: [rows, 2], .float32, on: x.device, operation: name)
    let from = x.sharedFloats
    let to = result.sharedFloats
    let scale = weight.sharedFloats
    let shift = bias.sharedFloats
    let moments = statistics.sharedFloats
    x.device.parallel(rows, by: Self.rowsPerChunk(width)) { rows in
      let start = rows.lowerBound * width
      nj_layer_norm(
        from + start, scale.pointer, shift.pointer, epsilon, to + start, moments + 2 * rows.lowerBound,
        rows.count, width)
    }
    return Outcome(result, saving: [x, statistics, weight])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let x = step.saved[0]
    let weight = step.saved[2]
    let width = weight.count
    let rows = step.saved[1].shape[0]
    let size = Self.rowsPerChunk(width)
    let chunks = (rows + size - 1) / size
    let sums = try Tensor(uninitialized: [chunks, 2, width], .float32, on: x.device, operation: name)
    let dx =
      step.needs[0] ? try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name) : nil
    let from = x.sharedFloats
    let scale = weight.sharedFloats
    let moments = step.saved[1].sharedFloats
    let up = step.upstream.sharedFloats
    let to = dx?.sharedFloats
    let partial = sums.sharedFloats
    x.device.parallel(rows, by: size) { rows in
      let start = rows.lowerBound * width
      nj_layer_norm_gradient(
        from + start, scale.pointer, moments + 2 * rows.lowerBound, up + start, to.map { $0 + start },
        partial + rows.lowerBound / size * 2 * width, rows.count, width)
    }
    guard step.needs[1] || step.needs[2] else { return [dx, nil, nil] }
    let total = try Reduction(.sum, over: [0])(sums)
    return [dx, try total.select(0, 0).cloned(), try total.select(0, 1).cloned()]
  }

  /// The rows whose gradients are added in one sum.
  private static func rowsPerChunk(_ width: Int) -> Int { max(1, Device.chunkElements / max(1, width)) }
}
