import LuaHost
import Support
import Tensors

/// Compares the gradients that operations of `nj.func` return with finite differences of their forward passes.
///
/// A gradient may be chosen where the derivative is 0 or does not exist: spikes, rounding, sampling. Elsewhere it has
/// to be the derivative.
final class GradientCheck {
  /// By the line of their backward function.
  private var operations: [[ErrorLocation]: (operation: ScriptedOperation, inputs: [Tensor])] = [:]
  private static let maxOperations = 8
  private static let elements = 8

  /// Notes an operation that runs; the first call of each counts.
  func note(_ operation: ScriptedOperation, _ inputs: [Tensor], in state: LuaState) {
    guard let line = try? state.definition(of: operation.functions.backward), !line.isEmpty,
      operations[line] == nil, operations.count < Self.maxOperations
    else { return }
    operations[line] = (operation, inputs.map { $0.detached() })
  }

  /// Runs every operation that was noted on its inputs and beside them.
  ///
  /// - Throws: what the operations throw.
  func findings(in file: String) throws -> [CheckFinding] {
    try operations.sorted { "\($0.key)" < "\($1.key)" }.compactMap { line, call in
      guard case .script(let path, let number) = line[0] else { return nil }
      return try problem(call.operation, call.inputs).map { CheckFinding($0, file: path, line: number) }
    }
  }

  private func problem(_ operation: ScriptedOperation, _ inputs: [Tensor]) throws -> ErrorMessage? {
    try Recording.off {
      let outcome = try operation.forward(inputs)
      let count = outcome.output.count
      // Different for every element, so that sums over the wrong dimension are found.
      let weights = (0..<count).map { 0.5 + Float(($0 &* 37) % 64) / 64 }
      let upstream = try Tensor(weights, shape: outcome.output.shape, on: outcome.output.device)
      let gradients = try operation.gradient(
        BackwardStep(
          upstream: upstream, saved: outcome.saved, shapes: inputs.map(\.shape),
          needs: inputs.map { _ in true }))
      func sum(_ changed: [Tensor]) throws -> Double {
        zip(try operation.forward(changed).output.floatValues, weights)
          .reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      for (number, input) in inputs.enumerated() where input.dtype == .float32 && input.count > 0 {
        guard let gradient = gradients[number] else { continue }
        let values = try input.contiguous().floatValues
        let given = try gradient.contiguous().floatValues
        func slope(at element: Int, step: Float) throws -> Double {
          func moved(_ step: Float) throws -> Double {
            var copy = values
            copy[element] += step
            var all = inputs
            all[number] = try Tensor(copy, shape: input.shape, on: input.device)
            return try sum(all)
          }
          return try (moved(step) - moved(-step)) / (2 * Double(step))
        }
        let stride = max(1, values.count / Self.elements)
        for element in Swift.stride(from: stride / 2, to: values.count, by: stride) {
          let step = 0.01 * max(1, abs(values[element]))
          let wide = try slope(at: element, step: step)
          let narrow = try slope(at: element, step: step / 2)
          let size = max(abs(wide), abs(narrow), abs(Double(given[element])))
          // A corner or a jump nearby, or no slope at all: any gradient is a choice.
          guard wide.isFinite, narrow.isFinite, abs(wide - narrow) <= 0.02 * size,
            abs(wide) > 1e-3 * max(1, size)
          else { continue }
          guard !(abs(Double(given[element]) - wide) <= 0.05 * size + 1e-3) else { continue }
          return ErrorMessage(
            "backward's gradient of argument \(number + 1) is wrong: \(Self.short(Double(given[element]))) at element "
              + "\(element + 1) of \(values.count), finite differences of forward give \(Self.short(wide))",
            hint:
              "multiply the derivative by upstream; if another gradient is meant, declare surrogate = true")
        }
      }
      return nil
    }
  }

  private static func short(_ number: Double) -> String {
    number.isFinite ? "\((number * 1e4).rounded() / 1e4)" : "\(number)"
  }
}
