import Tensors

/// Cross-correlation over time: (batch, time, in) → (batch, time′, out).
///
/// `weight` is (out, in / groups, kernel), `bias` (out), as in `torch.nn.Conv1d`; channels are last here, second there.
/// time′ = (time + 2·padding − dilation·(kernel − 1) − 1) / stride + 1, rounded down.
public final class Conv1dLayer: Module {
  public let weight: Tensor
  public let bias: Tensor?
  public let operation: Conv1d
  public var isTraining = true

  /// A layer from `inputs` to `outputs` channels; `operation` has stride, padding, dilation and groups.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` for a size below 1, or channels that cannot be divided
  ///   into the groups.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, _ operation: Conv1d = Conv1d(), bias: Bool = true,
    with initialiser: inout Initialiser
  ) throws {
    try requirePositive(
      "Conv1d",
      [
        "in": inputs, "out": outputs, "kernel": kernel, "stride": operation.stride,
        "dilation": operation.dilation, "groups": operation.groups,
      ])
    guard inputs % operation.groups == 0, outputs % operation.groups == 0, operation.padding >= 0 else {
      throw NetworkError.badLayer(
        layer: "Conv1d",
        reason: "\(inputs) in and \(outputs) out cannot be divided into \(operation.groups) groups")
    }
    let (fanIn, overflows) = kernel.multipliedReportingOverflow(by: inputs / operation.groups)
    guard !overflows else {
      throw NetworkError.badLayer(
        layer: "Conv1d", reason: "\(inputs) in by kernel \(kernel) exceeds any memory")
    }
    weight = try initialiser.uniform([outputs, inputs / operation.groups, kernel], fanIn: fanIn)
    self.bias = bias ? try initialiser.uniform([outputs], fanIn: fanIn) : nil
    self.operation = operation
  }

  public var description: String {
    let extras = [
      ("stride", operation.stride, 1), ("padding", operation.padding, 0),
      ("dilation", operation.dilation, 1), ("groups", operation.groups, 1),
    ]
    .filter { $0.1 != $0.2 }.map { ", \($0.0) \($0.1)" }.joined()
    return
      "Conv1d(\(weight.shape[1] * operation.groups), \(weight.shape[0]), kernel \(weight.shape[2])\(extras))"
  }
  public var parameters: [(name: String, tensor: Tensor)] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try operation.apply([input, weight] + (bias.map { [$0] } ?? []))
  }
}

/// The maximum of windows over time: (batch, time, channels) → (batch, windows, channels), as `torch.nn.MaxPool1d`.
public final class MaxPool1dLayer: Module {
  public let operation: MaxPool1d
  public var isTraining = true
  public init(_ windows: PoolingWindows) { operation = MaxPool1d(windows) }
  public var description: String { "MaxPool1d(\(operation.windows.kernel))" }
  public func forward(_ input: Tensor) throws -> Tensor { try operation(input) }
}

/// The mean of windows over time: (batch, time, channels) → (batch, windows, channels), as `torch.nn.AvgPool1d`.
public final class AvgPool1dLayer: Module {
  public let operation: AvgPool1d
  public var isTraining = true
  public init(_ windows: PoolingWindows) { operation = AvgPool1d(windows) }
  public var description: String { "AvgPool1d(\(operation.windows.kernel))" }
  public func forward(_ input: Tensor) throws -> Tensor { try operation(input) }
}

/// The mean over all time: (batch, time, channels) → (batch, channels).
public final class GlobalAvgPool1dLayer: Module {
  public var isTraining = true
  public init() {}
  public var description: String { "GlobalAvgPool1d" }

  public func forward(_ input: Tensor) throws -> Tensor {
    guard input.rank == 3 else {
      throw TensorError.badShape(
        operation: "GlobalAvgPool1d", shape: input.shape, expected: "(batch, time, channels)")
    }
    return try Reduction(.mean, over: [1])(input)
  }
}
