import Tensors
import Testing

/// The attributes and sizes of one convolution.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let operation: Conv1d
  let time: Int
  let kernel: Int
  let channels: Int
  let outputs: Int

  init(_ name: String, _ operation: Conv1d, time: Int, kernel: Int, channels: Int = 6, outputs: Int = 4) {
    testDescription = name
    self.operation = operation
    self.time = time
    self.kernel = kernel
    self.channels = channels
    self.outputs = outputs
  }
}

/// Convolution against its definition, to 1e-5 of the largest value; gradients by ⟨dy, conv(x, w)⟩ = ⟨dx, x⟩ = ⟨dw, w⟩,
/// which holds for every x and every w, because the convolution is linear in both.
@Suite struct ConvolutionTests {
  private let device = Device(threads: 2)

  static let cases = [
    ConvolutionCase("plain", Conv1d(), time: 9, kernel: 3),
    ConvolutionCase("as long as the input", Conv1d(), time: 5, kernel: 5),
    ConvolutionCase("pointwise", Conv1d(), time: 7, kernel: 1),
    ConvolutionCase("stride past the kernel", Conv1d(stride: 3), time: 11, kernel: 2),
    ConvolutionCase("stride with a rest", Conv1d(stride: 2), time: 10, kernel: 3),
    ConvolutionCase("padding", Conv1d(padding: 2), time: 4, kernel: 5),
    ConvolutionCase("padding past the input", Conv1d(stride: 2, padding: 7), time: 3, kernel: 4),
    ConvolutionCase("dilation", Conv1d(dilation: 3), time: 12, kernel: 3),
    ConvolutionCase("two groups", Conv1d(padding: 1, groups: 2), time: 8, kernel: 3),
    ConvolutionCase(
      "depthwise", Conv1d(stride: 2, padding: 1, dilation: 2, groups: 6), time: 9, kernel: 3, outputs: 12),
    ConvolutionCase(
      "channels by themselves", Conv1d(stride: 2, padding: 3, dilation: 2, groups: 6), time: 9, kernel: 3,
      outputs: 6),
    ConvolutionCase(
      "channels by themselves, longer than the input", Conv1d(padding: 6, groups: 6), time: 7, kernel: 8,
      outputs: 6),
    ConvolutionCase("pointwise in groups", Conv1d(groups: 2), time: 5, kernel: 1),
    ConvolutionCase("many chunks", Conv1d(), time: 300, kernel: 3),
  ]

  @Test(arguments: cases) func isItsDefinition(_ c: ConvolutionCase) throws {
    var random = RandomStream(seed: 2, purpose: "convolution")
    let (x, weight) = try operands(c, &random)
    let bias = try Tensor.randn([c.outputs], from: &random, on: device)
    let y = try c.operation(x, weight, bias)
    let expected = try naive(c, x, weight, bias)
    #expect(y.count == expected.count)
    let largest = expected.map(abs).max() ?? 0
    #expect(try zip(y.floatValues, expected).allSatisfy { abs(Double($0) - $1) <= 1e-5 * largest })
  }

  @Test(arguments: cases) func gradientsAreAdjoint(_ c: ConvolutionCase) throws {
    var random = RandomStream(seed: 2, purpose: "convolution")
    var (x, weight) = try operands(c, &random)
    var bias = try Tensor.randn([c.outputs], from: &random, on: device)
    let (otherX, otherWeight) = try operands(c, &random)
    try x.requireGradient()
    try weight.requireGradient()
    try bias.requireGradient()
    let y = try c.operation(x, weight, bias)
    let dy = try Tensor.randn(y.shape, from: &random, on: device)
    try y.backward(dy)
    let dx = try #require(x.gradient)
    let dw = try #require(weight.gradient)
    try expectSame(dot(dy, c.operation(otherX, weight.detached())), dot(dx, otherX))
    try expectSame(dot(dy, c.operation(x.detached(), otherWeight)), dot(dw, otherWeight))
    let sums = try Reduction(.sum, over: [0, 1])(dy).floatValues
    let db = try #require(bias.gradient).floatValues
    #expect(zip(sums, db).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  private func operands(_ c: ConvolutionCase, _ random: inout RandomStream) throws -> (Tensor, Tensor) {
    let inputs = c.channels / c.operation.groups
    return (
      try .randn([5, c.time, c.channels], from: &random, on: device),
      try .randn([c.outputs, inputs, c.kernel], from: &random, on: device)
    )
  }

  private func dot(_ a: Tensor, _ b: Tensor) throws -> Double {
    try zip(a.floatValues, b.floatValues).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  private func expectSame(_ a: Double, _ b: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(abs(a - b) <= 1e-3, "\(a) and \(b)", sourceLocation: sourceLocation)
  }

  private func naive(_ c: ConvolutionCase, _ x: Tensor, _ weight: Tensor, _ bias: Tensor) throws -> [Double] {
    let x = try x.floatValues
    let w = try weight.floatValues
    let b = try bias.floatValues
    let op = c.operation
    let inputs = c.channels / op.groups
    let perGroup = c.outputs / op.groups
    let steps = (c.time + 2 * op.padding - op.dilation * (c.kernel - 1) - 1) / op.stride + 1
    var y: [Double] = []
    for sample in 0..<5 {
      for step in 0..<steps {
        for output in 0..<c.outputs {
          var sum = Double(b[output])
          for tap in 0..<c.kernel {
            let row = step * op.stride - op.padding + tap * op.dilation
            guard (0..<c.time).contains(row) else { continue }
            for channel in 0..<inputs {
              let from = (sample * c.time + row) * c.channels + output / perGroup * inputs + channel
              sum += Double(x[from]) * Double(w[(output * inputs + channel) * c.kernel + tap])
            }
          }
          y.append(sum)
        }
      }
    }
    return y
  }
}
