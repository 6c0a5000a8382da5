import Tensors
import Testing

/// Values and gradients at the edges, each as PyTorch gives them.
@Suite struct EdgeValueTests {
  let device = TensorsTests.device()

  @Test func spreadOfTooFewIsNaN() throws {
    let empty = try Tensor.zeros([0], on: device)
    #expect(try Variance()(empty).item().isNaN)
    #expect(try StandardDeviation()(empty).item().isNaN)
    #expect(try Variance(over: [0])(Tensor.zeros([0, 2], on: device)).floatValues.allSatisfy(\.isNaN))
    #expect(try Variance()(floats([3], on: device)).item().isNaN)
    #expect(try Variance(correction: 2)(floats([1, 2], on: device)).item() == .infinity)
    #expect(try Variance(correction: 3)(floats([1, 2], on: device)).item() == .infinity)
  }

  /// torch.autograd.grad of torch.pow(a, b).sum() by b.
  @Test(arguments: [
    (a: Float(0), b: Float(2), slope: Float(0)), (0, 0, 0), (0, -1, -Float.infinity), (1, 5, 0),
  ])
  func powersOfZeroHaveSlopes(a: Float, b: Float, slope: Float) throws {
    let exponent = try floats([b], on: device).leaf()
    try BinaryElementwise(PowerOf())(floats([a], on: device), exponent).backward()
    #expect(try exponent.gradient?.floatValues == [slope])
    let other = try floats([b], on: device).leaf()
    try Elementwise(RaisedTo(base: a))(other).backward()
    #expect(try other.gradient?.floatValues == [slope])
  }

  /// The slopes at NaN: relu passes the gradient, and so do maximum and minimum, to both.
  @Test func slopesAtNaN() throws {
    let x = try floats([.nan, 1, -1], on: device).leaf()
    try Reduction(.sum)(Elementwise(ReLU())(x)).backward()
    #expect(try x.gradient?.floatValues == [1, 1, 0])
    for formula in [Maximum(), Minimum()] as [any BinaryFunction] {
      let a = try floats([.nan, 1, 2], on: device).leaf()
      let b = try floats([1, 1, 2], on: device).leaf()
      try Reduction(.sum)(BinaryElementwise(formula)(a, b)).backward()
      #expect(try a.gradient?.floatValues == [1, 0.5, 0.5])
      #expect(try b.gradient?.floatValues == [1, 0.5, 0.5])
    }
    #expect(try Elementwise(Sign())(floats([.nan, -0, -2], on: device)).floatValues == [0, 0, -1])
  }

  @Test func aRangeOfDimensionsBeginsBeforeItEnds() throws {
    let x = try Tensor.zeros([2, 3, 4], on: device)
    #expect(throws: TensorError.badRange(operation: "flatten", first: 1, last: 0, shape: [2, 3, 4])) {
      try x.flattened(1, 0)
    }
    #expect(try x.flattened(1, 1).shape == [2, 3, 4])
    #expect(try Tensor(1, on: device).flattened().shape == [1])
  }

  @Test func emptyViewsAreContiguous() throws {
    let x = try Tensor.zeros([0, 3], on: device).transposed(0, 1)
    #expect(x.isContiguous)
    #expect(try x.reshaped([0, 5]).shape == [0, 5])
    #expect(
      try MatrixProduct()(Tensor.zeros([2, 0], on: device), x.transposed(0, 1)).floatValues
        == [Float](repeating: 0, count: 6))
    #expect(try Tensor.zeros([0], on: device).chunk(3).map(\.shape) == [[0], [0], [0]])
  }

  @Test func aNumberHasADimensionInName() throws {
    let x = try Tensor(5, on: device).leaf()
    let largest = try Extremum(maximum: true, dimension: 0)(x)
    #expect(largest.shape.isEmpty)
    #expect(try largest.item() == 5)
    #expect(try x.argmax(-1).item() == 0)
    try largest.backward()
    #expect(try x.gradient?.item() == 1)
    let y = try Tensor(5, on: device).leaf()
    try LogSumExp(0)(y).backward()
    #expect(try y.gradient?.item() == 1)
  }

  @Test func logSumExpOfNothingIsMinusInfinity() throws {
    let x = try LogSumExp(0)(Tensor.zeros([0, 2], on: device))
    #expect(try x.floatValues == [-.infinity, -.infinity])
  }

  static let starts: [(first: Int, count: Int, gives: [Float]?)] = [
    (-2, 2, [3, 4]), (4, 0, []), (0, 4, [1, 2, 3, 4]), (5, 0, nil), (-5, 1, nil), (-1, 2, nil),
  ]

  @Test(arguments: starts) func partsBeginWithinTheDimension(first: Int, count: Int, gives: [Float]?) throws {
    let x = try floats([1, 2, 3, 4], on: device)
    if let gives {
      #expect(try x.narrow(0, from: first, count: count).floatValues == gives)
    } else {
      #expect(throws: TensorError.self) { try x.narrow(0, from: first, count: count) }
    }
  }

  @Test(arguments: [0.9, 0.2, 1]) func dropoutScalesByExactlyOneOverTheRest(_ probability: Double)
    throws
  {
    let count = 100_000
    var random = RandomStream(seed: 1, purpose: "dropout")
    let dropout = Dropout(probability: probability, count: count, from: &random)
    let values = try dropout(Tensor.full([count], 1, on: device)).floatValues
    let scale = Float(1 / (1 - probability))
    #expect(values.allSatisfy { $0 == 0 || $0 == scale })
    let share = Double(values.count { $0 == 0 }) / Double(count)
    #expect(abs(share - probability) < 0.006)
  }
}
