import Metrics
import Networks
import Tensors
import Testing

/// Synaptic operations against a count that looks at every pair of an input and a weight.
@Suite struct CountingTests {
  private let device = Device(threads: 2)

  static let convolutions: [Conv1d] = [
    Conv1d(), Conv1d(stride: 2), Conv1d(padding: 1), Conv1d(dilation: 2), Conv1d(groups: 2),
    Conv1d(stride: 3, padding: 4, dilation: 2, groups: 2), Conv1d(stride: 2, padding: 5, groups: 4),
  ]

  @Test(arguments: convolutions.indices)
  func convolutionsCountEveryPair(_ number: Int) throws {
    let operation = Self.convolutions[number]
    var random = RandomStream(seed: 3, purpose: "test")
    let batch = 3
    let time = 9
    let channels = 4
    let outputs = 8
    let kernel = 3
    let x = try sparse([batch, time, channels], &random)
    let layer = try convolution(channels, outputs, kernel, operation, &random)
    let (_, counts) = try ModelObserver(layer).counting(samples: batch) { try layer(x) }
    let values = try x.floatValues
    let weights = try layer.weight.detached().floatValues
    let own = channels / operation.groups
    let group = outputs / operation.groups
    for sample in 0..<batch {
      var effective = 0
      var dense = 0
      for window in 0..<layerTime(time, kernel, operation) {
        for tap in 0..<kernel {
          let t = window * operation.stride + tap * operation.dilation - operation.padding
          guard (0..<time).contains(t) else { continue }
          for output in 0..<outputs {
            for channel in 0..<own {
              let from = output / group * own + channel
              let isPair =
                values[(sample * time + t) * channels + from] != 0
                && weights[(output * own + channel) * kernel + tap] != 0
              effective += isPair ? 1 : 0
              dense += 1
            }
          }
        }
      }
      #expect(counts[sample].macs == effective && counts[sample].acs == 0)
      #expect(counts[sample].dense == dense)
    }
  }

  /// w·b and (1 − w)·a, of lengths with and without a rest after the last full vector.
  @Test(arguments: [5, 16, 37]) func gatesCountEveryPair(_ width: Int) throws {
    var random = RandomStream(seed: 8, purpose: "test")
    let a = try sparse([2, width], &random)
    let b = try sparse([2, width], &random)
    // Gates that are shut, open, and between.
    let gate = try Elementwise(Clamp(0, 1))(sparse([2, width], &random))
    let old = try a.floatValues
    let new = try b.floatValues
    let open = try gate.floatValues
    let fanOuts = try Interpolation().fanOuts([a, b, gate])
    #expect(fanOuts.map(\.input) == [1, 0])
    for sample in 0..<2 {
      let own = sample * width..<(sample + 1) * width
      let expected = [own.count { new[$0] * open[$0] != 0 }, own.count { old[$0] * (1 - open[$0]) != 0 }]
      for (fanOut, count) in zip(fanOuts, expected) {
        let found = try fanOut.fanOut.counts(of: fanOut.input == 1 ? b : a, samples: 2)[sample]
        #expect(found.effective == count && found.dense == width && !found.isBinary)
      }
    }
    let spikes = try FanOut.partners(gate, offset: 0).counts(of: Elementwise(Sign())(b), samples: 2)
    for count in spikes { #expect(count.isBinary) }
  }

  @Test func productsCountEveryPair() throws {
    var random = RandomStream(seed: 4, purpose: "test")
    let a = try sparse([2, 5, 7], &random)
    let b = try sparse([2, 7, 3], &random)
    let observer = ModelObserver(nil)
    let (_, counts) = try observer.counting(samples: 2) { try MatrixProduct()(a, b) }
    let x = try a.floatValues
    let w = try b.floatValues
    for sample in 0..<2 {
      var effective = 0
      for row in 0..<5 {
        for inner in 0..<7 {
          for column in 0..<3
          where x[(sample * 5 + row) * 7 + inner] != 0 && w[(sample * 7 + inner) * 3 + column] != 0 {
            effective += 1
          }
        }
      }
      #expect(counts[sample].macs == effective)
      #expect(counts[sample].dense == 5 * 7 * 3)
    }
  }

  @Test func weightsFromTheLeftCountAsFromTheRight() throws {
    var random = RandomStream(seed: 5, purpose: "test")
    var initialiser = Initialiser(seed: 5, device: device)
    let layer = try LinearLayer(6, 4, bias: false, with: &initialiser)
    let x = try sparse([3, 6], &random)
    let observer = ModelObserver(layer)
    let (_, right) = try observer.counting(samples: 3) { try layer(x) }
    let (_, left) = try observer.counting(samples: 3) {
      try MatrixProduct()(layer.weight, x.transposed(0, 1))
    }
    #expect(left == right)
    // What is made of weights alone is no operation of a sample.
    let (_, none) = try observer.counting(samples: 3) {
      try MatrixProduct()(layer.weight.transposed(0, 1), layer.weight)
    }
    #expect(none.allSatisfy { $0 == SampleCounts() })
  }

  @Test func aSampleCostsTheSameInEveryBatch() throws {
    var random = RandomStream(seed: 6, purpose: "test")
    let network = try spiking(inputs: 5)
    let x = try sparse([150, 12, 5], &random)
    let (_, together) = try ModelObserver(network).counting(samples: 150) { try network(x) }
    #expect(together.allSatisfy { $0.membranes == 12 * 20 && $0.dense == 12 * (5 * 16 + 16 * 16 + 16 * 4) })
    for sample in [0, 63, 64, 149] {
      let one = try x.narrow(0, from: sample, count: 1)
      let (_, alone) = try ModelObserver(network).counting(samples: 1) { try network(one) }
      #expect(alone[0] == together[sample], "sample \(sample)")
    }
    let single = try spiking(inputs: 5, on: Device(threads: 1))
    let copy = try Tensor(x.floatValues, shape: x.shape, on: Device(threads: 1))
    let (_, other) = try ModelObserver(single).counting(samples: 150) { try single(copy) }
    #expect(other == together)
  }

  @Test func aModuleThatIsCalledTwiceCountsTwice() throws {
    var random = RandomStream(seed: 7, purpose: "test")
    var initialiser = Initialiser(seed: 7, device: device)
    let layer = try LinearLayer(6, 6, with: &initialiser)
    let network = try SequentialLayer([("a", layer), ("b", layer)])
    let observer = ModelObserver(network)
    let x = try sparse([2, 6], &random)
    let (_, counts) = try observer.counting(samples: 2) { try network(x) }
    #expect(counts.allSatisfy { $0.dense == 72 })
    #expect(observer.layers.map(\.calls) == [0, 2])
  }

  @Test func additionsAndMultiplicationsAreSeparatedBySample() throws {
    let x = try Tensor([1, 0, -1, 0.5, 1, 1] as [Float], shape: [2, 3], on: device)
    var initialiser = Initialiser(seed: 8, device: device)
    let layer = try LinearLayer(3, 5, with: &initialiser)
    let (_, own) = try ModelObserver(layer).counting(samples: 2) { try layer(x) }
    #expect(own.map(\.acs) == [10, 0] && own.map(\.macs) == [0, 15])
    let (_, theirs) = try ModelObserver(layer, rules: .neuroBench).counting(samples: 2) { try layer(x) }
    #expect(theirs.map(\.acs) == [0, 0] && theirs.map(\.macs) == [10, 15])
  }

  /// NeuroBench calls a network of snnTorch's neurons once for each time step.
  @Test func strictModeSeparatesTimeStepsOfSteppedNetworks() throws {
    let x = try Tensor([1, 0, 1, 0.5, 1, 1, 1, 1] as [Float], shape: [2, 2, 2], on: device)
    var initialiser = Initialiser(seed: 8, device: device)
    let layer = try LinearLayer(2, 5, with: &initialiser)
    let neurons = try LeakyLayer(beta: 0.9, with: &initialiser)
    let stepped = try SequentialLayer([("a", layer), ("b", neurons)])
    let (_, own) = try ModelObserver(stepped, rules: .neuroBench).counting(samples: 2) { try stepped(x) }
    // In the first step all numbers are 0 and 1, in the second one is 0.5.
    #expect(own.map(\.acs) == [5, 10] && own.map(\.macs) == [10, 10])
    #expect(own.map(\.dense) == [20, 20])
    let (_, whole) = try ModelObserver(layer, rules: .neuroBench).counting(samples: 2) { try layer(x) }
    #expect(whole.map(\.acs) == [0, 0] && whole.map(\.macs) == [15, 20])
  }

  @Test func aPassThatFailsLeavesNothingBehind() throws {
    var random = RandomStream(seed: 9, purpose: "test")
    var initialiser = Initialiser(seed: 9, device: device)
    let network = try SequentialLayer([
      ("a", LinearLayer(6, 6, with: &initialiser)), ("b", LinearLayer(5, 6, with: &initialiser)),
    ])
    let observer = ModelObserver(network)
    let x = try sparse([2, 6], &random)
    #expect(throws: NetworkError.self) { _ = try observer.counting(samples: 2) { try network(x) } }
    #expect(observer.layers.allSatisfy { $0.counts == SampleCounts() && $0.calls == 0 })
  }

  @Test func samplesThatCannotBeSeparatedAreReported() throws {
    var random = RandomStream(seed: 10, purpose: "test")
    var initialiser = Initialiser(seed: 10, device: device)
    let layer = try LinearLayer(6, 6, with: &initialiser)
    let observer = ModelObserver(layer)
    let x = try sparse([7, 6], &random)
    _ = try observer.counting(samples: 3) { try layer(x) }
    #expect(observer.uncounted?.what.contains("cannot be separated into the batch's 3 samples") == true)
    #expect(observer.uncounted(.synapses) != nil && observer.uncounted(.activations) == nil)
    let activations = ModelObserver(nil)
    _ = try activations.counting(samples: 4) { try ActivationLayer("ReLU", ReLU())(x) }
    #expect(activations.uncounted(.activations)?.what.contains("relu of [7, 6] cannot be separated") == true)
  }

  /// Rows of all lengths around those that are counted 16 at a time, with one number at each position.
  @Test func oneOtherNumberMakesMultiplyAccumulates() throws {
    for width in [1, 15, 16, 17, 40] {
      let weight = try Tensor([Float](repeating: 1, count: width), shape: [1, width], on: device)
      for place in 0..<width {
        for (number, isBinary) in [(Float(-1), true), (1, true), (0, true), (0.5, false), (.infinity, false)]
        {
          var row = (0..<width).map { Float($0 % 3 - 1) }
          row[place] = number
          let x = try Tensor(row, shape: [1, width], on: device)
          let (_, counts) = try ModelObserver(nil).counting(samples: 1) { try Linear().apply([x, weight]) }
          let expected = row.count { $0 != 0 }
          #expect(counts[0].acs == (isBinary ? expected : 0) && counts[0].macs == (isBinary ? 0 : expected))
        }
      }
    }
  }

  @Test func countsAreEncodedAsFloatsExactly() {
    var counts = SampleCounts()
    counts.macs = 92_160_001
    counts.dense = (1 << 47) + 3
    counts.zeros = 16_777_217
    #expect(SampleCounts(encoded: counts.encoded[...]) == counts)
    #expect(SampleCounts(encoded: [Float](repeating: .nan, count: SampleCounts.encodedCount)[...]) == nil)
  }

  /// Random numbers, a third of them 0.
  private func sparse(_ shape: [Int], _ random: inout RandomStream) throws -> Tensor {
    let values = try Tensor.randn(shape, from: &random, on: device)
    let isThere = try Comparison.gt(Tensor.rand(shape, from: &random, on: device), Tensor(0.33, on: device))
    return try values.multiplied(by: isThere.converted(to: .float32))
  }

  private func convolution(
    _ channels: Int, _ outputs: Int, _ kernel: Int, _ operation: Conv1d, _ random: inout RandomStream
  ) throws -> Conv1dLayer {
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try Conv1dLayer(channels, outputs, kernel: kernel, operation, with: &initialiser)
    try layer.weight.detached().assign(sparse(layer.weight.shape, &random), operation: "test")
    return layer
  }

  private func layerTime(_ time: Int, _ kernel: Int, _ operation: Conv1d) -> Int {
    (time + 2 * operation.padding - operation.dilation * (kernel - 1) - 1) / operation.stride + 1
  }

  private func spiking(inputs: Int, on other: Device? = nil) throws -> SequentialLayer {
    var initialiser = Initialiser(seed: 2, device: other ?? device)
    let network = try SequentialLayer([
      ("rec", RadLIFLayer(inputs, 16, with: &initialiser)), ("fc", LinearLayer(16, 4, with: &initialiser)),
      ("lif", LeakyLayer(beta: 0.9, with: &initialiser)),
    ])
    network.setTraining(false)
    return network
  }
}
