/// Cross-correlation over time, channels last.
///
/// Inputs: x `[batch, time, in]`, weight `[out, in / groups, kernel]` as in PyTorch, and optionally bias `[out]`,
/// float32. Result: `[batch, ⌊(time + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, out]`. Source: the formula
/// of PyTorch's `torch.nn.Conv1d`.
public struct Conv1d: Operation {
  public let stride: Int
  public let padding: Int
  public let dilation: Int
  public let groups: Int

  /// The maximum padding and dilation in time steps. Their sums and products fit an integer.
  public static let maxSteps = 1 << 24

  public init(stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1) {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  public var name: String { "conv1d" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome { try run(inputs, nil) }

  /// The result, as `finish` changes it where there is one.
  func run(_ inputs: [Tensor], _ finish: ConvolutionFinish?) throws -> Outcome {
    let x = try inputs[0].contiguous(for: name)
    let weight = try inputs[1].contiguous(for: name)
    try check(x, weight)
    let sizes = sizes(x, weight.shape)
    let bias = inputs.count > 2 ? try inputs[2].contiguous(for: name) : nil
    if let bias, bias.shape != [sizes.outputs] {
      throw TensorError.badShape(
        operation: "\(name) (bias)", shape: bias.shape, expected: "[\(sizes.outputs)]")
    }
    let steps = finish?.windows(sizes.outputTime) ?? sizes.outputTime
    guard steps > 0 else {
      throw TensorError.badShape(
        operation: name, shape: x.shape, expected: "enough time steps for a window of the pooling")
    }
    let result = try Tensor(
      uninitialized: [sizes.batch, steps, sizes.outputs], .float32, on: x.device, operation: name)
    // A weight that is being trained changes before it is read again.
    let isTrained = Recording.isWanted(by: [inputs[1]])
    let ofProduct = try isTrained ? sizes.productWeight(weight) : sizes.keptWeight(weight)
    try sizes.forward(
      x.sharedFloats, weight: ofProduct.sharedFloats, bias: bias?.sharedFloats, finish: finish,
      into: result.sharedFloats, on: x.device)
    withExtendedLifetime(ofProduct) {}
    return Outcome(result, saving: [x, weight])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let x = step.saved[0]
    let weight = step.saved[1]
    let dy = step.upstream
    let sizes = sizes(x, step.shapes[1])
    var gradients: [Tensor?] = [nil, nil, nil]
    if step.needs[0] {
      let dx = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
      let packed = try sizes.packed(weight)
      try sizes.inputGradient(
        dy.sharedFloats, packed: packed.sharedFloats, into: dx.sharedFloats, on: x.device)
      withExtendedLifetime(packed) {}
      gradients[0] = dx
    }
    guard sizes.batch > 0 else {
      let zeros = (
        try Tensor.zeros(step.shapes[1], on: x.device), try Tensor.zeros([sizes.outputs], on: x.device)
      )
      gradients[1] = zeros.0
      gradients[2] = zeros.1
      return Array(gradients.prefix(step.needs.count))
    }
    if step.needs.dropFirst().contains(true) {
      let sums = try Tensor(
        uninitialized: [sizes.sums, sizes.sumLength], .float32, on: x.device, operation: name)
      try sizes.weightGradient(x.sharedFloats, dy.sharedFloats, into: sums.sharedFloats, on: x.device)
      let weight = try Tensor(uninitialized: step.shapes[1], .float32, on: x.device, operation: name)
      let bias = try Tensor(uninitialized: [sizes.outputs], .float32, on: x.device, operation: name)
      sizes.total(
        sums.sharedFloats, weight: weight.sharedFloats, bias: bias.sharedFloats, on: x.device)
      gradients[1] = weight
      gradients[2] = bias
    }
    return Array(gradients.prefix(step.needs.count))
  }

  private func sizes(_ x: Tensor, _ weight: [Int]) -> Convolution {
    Convolution(
      batch: x.shape[0], time: x.shape[1], channels: x.shape[2], outputs: weight[0], kernel: weight[2],
      stride: stride, padding: padding, dilation: dilation, groups: groups)
  }

  private func check(_ x: Tensor, _ weight: Tensor) throws {
    try x.requireFloat(name)
    try weight.requireFloat("\(name) (weight)")
    guard stride > 0, groups > 0, 1...Self.maxSteps ~= dilation, 0...Self.maxSteps ~= padding else {
      throw TensorError.badArgument(
        operation: name,
        reason:
          "stride and groups are 1 or more, dilation 1 to \(Self.maxSteps), padding 0 to \(Self.maxSteps)"
      )
    }
    guard weight.rank == 3, weight.shape[0] % groups == 0 else {
      throw TensorError.badShape(
        operation: "\(name) (weight)", shape: weight.shape, expected: "(out, in / \(groups), kernel)")
    }
    guard x.rank == 3, x.shape[2] == weight.shape[1] * groups else {
      throw TensorError.badShape(
        operation: name, shape: x.shape, expected: "(batch, time, \(weight.shape[1] * groups) channels)")
    }
    let (reach, isTooFar) = dilation.multipliedReportingOverflow(by: weight.shape[2] - 1)
    let needed = isTooFar ? Int.max : reach + 1
    guard x.shape[1] + 2 * padding >= needed, weight.shape[2] > 0 else {
      throw TensorError.badShape(
        operation: name, shape: x.shape,
        expected: "at least \(needed) time steps for kernel \(weight.shape[2]) with dilation \(dilation)",
        hint: "a smaller kernel, fewer poolings before it, or padding")
    }
  }
}
