import Foundation

/// The cosine transform of type II, orthonormal: `torchaudio.functional.create_dct(norm="ortho")`.
///
/// `y[k] = √(2/N) · Σ x[n]·cos(π/N·(n + ½)·k)`, and `y[0]` once more over √2.
public struct DCT: Sendable {
  /// Values taken.
  public let inputs: Int
  /// Coefficients given, the lowest ones.
  public let outputs: Int
  /// The weights, (inputs × outputs), row-major.
  public let matrix: [Float]
  /// The same in groups of four coefficients: (outputs / 4, rounded up) × inputs.
  private let columns: [SIMD4<Float>]

  /// The first `outputs` coefficients of `inputs` values; `outputs` may not be more than `inputs`.
  public init(inputs: Int, outputs: Int) {
    let matrix = (0..<inputs).flatMap { n in
      (0..<outputs).map { k in
        let scale = ((k == 0 ? 1 : 2) / Double(inputs)).squareRoot()
        return Float(Foundation.cos(.pi / Double(inputs) * (Double(n) + 0.5) * Double(k)) * scale)
      }
    }
    self.inputs = inputs
    self.outputs = outputs
    self.matrix = matrix
    columns = stride(from: 0, to: outputs, by: 4).flatMap { first in
      (0..<inputs).map { n in
        var group = SIMD4<Float>.zero
        for k in first..<min(first + 4, outputs) { group[k - first] = matrix[n * outputs + k] }
        return group
      }
    }
  }

  /// Transforms four rows of `values` (lanes, from `offset` on) and stores the first `count` of them in
  /// `result`, row-major, from row `row` on.
  func transform(_ values: [Lanes], at offset: Int, into result: inout [Float], row: Int, count: Int) {
    let x = values.span
    let w = columns.span
    var out = result.mutableSpan
    for first in stride(from: 0, to: outputs, by: 4) {
      var a = Lanes.zero
      var b = Lanes.zero
      var c = Lanes.zero
      var d = Lanes.zero
      let group = first / 4 &* inputs
      for n in 0..<inputs {
        let value = x[unchecked: offset &+ n]
        let weight = w[unchecked: group &+ n]
        a += value * weight.x
        b += value * weight.y
        c += value * weight.z
        d += value * weight.w
      }
      let sums = (a, b, c, d)
      for lane in 0..<count {
        let at = (row + lane) * outputs + first
        out[at] = sums.0[lane]
        if first + 1 < outputs { out[at + 1] = sums.1[lane] }
        if first + 2 < outputs { out[at + 2] = sums.2[lane] }
        if first + 3 < outputs { out[at + 3] = sums.3[lane] }
      }
    }
  }
}
