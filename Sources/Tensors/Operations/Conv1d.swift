/// Cross-correlation over time: x (batch, time, in), weight (out, in / groups, kernel) as PyTorch keeps it,
/// bias (out) or none → (batch, ⌊(time + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, out).
public struct Conv1d: Operation {
  public let stride: Int
  public let padding: Int
  public let dilation: Int
  public let groups: Int

  public init(stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1) {
    (self.stride, self.padding, self.dilation, self.groups) = (stride, padding, dilation, groups)
  }

  public var name: String { "conv1d" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let weight = try inputs[1].packed(name)
    try check(inputs[0], weight)
    let x = try (padding == 0 ? inputs[0] : Pad(1, before: padding, after: padding)(inputs[0])).packed(name)
    let sizes = sizes(x, weight)
    let device = x.device
    let result = try Tensor(
      uninitialized: [sizes.batch, sizes.outputTime, sizes.outputs], .float32, on: device, operation: name)
    let scratch =
      sizes.isFlat
      ? try Tensor(
        uninitialized: [sizes.batch, sizes.pitch, sizes.outputs], .float32, on: device, operation: name)
      : nil
    let bias = inputs.count > 2 ? try inputs[2].packed(name) : nil
    try bias?.requireFloat("\(name) (bias)")
    if let bias, bias.shape != [sizes.outputs] {
      throw TensorError.badShape(
        operation: "\(name) (bias)", shape: bias.shape, expected: "[\(sizes.outputs)]")
    }
    sizes.forward(
      x.sharedFloats, packed: try packed(weight, sizes).sharedFloats, bias: bias?.sharedFloats,
      scratch: scratch?.sharedFloats, into: result.sharedFloats, on: device)
    return Outcome(result, saving: [x, weight])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let (x, weight, dy) = (step.saved[0], step.saved[1], step.upstream)
    let sizes = sizes(x, weight)
    let slides = sizes.isWindowed && stride == 1  // the input's gradient is windows of the upstream one
    var spread: Tensor?
    if sizes.isFlat && (step.needs[1] || (slides && step.needs[0])) {
      let rows = try Tensor(
        uninitialized: [sizes.kernel - 1 + sizes.batch * sizes.pitch, sizes.outputs], .float32, on: dy.device,
        operation: name)
      sizes.spread(dy.sharedFloats, into: rows.sharedFloats, on: dy.device)
      spread = rows
    }
    return [
      step.needs[0] ? try inputGradient(sizes, dy, slides ? spread : nil, weight) : nil,
      step.needs[1] ? try weightGradient(sizes, x, dy, spread, weight) : nil,
      step.needs.count > 2 && step.needs[2] ? try Reduction(.sum, over: [0, 1])(dy) : nil,
    ].prefix(step.needs.count).map { $0 }
  }

  private func inputGradient(
    _ sizes: Convolution, _ dy: Tensor, _ spread: Tensor?, _ weight: Tensor
  ) throws -> Tensor {
    let shape = [sizes.batch, sizes.time, sizes.channels]
    let padded: Tensor
    if let spread {
      padded = try Tensor(uninitialized: shape, .float32, on: dy.device, operation: name)
      let reversed = try Flip(0)(Permute([2, 0, 1])(weight))  // (kernel, out, in), last tap first
      sizes.inputGradient(
        spread: spread.sharedFloats, reversed: reversed.sharedFloats, into: padded.sharedFloats, on: dy.device
      )
    } else {
      padded = try Tensor.full(shape, 0, on: dy.device, operation: name)
      sizes.inputGradient(
        dy.sharedFloats, taps: try byTap(weight).sharedFloats, into: padded.sharedFloats, on: dy.device)
    }
    return padding == 0 ? padded : try Slice(1, from: padding, count: sizes.time - 2 * padding)(padded)
  }

  private func weightGradient(
    _ sizes: Convolution, _ x: Tensor, _ dy: Tensor, _ spread: Tensor?, _ weight: Tensor
  ) throws -> Tensor {
    let count = weight.count
    let sums = try Tensor(uninitialized: [sizes.partials, count], .float32, on: dy.device, operation: name)
    sizes.weightGradient(
      x.sharedFloats, (spread ?? dy).sharedFloats, isSpread: spread != nil, into: sums.sharedFloats,
      on: dy.device)
    let total = sizes.partials == 1 ? sums : try Reduction(.sum, over: [0])(sums)
    let (out, taps) = (weight.shape[0], weight.shape[2])
    if sizes.isWindowed {
      return try Permute([0, 2, 1])(total.reshaped([out, taps, sizes.channels])).packed(name)
    }
    let perGroup = try total.reshaped([taps, groups, sizes.channels / groups, out / groups])
    return try Permute([1, 3, 2, 0])(perGroup).reshaped(weight.shape)
  }

  /// The weight as the forward product wants it.
  private func packed(_ weight: Tensor, _ sizes: Convolution) throws -> Tensor {
    sizes.isWindowed ? try Permute([0, 2, 1])(weight).packed(name) : try byTap(weight)
  }

  /// (kernel, groups, in per group, out per group).
  private func byTap(_ weight: Tensor) throws -> Tensor {
    let (out, channels, taps) = (weight.shape[0], weight.shape[1], weight.shape[2])
    return try Permute([3, 0, 2, 1])(weight.reshaped([groups, out / groups, channels, taps])).packed(name)
  }

  private func sizes(_ x: Tensor, _ weight: Tensor) -> Convolution {
    Convolution(
      batch: x.shape[0], time: x.shape[1], channels: x.shape[2], outputs: weight.shape[0],
      kernel: weight.shape[2],
      stride: stride, dilation: dilation, groups: groups)
  }

  private func check(_ x: Tensor, _ weight: Tensor) throws {
    try x.requireFloat(name)
    try weight.requireFloat("\(name) (weight)")
    guard stride > 0, dilation > 0, groups > 0, padding >= 0 else {
      throw TensorError.badArgument(
        operation: name, reason: "stride, dilation and groups are 1 or more, padding 0 or more")
    }
    guard weight.rank == 3, weight.shape[0] % groups == 0 else {
      throw TensorError.badShape(
        operation: "\(name) (weight)", shape: weight.shape, expected: "(out, in / \(groups), kernel)")
    }
    guard x.rank == 3, x.shape[2] == weight.shape[1] * groups else {
      throw TensorError.badShape(
        operation: name, shape: x.shape, expected: "(batch, time, \(weight.shape[1] * groups) channels)")
    }
    let needed = dilation * (weight.shape[2] - 1) + 1
    guard x.shape[1] + 2 * padding >= needed, weight.shape[2] > 0 else {
      throw TensorError.badShape(
        operation: name, shape: x.shape,
        expected: "at least \(needed) time steps for kernel \(weight.shape[2]) with dilation \(dilation). "
          + "Mend: a smaller kernel, fewer poolings before it, or padding")
    }
  }
}
