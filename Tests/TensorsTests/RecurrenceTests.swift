import Tensors
import Testing

/// A step repeated natively against the same step in a loop on the tape: the outputs' bits are the same, gradients
/// within 1e-5 (sums over time are added in another order).
@Suite struct RecurrenceTests {
  private let place = device(threads: 2)

  /// A small adaptive spiking cell: a product, a surrogate gradient, numbers a channel, a comparison without gradient.
  private struct Cell {
    let weight: Tensor
    let decay: Tensor

    init(on device: Device) throws {
      weight = try Tensor.normal([5, 5], seed: 3, on: device).scaled(by: 0.4).leaf()
      decay = try floats([0.9, 0.8, 0.7, 0.6, 0.5], on: device).leaf()
    }

    func step(_ x: Tensor, _ states: [Tensor]) throws -> (output: Tensor, states: [Tensor]) {
      let membrane = states[0]
      let spikes = states[1]
      let quiet = try Comparison.lt(membrane, Tensor(0.3, on: x.device)).converted(to: .float32)
      let drive = try x.adding(Linear()(spikes, weight)).multiplied(by: quiet.shifted(by: 1))
      let next = try membrane.multiplied(by: decay).adding(Elementwise(Tanh())(drive))
      let fired = try Elementwise(Surrogate.arctan.formula())(next.shifted(by: -0.5))
      return (try next.multiplied(by: fired), [try next.subtracting(fired), fired])
    }
  }

  private func leaves(_ batch: Int) throws -> (input: Tensor, start: [Tensor], upstream: Tensor) {
    (
      try Tensor.normal([batch, 7, 5], seed: 1, on: place).leaf(),
      [try Tensor.normal([batch, 5], seed: 2, on: place).leaf(), try Tensor.zeros([batch, 5], on: place)],
      try Tensor.normal([batch, 7, 5], seed: 4, on: place)
    )
  }

  /// 70 samples are two parts that run in parallel.
  @Test(arguments: [4, 70])
  func equalsTheLoopOnTheTape(batch: Int) throws {
    let native = try Cell(on: place)
    let loop = try Cell(on: place)
    let a = try leaves(batch)
    let b = try leaves(batch)
    let output = try Recurrence.run(over: a.input, from: a.start, step: native.step)
    var states = b.start
    var outputs = [Tensor]()
    for time in 0..<7 {
      let result = try loop.step(b.input.select(1, time), states)
      outputs.append(result.output)
      states = result.states
    }
    let expected = try Tensor.stack(outputs, 1)
    #expect(try output.floatValues == expected.floatValues)
    #expect(try output.floatValues.contains { $0 != 0 })
    try output.backward(a.upstream)
    try expected.backward(b.upstream)
    for (one, other) in [
      (a.input, b.input), (a.start[0], b.start[0]), (native.weight, loop.weight), (native.decay, loop.decay),
    ] {
      try expectClose(
        #require(one.gradient).floatValues, #require(other.gradient).floatValues, within: 1e-5)
    }
  }

  @Test func samplesThatDependOnEachOtherStayTogether() throws {
    let input = try Tensor.normal([70, 3, 5], on: place)
    let output = try Recurrence.run(over: input, from: [.zeros([70, 5], on: place)]) { x, states in
      let next = try states[0].adding(x.subtracting(Reduction(.mean, over: [0])(x)))
      return (next, [next])
    }
    let mean = try Reduction(.mean, over: [0])(output.select(1, 2)).floatValues
    expectClose(mean, [0, 0, 0, 0, 0], within: 1e-5)
  }

  @Test func keepsNothingWhereNoGradientIsWanted() throws {
    let cell = try Cell(on: place)
    let input = try Tensor.normal([64, 200, 5], on: place)
    let start = [try Tensor.zeros([64, 5], on: place), try Tensor.zeros([64, 5], on: place)]
    place.pool.resetPeak()
    let before = place.pool.usage.peak
    let output = try Recording.off { try Recurrence.run(over: input, from: start, step: cell.step) }
    // The input by time, what went out at each step and once more as one tensor, and a few states.
    #expect(place.pool.usage.peak - before < 5 * output.byteCount)
  }

  @Test func saysWhatCannotBeRecorded() throws {
    let input = try Tensor.normal([2, 3, 5], on: place)
    let start = [try Tensor.zeros([2, 5], on: place)]
    let outside = try Tensor.zeros([5], on: place)
    let cases: [(String, (Tensor, [Tensor]) throws -> (output: Tensor, states: [Tensor]))] = [
      ("cannot use the values of a tensor", { x, s in (try x.scaled(by: Float(x.floatValues[0])), s) }),
      (
        "cannot use add_",
        { x, s in
          try outside.update("add_") { try $0.shifted(by: 1) }
          return (x, s)
        }
      ),
      (
        "drawn at random",
        { x, s in
          var random = RandomStream(seed: 1, purpose: "test")
          return (try x.adding(.randn([2, 5], from: &random, on: x.device)), s)
        }
      ),
      ("a state after a step", { x, s in (x, [try s[0].select(1, 0)]) }),
      ("the output of a step", { x, s in (try x.transposed(0, 1), s) }),
    ]
    for (message, step) in cases {
      let error = #expect(throws: TensorError.self) {
        try Recurrence.run(over: input, from: start, step: step)
      }
      #expect(
        error?.description.contains(message) == true, "\(String(describing: error)), expected \(message)")
    }
    #expect(throws: TensorError.self) {
      try Recurrence.run(over: .zeros([2, 0, 5], on: place), from: start) { ($0, $1) }
    }
  }

  @Test func aRecordedFunctionRunsOnOtherNumbers() throws {
    let scale = try floats([2, 3], on: place).leaf()
    // Made where no gradient is wanted; it has one all the same.
    let function = try Recording.off {
      try RecordedFunction("twice", like: [.zeros([4, 2], on: place)]) {
        [try $0[0].multiplied(by: scale).adding($0[0])]
      }
    }
    let x = try Tensor.normal([4, 2], on: place).leaf()
    let output = try function([x])[0]
    let expected = try x.multiplied(by: scale).adding(x)
    #expect(try output.floatValues == expected.floatValues)
    try Reduction(.sum)(output).backward()
    #expect(try x.gradient?.floatValues == [3, 4, 3, 4, 3, 4, 3, 4])
    try expectClose(#require(scale.gradient).floatValues, Reduction(.sum, over: [0])(x).floatValues)
  }
}
