import Tensors
import Testing

/// Ridge regression: against its normal equations, and where float32 would fail.
@Suite struct RidgeRegressionTests {
  private let device = Device()

  private func tensor(_ values: [Float], _ shape: [Int]) throws -> Tensor {
    try Tensor(values, shape: shape, on: device)
  }

  @Test func solvesTheNormalEquations() throws {
    let x = try tensor([1, 2, 3, 4, 5, 7], [3, 2])
    let y = try tensor([1, 0, 2, 1, 0, 3], [3, 2])
    let weights = try x.ridge(y, penalty: 0.5)
    // (XᵀX + ½·I)·W = XᵀY, multiplied out.
    let gram: [[Float]] = [[35.5, 49], [49, 69.5]]
    let sides: [[Float]] = [[7, 18], [10, 25]]
    let w = try weights.floatValues
    for row in 0..<2 {
      for column in 0..<2 {
        let side = gram[row][0] * w[column] + gram[row][1] * w[2 + column]
        #expect(abs(side - sides[row][column]) < 1e-4)
      }
    }
  }

  /// The columns differ by 1e-4, so that XᵀX has an eigenvalue of 1e-8, which is below float32's rounding of 1.
  @Test func findsWeightsThatFloat32WouldLose() throws {
    let x = try tensor([1, 1.0001, 1, 0.9999, 0.5, 0.5], [3, 2])
    let values = try x.floatValues
    let y = try tensor((0..<3).map { 3 * values[2 * $0] - 2 * values[2 * $0 + 1] }, [3])
    let weights = try x.ridge(y, penalty: 0).floatValues
    #expect(abs(weights[0] - 3) < 0.01 && abs(weights[1] + 2) < 0.01, "\(weights)")
  }

  @Test func directionsWithoutSamplesGetNoWeight() throws {
    let x = try tensor([1, 1, 2, 2], [2, 2])
    let weights = try x.ridge(tensor([2, 4], [2]), penalty: 0).floatValues
    #expect(weights.allSatisfy { abs($0 - 1) < 1e-6 }, "\(weights)")
  }

  @Test func shapesAndValuesThatDoNotFitAreErrors() throws {
    let x = try tensor([1, 2, 3, 4], [2, 2])
    #expect(throws: TensorError.self) { try x.ridge(tensor([1, 2, 3], [3]), penalty: 1) }
    #expect(throws: TensorError.self) {
      try x.ridge(tensor([1, .infinity], [2]), penalty: 1)
    }
    #expect(
      try Tensor.zeros([0, 2], on: device).ridge(.zeros([0], on: device), penalty: 1)
        .floatValues == [0, 0])
  }
}
