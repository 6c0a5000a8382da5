import Tensors
import Testing

/// Convolutions of many channels, which Winograd's minimal filtering computes, agree with the same of few channels at a
/// time, added up, which it does not.
@Suite struct WinogradConvolutionTests {
  static let cases: [ConvolutionCase] = [
    // Taps that are no multiple of three, dilations with sequences of unequal length, outputs that no tile ends with.
    (40, 3, 0, 1), (41, 3, 1, 1), (42, 5, 2, 1), (43, 9, 8, 1), (45, 9, 32, 4), (38, 7, 9, 3), (24, 4, 12, 2),
    (9, 9, 8, 1),
  ].map { (time: Int, kernel: Int, padding: Int, dilation: Int) in
    ConvolutionCase(
      time: time, kernel: kernel, stride: 1, padding: padding, dilation: dilation, groups: 1, batch: 3,
      channels: 32,
      outputs: 48)
  }

  /// The convolution as the sum of those of eight channels each.
  private func plain(_ operation: Conv1d, _ x: Tensor, _ weight: Tensor, _ bias: Tensor) throws -> Tensor {
    var sum = try operation(x.narrow(2, from: 0, count: 8), weight.narrow(1, from: 0, count: 8), bias)
    for first in stride(from: 8, to: x.shape[2], by: 8) {
      sum = try sum.adding(
        operation(x.narrow(2, from: first, count: 8), weight.narrow(1, from: first, count: 8)))
    }
    return sum
  }

  @Test(arguments: cases) func agreesWithThePlainProduct(_ sizes: ConvolutionCase) throws {
    let device = device()
    let inputs = try [
      Tensor.normal([sizes.batch, sizes.time, sizes.channels], seed: 1, on: device).leaf(),
      Tensor.normal([sizes.outputs, sizes.channels, sizes.kernel], seed: 2, on: device).leaf(),
      Tensor.normal([sizes.outputs], seed: 3, on: device).leaf(),
    ]
    let y = try sizes.operation.apply(inputs)
    let expected = try plain(sizes.operation, inputs[0], inputs[1], inputs[2])
    expectClose(try y.floatValues, try expected.floatValues, within: 5e-4)
    let upstream = try Tensor.normal(y.shape, seed: 4, on: device)
    let gradients = try y.gradients(of: inputs, upstream: upstream)
    let others = try expected.gradients(of: inputs, upstream: upstream)
    for (own, other) in zip(gradients, others) {
      expectClose(try own?.floatValues ?? [], try other?.floatValues ?? [0], within: 2e-3)
    }
  }

  @Test func aSampleDoesNotDependOnItsBatch() throws {
    let device = device()
    let x = try Tensor.normal([19, 30, 32], seed: 1, on: device)
    let weight = try Tensor.normal([32, 32, 3], seed: 2, on: device)
    let all = try Conv1d()(x, weight)
    for sample in [0, 7, 18] {
      let alone = try Conv1d()(x.narrow(0, from: sample, count: 1), weight)
      expectClose(try alone.floatValues, try all.narrow(0, from: sample, count: 1).floatValues, within: 1e-4)
    }
  }

  @Test func threadsDoNotChangeABit() throws {
    let results = try [1, 3].map { threads in
      let device = device(threads: threads)
      let x = try Tensor.normal([40, 50, 32], seed: 1, on: device).leaf()
      let weight = try Tensor.normal([64, 32, 9], seed: 2, on: device).leaf()
      let y = try Conv1d(padding: 16, dilation: 2)(x, weight)
      try Reduction(.sum)(y.multiplied(by: y)).backward()
      return try [y.floatValues, x.gradient?.floatValues ?? [], weight.gradient?.floatValues ?? []]
    }
    #expect(results[0] == results[1])
  }
}
