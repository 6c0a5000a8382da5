import Networks
import Tensors

/// How NeuroBench 2.3.0 counts the operations of LSTM and GRU cells, including its peculiarities.
///
/// It runs the cell on patterns of 0 and 1 (what is not 0 is 1) without its activation functions, and adds up the
/// products. An LSTM's dense count excludes pairs whose state is 0; in a GRU, (1 − z)·n vanishes where the integer
/// for z is 1. The state before the first step is 0.
struct NeuroBenchCells {
  private let products: (ofInput: [Float], ofState: [Float])
  private let biases: (ofInput: [Float], ofState: [Float])
  private let inputs: [Float]
  private let outputs: [Float]
  private let samples: Int
  private let times: Int
  private let channels: Int
  private let width: Int

  /// A cell with the weights `gates` that made `output`, (samples, time, width), of `input`, (samples, time, channels).
  init(_ gates: GateWeights, _ input: Tensor, _ output: Tensor) throws {
    samples = input.shape[0]
    times = input.shape[1]
    channels = gates.inputs
    width = gates.width
    let start = try Tensor.zeros([samples, 1, width], on: input.device)
    let before = try Concatenation(1).apply([start, output.narrow(1, from: 0, count: times - 1)])
    let parts = try gates.named.map { try Self.pattern($0.tensor.detached()) }
    products = (
      try Linear()(Self.pattern(input), parts[0]).floatValues,
      try Linear()(Self.pattern(before), parts[1]).floatValues
    )
    biases = (try parts[2].floatValues, try parts[3].floatValues)
    inputs = try input.floatValues
    outputs = try before.floatValues
  }

  private static func pattern(_ x: Tensor) throws -> Tensor {
    try Comparison.ne(x, Tensor(0, on: x.device)).converted(to: .float32)
  }

  /// Effective and dense operations of every sample; accumulates at times when all samples' inputs are −1, 0 or 1.
  func counts(_ cell: Recurrence.Cell) -> [SampleCounts] {
    var counts = [SampleCounts](repeating: SampleCounts(), count: samples)
    for time in 0..<times {
      let isBinary = (0..<samples).allSatisfy { sample in
        let start = (sample * times + time) * channels
        return inputs[start..<start + channels].allSatisfy { $0 == 0 || abs($0) == 1 }
      }
      for sample in 0..<samples {
        let row = sample * times + time
        let operations = cell == .lstm ? lstm(row) : gru(row)
        if isBinary {
          counts[sample].acs += operations.effective
        } else {
          counts[sample].macs += operations.effective
        }
        counts[sample].dense += operations.dense
      }
    }
    return counts
  }

  private func state(_ row: Int, _ unit: Int) -> Float { outputs[row * width + unit] == 0 ? 0 : 1 }

  private func lstm(_ row: Int) -> (effective: Int, dense: Int) {
    let gates = 4 * width
    var sum = Float(0)
    var occupied = Float(0)
    func isOpen(_ gate: Int) -> Float {
      let index = row * gates + gate
      return products.ofInput[index] + products.ofState[index] + biases.ofInput[gate] + biases.ofState[gate]
        != 0 ? 1 : 0
    }
    for gate in 0..<gates {
      sum += products.ofInput[row * gates + gate] + products.ofState[row * gates + gate]
    }
    for unit in 0..<width {
      // The output is 0 where the cell is: o·tanh(c).
      let old = state(row, unit)
      let cell = isOpen(width + unit) * old + isOpen(unit) * isOpen(2 * width + unit)
      sum += cell + isOpen(3 * width + unit) * (cell != 0 ? 1 : 0)
      occupied += old
    }
    return (Int(sum), gates * (channels + Int(occupied)) + 2 * width + Int(occupied))
  }

  private func gru(_ row: Int) -> (effective: Int, dense: Int) {
    let gates = 3 * width
    var sum = Float(0)
    for gate in 0..<gates {
      sum += products.ofInput[row * gates + gate] + products.ofState[row * gates + gate]
    }
    for unit in 0..<width {
      let r = unit
      let z = width + unit
      let n = 2 * width + unit
      func openness(_ gate: Int) -> Float {
        products.ofInput[row * gates + gate] + products.ofState[row * gates + gate] + biases.ofInput[gate]
          + biases.ofState[gate]
      }
      let recurrent = products.ofState[row * gates + n]
      let reset: Float = openness(r) != 0 && recurrent + biases.ofState[n] != 0 ? 1 : 0
      // NeuroBench uses one number of the bias for all units here.
      let new: Float = recurrent + biases.ofInput[2] + reset != 0 ? 1 : 0
      sum += reset + (openness(z) != 1 ? new : 0) + (openness(z) != 0 ? state(row, unit) : 0)
    }
    return (Int(sum), gates * (channels + width) + gates)
  }
}
