import Support
import VectorKernels

/// An LSTM or GRU over all time steps as one operation.
///
/// Inputs: the input's part of the gates with its bias, `[batch, time, gates · width]`; the output before the first
/// step, `[batch, width]`; for an LSTM the cell before it, `[batch, width]`; the weight `[gates · width, width]` and
/// the bias `[gates · width]` of the state. The gates are in PyTorch's order: i, f, g, o and r, z, n. The result is the
/// output of every step, `[batch, time, width]`.
///
/// Parts of the batch run in parallel, each over all time steps; their size depends on the width alone. The gradient of
/// the weight is one product over all samples and steps.
struct GatedRecurrence: Operation {
  let cell: Recurrence.Cell
  /// Whether every step's gates are kept; else each step takes the place of the one before.
  let savesForGradient: Bool

  var name: String { cell == .lstm ? "lstm" : "gru" }
  var isBatchwise: Bool { true }

  private var gateCount: Int { cell == .lstm ? 4 : 3 }
  /// The number of states before the first step.
  private var stateCount: Int { cell == .lstm ? 2 : 1 }

  /// The sizes of one layer's pass.
  private struct Sizes {
    let batch: Int
    let times: Int
    let width: Int
    let gates: Int

    /// The rows of the batch, in parts.
    var parts: [Range<Int>] {
      let size = Recurrence.partRows(width: width)
      return stride(from: 0, to: batch, by: size).map { $0..<min(batch, $0 + size) }
    }
  }

  /// - Throws: ``TensorError`` for shapes that do not fit.
  private func sizes(_ inputs: [Tensor]) throws -> Sizes {
    for input in inputs { try input.requireFloat(name) }
    let input = inputs[0]
    let weight = inputs[1 + stateCount]
    guard weight.rank == 2, weight.shape[0] == gateCount * weight.shape[1] else {
      throw TensorError.badShape(
        operation: "\(name) (weight)", shape: weight.shape, expected: "[\(gateCount) · width, width]")
    }
    let width = weight.shape[1]
    guard input.rank == 3, input.shape[1] > 0, input.shape[2] == gateCount * width else {
      throw TensorError.badShape(
        operation: name, shape: input.shape,
        expected: "(batch, time, \(gateCount * width)) with at least one time step")
    }
    for state in inputs[1...stateCount] where state.shape != [input.shape[0], width] {
      throw TensorError.badShape(
        operation: "\(name) (an initial state)", shape: state.shape,
        expected: "[\(input.shape[0]), \(width)]")
    }
    guard inputs[2 + stateCount].shape == [gateCount * width] else {
      throw TensorError.badShape(
        operation: "\(name) (bias)", shape: inputs[2 + stateCount].shape, expected: "[\(gateCount * width)]")
    }
    return Sizes(batch: input.shape[0], times: input.shape[1], width: width, gates: gateCount * width)
  }

  /// What the steps of a pass compute beside their outputs, `[time, batch, …]`; one step's where no gradient is wanted.
  private struct Memory {
    let gates: Tensor
    /// The cells of an LSTM, the first one included; of a GRU the state's part of n.
    let inner: Tensor
    /// tanh of the cells of an LSTM.
    let tangents: Tensor?

    /// The row of a step's first sample.
    func row(_ time: Int, _ first: Int, _ sizes: Sizes) -> Int {
      (gates.shape[0] == 1 ? 0 : time) * sizes.batch + first
    }
  }

  func forward(_ inputs: [Tensor]) throws -> Outcome {
    let sizes = try sizes(inputs)
    let own = try inputs.map { try $0.contiguous(for: name) }
    let device = own[0].device
    func tensor(_ shape: [Int]) throws -> Tensor {
      try Tensor(uninitialized: shape, .float32, on: device, operation: name)
    }
    let output = try tensor([sizes.batch, sizes.times, sizes.width])
    let isLSTM = cell == .lstm
    let steps = savesForGradient ? sizes.times : 1
    let memory = Memory(
      gates: try tensor([steps, sizes.batch, sizes.gates]),
      inner: try tensor([isLSTM && savesForGradient ? steps + 1 : steps, sizes.batch, sizes.width]),
      tangents: isLSTM ? try tensor([steps, sizes.batch, sizes.width]) : nil)
    if isLSTM { memory.inner.floats.update(from: own[2].floats, count: sizes.batch * sizes.width) }
    let ofState = PanelProduct(inner: sizes.width, columns: sizes.gates)
    let weight = try tensor([ofState.count])
    ofState.pack(
      .init(own[1 + stateCount].floats, stride: sizes.width, transposed: true), into: weight.floats)
    let parts = sizes.parts
    _ = try device.concurrently(parts.count) { number in
      try run(parts[number], sizes, own, ofState, weight, memory, into: output)
    }
    guard savesForGradient else { return Outcome(output) }
    return Outcome(
      output,
      saving: [output, memory.gates, memory.inner] + [memory.tangents].compactMap(\.self)
        + [own[1], own[1 + stateCount]])
  }

  private func run(
    _ rows: Range<Int>, _ sizes: Sizes, _ inputs: [Tensor], _ product: PanelProduct, _ weight: Tensor,
    _ memory: Memory, into output: Tensor
  ) throws {
    let width = sizes.width
    let gates = sizes.gates
    let times = sizes.times
    let first = rows.lowerBound
    let bias = inputs[2 + stateCount].floats
    for time in 0..<times {
      try Interruption.check(name)
      let before = states(before: time, first, inputs[1], output, sizes)
      let row = memory.row(time, first, sizes)
      let ofState = memory.gates.floats + row * gates
      product.multiply(
        .init(before.values, stride: before.stride), weight.floats, into: ofState, stride: gates,
        rows: rows.count)
      let input = nj_rows(values: inputs[0].floats + (first * times + time) * gates, stride: times * gates)
      let result = nj_rows(values: output.floats + (first * times + time) * width, stride: times * width)
      let inner = memory.inner.floats + row * width
      if let tangents = memory.tangents {
        let after = savesForGradient ? inner + sizes.batch * width : inner
        nj_lstm_step(
          input, bias, ofState, inner, after, tangents.floats + row * width, result, rows.count, width)
      } else {
        nj_gru_step(input, bias, ofState, inner, before, result, rows.count, width)
      }
    }
  }

  /// The outputs of the step before `time`, from row `first` on.
  private func states(
    before time: Int, _ first: Int, _ start: Tensor, _ output: Tensor, _ sizes: Sizes
  ) -> nj_rows {
    guard time > 0 else { return nj_rows(values: start.floats + first * sizes.width, stride: sizes.width) }
    let row = first * sizes.times + time - 1
    return nj_rows(values: output.floats + row * sizes.width, stride: sizes.times * sizes.width)
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let output = step.saved[0]
    let isLSTM = cell == .lstm
    let memory = Memory(
      gates: step.saved[1], inner: step.saved[2], tangents: isLSTM ? step.saved[3] : nil)
    let start = step.saved[step.saved.count - 2]
    let weight = step.saved[step.saved.count - 1]
    let sizes = Sizes(
      batch: output.shape[0], times: output.shape[1], width: output.shape[2],
      gates: gateCount * output.shape[2])
    let upstream = try step.upstream.contiguous(for: name)
    let device = output.device
    let ofInput = try Tensor(
      uninitialized: [sizes.batch, sizes.times, sizes.gates], .float32, on: device, operation: name)
    // Of a GRU the gradients of the input's part and of the state's product differ.
    let ofProduct =
      isLSTM
      ? ofInput
      : try Tensor(
        uninitialized: [sizes.batch, sizes.times, sizes.gates], .float32, on: device, operation: name)
    let toState = PanelProduct(inner: sizes.gates, columns: sizes.width)
    let panels = try Tensor(uninitialized: [toState.count], .float32, on: device, operation: name)
    toState.pack(.init(weight.floats, stride: sizes.width), into: panels.floats)
    let states = try (0..<stateCount).map { _ in
      try Tensor.zeros([sizes.batch, sizes.width], on: device)
    }
    let parts = sizes.parts
    _ = try device.concurrently(parts.count) { number in
      let scratch = try Tensor(
        uninitialized: [parts[number].count, sizes.gates], .float32, on: device, operation: name)
      try runBackwards(
        parts[number], sizes, memory, start, toState, panels, upstream, output, scratch, ofInput, ofProduct,
        states)
    }
    let needsWeight = step.needs[1 + stateCount]
    return [ofInput] + states.map { $0 }
      + [
        needsWeight ? try weightGradient(ofProduct, start, output, sizes) : nil,
        step.needs[2 + stateCount] ? try Reduction(.sum, over: [0, 1])(ofProduct) : nil,
      ]
  }

  private func runBackwards(
    _ rows: Range<Int>, _ sizes: Sizes, _ memory: Memory, _ start: Tensor, _ product: PanelProduct,
    _ weight: Tensor, _ upstream: Tensor, _ output: Tensor, _ scratch: Tensor, _ ofInput: Tensor,
    _ ofProduct: Tensor, _ states: [Tensor]
  ) throws {
    let width = sizes.width
    let gates = sizes.gates
    let times = sizes.times
    let first = rows.lowerBound
    let ofState = states[0].floats + first * width
    for time in (0..<times).reversed() {
      try Interruption.check(name)
      let row = first * times + time
      let up = nj_rows(values: upstream.floats + row * width, stride: times * width)
      let gradient = nj_rows(values: ofInput.floats + row * gates, stride: times * gates)
      let kept = memory.gates.floats + (time * sizes.batch + first) * gates
      let inner = memory.inner.floats + (time * sizes.batch + first) * width
      if let tangents = memory.tangents {
        nj_lstm_gradient(
          up, ofState, states[1].floats + first * width, kept, inner,
          tangents.floats + (time * sizes.batch + first) * width, gradient, rows.count, width)
        product.multiply(
          .init(gradient.values, stride: gradient.stride), weight.floats, into: ofState, stride: width,
          rows: rows.count)
      } else {
        let before = self.states(before: time, first, start, output, sizes)
        nj_gru_gradient(up, ofState, kept, inner, before, gradient, scratch.floats, rows.count, width)
        product.multiply(
          .init(scratch.floats, stride: gates), weight.floats, into: ofState, stride: width, rows: rows.count,
          adds: true)
        for index in 0..<rows.count {
          (ofProduct.floats + (row + index * times) * gates).update(
            from: scratch.floats + index * gates, count: gates)
        }
      }
    }
  }

  /// Σ gradientᵀ · the state before, over all samples and steps.
  private func weightGradient(
    _ ofProduct: Tensor, _ start: Tensor, _ output: Tensor, _ sizes: Sizes
  ) throws -> Tensor {
    let before = try Concatenation(1).apply(
      [start.unsqueezed(1)] + (sizes.times > 1 ? [output.narrow(1, from: 0, count: sizes.times - 1)] : []))
    let rows = sizes.batch * sizes.times
    return try MatrixProduct()(
      ofProduct.reshaped([rows, sizes.gates]).transposed(0, 1), before.reshaped([rows, sizes.width]))
  }
}

extension Recurrence {
  /// An LSTM or GRU over the time of `input`, the input's part of its gates, `[batch, time, gates · width]`.
  ///
  /// `step` is the same step of elementary operations, which runs instead where operations are observed or a function
  /// is recorded.
  ///
  /// - Returns: the outputs of all steps, `[batch, time, width]`.
  /// - Throws: ``TensorError`` for shapes that do not fit, or when the memory budget is exceeded.
  public static func run(
    _ cell: Cell, over input: Tensor, from states: [Tensor], weight: Tensor, bias: Tensor, step: Step
  ) throws -> Tensor {
    let inputs = [input] + states + [weight, bias]
    let isWanted = Recording.isOn && inputs.contains { $0.requiresGradient }
    let operation = GatedRecurrence(cell: cell, savesForGradient: isWanted)
    guard !Observation.isOn, !Recording.isOfFunction else {
      return try run(over: input, from: states, named: operation.name, as: .cell(cell), step: step)
    }
    return try operation.apply(inputs)
  }
}
