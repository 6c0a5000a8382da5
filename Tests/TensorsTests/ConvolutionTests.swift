import Tensors
import Testing

/// The attributes and sizes of one convolution.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  let time: Int
  let kernel: Int
  let stride: Int
  let padding: Int
  let dilation: Int
  let groups: Int
  var batch = 2
  var channels = 4
  var outputs = 6

  var testDescription: String {
    "time \(time), kernel \(kernel), stride \(stride), padding \(padding), dilation \(dilation), groups \(groups)"
  }

  var operation: Conv1d { Conv1d(stride: stride, padding: padding, dilation: dilation, groups: groups) }
  var fits: Bool { time + 2 * padding >= dilation * (kernel - 1) + 1 }

  /// The definition, as loops: x (batch, time, channels), weight (outputs, channels / groups, kernel).
  func reference(_ x: [Float], _ weight: [Float], _ bias: [Float]) -> [Float] {
    let steps = (time + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
    let perGroup = channels / groups
    let outputsPerGroup = outputs / groups
    var y: [Float] = []
    for sample in 0..<batch {
      for step in 0..<steps {
        for output in 0..<outputs {
          var sum = Double(bias[output])
          for channel in 0..<perGroup {
            for tap in 0..<kernel {
              let place = step * stride - padding + tap * dilation
              guard place >= 0, place < time else { continue }
              let from = output / outputsPerGroup * perGroup + channel
              sum +=
                Double(x[(sample * time + place) * channels + from])
                * Double(weight[(output * perGroup + channel) * kernel + tap])
            }
          }
          y.append(Float(sum))
        }
      }
    }
    return y
  }
}

@Suite struct ConvolutionTests {
  static let all: [ConvolutionCase] = [(1, 1), (2, 1), (4, 2), (3, 3)].flatMap { (kernel: Int, stride: Int) in
    [0, 1, 3].flatMap { padding in
      [1, 2, 3].flatMap { dilation in
        [1, 2].flatMap { groups in
          [6, 7, 9].map {
            ConvolutionCase(
              time: $0, kernel: kernel, stride: stride, padding: padding, dilation: dilation, groups: groups)
          }
        }
      }
    }
  }.filter(\.fits)

  @Test(arguments: all) func agreesWithLoops(_ sizes: ConvolutionCase) throws {
    let device = device()
    let x = try Tensor.normal([sizes.batch, sizes.time, sizes.channels], seed: 1, on: device)
    let weight = try Tensor.normal(
      [sizes.outputs, sizes.channels / sizes.groups, sizes.kernel], seed: 2, on: device)
    let bias = try Tensor.normal([sizes.outputs], seed: 3, on: device)
    let y = try sizes.operation(x, weight, bias)
    expectClose(
      try y.floatValues, sizes.reference(try x.floatValues, try weight.floatValues, try bias.floatValues))
  }

  /// Small channels, so that all differences stay quick; every path (flat, by sample, by tap) is among them.
  static let gradients: [ConvolutionCase] = all.filter { $0.time != 9 && $0.padding != 3 }.map { sizes in
    var small = sizes
    small.channels = 2
    small.outputs = 2
    return small
  }

  @Test(arguments: gradients) func hasTheRightGradient(_ sizes: ConvolutionCase) throws {
    let gradient = GradientCase(
      sizes.testDescription, [sizes.batch, sizes.time, sizes.channels],
      [sizes.outputs, sizes.channels / sizes.groups, sizes.kernel], [sizes.outputs]
    ) { try sizes.operation.apply($0) }
    for layout in InputLayout.allCases { try gradient.check(layout) }
  }

  @Test func manySamplesAreSummedInParts() throws {
    let device = device()
    let sizes = ConvolutionCase(
      time: 40, kernel: 3, stride: 1, padding: 0, dilation: 1, groups: 1, batch: 120, channels: 3,
      outputs: 130)
    let x = try Tensor.normal([120, 40, 3], on: device)
    let weight = try Tensor.normal([130, 3, 3], seed: 2, on: device).leaf()
    let bias = try Tensor.zeros([130], on: device)
    let y = try sizes.operation(x, weight, bias)
    expectClose(
      try y.floatValues, sizes.reference(try x.floatValues, try weight.floatValues, try bias.floatValues))
    try Reduction(.sum)(y).backward()
    // Of a sum, the gradient of weight[o][c][k] is Σ x[·][k ..< k + 38][c], the same for all o.
    let expected = try (0..<9).map { place in
      let window = try x.narrow(1, from: place % 3, count: 38).narrow(2, from: place / 3, count: 1)
      return Float(try Reduction(.sum)(window).item())
    }
    expectClose(try weight.gradient?.select(0, 129).floatValues ?? [], expected, within: 1e-3)
  }

  @Test func anEmptyBatchGivesAnEmptyResult() throws {
    let device = device()
    let weight = try Tensor.normal([3, 2, 2], on: device).leaf()
    let y = try Conv1d()(.zeros([0, 5, 2], on: device), weight)
    #expect(y.shape == [0, 4, 3])
    try Reduction(.sum)(y).backward()
    #expect(try weight.gradient?.floatValues == [Float](repeating: 0, count: 12))
  }
}
