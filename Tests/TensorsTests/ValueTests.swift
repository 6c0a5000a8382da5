import Tensors
import Testing

/// Values where PyTorch's choice is not the only one: NaN, ties, zeros, empty and rank-0 tensors, large
/// integers.
@Suite struct ValueTests {
  let device = TensorsTests.device()

  @Test func nanIsKept() throws {
    let x = try floats([1, .nan, 3], on: device)
    #expect(try x.argmax().item() == 1)
    #expect(try x.argmin().item() == 1)
    #expect(try SharedExtremum(maximum: true)(x).item().isNaN)
    #expect(try Extremum(maximum: false, dimension: 0)(x).item().isNaN)
    for formula in [ReLU(), Clamp(0, 1), Absolute(), Sigmoid()] as [any UnaryFunction] {
      let y = try Elementwise(formula)(x).floatValues
      #expect(y[1].isNaN && !y[0].isNaN && !y[2].isNaN, "\(formula.name)")
    }
    for formula in [Maximum(), Minimum()] as [any BinaryFunction] {
      #expect(try BinaryElementwise(formula)(x, floats([2], on: device)).floatValues[1].isNaN)
      #expect(try BinaryElementwise(formula)(floats([2], on: device), x).floatValues[1].isNaN)
    }
    for kernel in [2, 3] {
      let pooled = try MaxPool1d(.init(kernel: kernel))(
        floats([1, .nan, 3, 4, 5, 6], [1, 6, 1], on: device))
      let values = try pooled.floatValues
      #expect(values[0].isNaN && !values[1].isNaN)
    }
    #expect(try x.isNaN().values(as: Bool.self) == [false, true, false])
    #expect(
      try floats([.nan, .infinity, 1], on: device).isFinite().values(as: Bool.self) == [false, false, true])
  }

  @Test func sortingIsStableWithNaNLast() throws {
    let x = try floats([2, .nan, -0, 1, 0, 2], on: device)
    let up = try x.sorted()
    #expect(try up.indices.values(as: Int32.self) == [2, 4, 3, 0, 5, 1])
    #expect(try x.sorted(descending: true).indices.values(as: Int32.self) == [1, 0, 5, 3, 2, 4])
    #expect(try x.topk(2).indices.values(as: Int32.self) == [1, 0])
    #expect(try x.topk(2, largest: false).indices.values(as: Int32.self) == [2, 4])
    #expect(try x.topk(0).values.shape == [0])
    #expect(
      try integers([3, Int32.min, .max, -1], on: device).sorted().values.values(as: Int32.self)
        == [.min, -1, 3, .max])
    #expect(try Tensor(5, on: device).sorted(0).values.item() == 5)
    #expect(try Tensor.zeros([0, 3], on: device).sorted(0).indices.shape == [0, 3])
  }

  @Test(arguments: [1, 5, 32, 33, 200]) func topkIsTheHeadOfSort(count: Int) throws {
    let x = try Tensor.normal([20, 200], on: device)
    for largest in [true, false] {
      let all = try x.sorted(1, descending: largest)
      let (values, indices) = try x.topk(count, 1, largest: largest)
      #expect(try values.bytes == all.values.narrow(1, from: 0, count: count).contiguous().bytes)
      #expect(try indices.bytes == all.indices.narrow(1, from: 0, count: count).contiguous().bytes)
    }
  }

  /// Values of `torch.quantile`.
  @Test(
    arguments: [
      (0, [0], [1, 0]), (0.05, [0.35], [1.15, 0.45]), (0.3, [2.1], [1.9, 2.7]), (0.5, [3], [3.5, 3]),
      (1, [9], [8, 9]),
    ] as [(Double, [Float], [Float])])
  func quantilesLieBetweenTheTwoNearest(share: Double, all: [Float], rows: [Float]) throws {
    let x = try floats([1, 5, 2, 8, 3, 3, 9, 0], [2, 4], on: device)
    #expect(zip(try x.quantile(share).floatValues, all).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(try x.quantile(share, -1).floatValues, rows).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try x.quantile(share, 0, keepsDimension: true).shape == [1, 4])
    #expect(try x.quantile(share, keepsDimension: true).shape == [1, 1])
    #expect(try Tensor(5, on: device).quantile(share).item() == 5)
    let holed = try floats([1, .nan, 3, 4], [2, 2], on: device).quantile(share, 1).floatValues
    #expect(holed[0].isNaN && !holed[1].isNaN)
    #expect(throws: TensorError.self) { try x.quantile(share + 1.5) }
    #expect(throws: TensorError.self) { try Tensor.zeros([0, 3], on: device).quantile(share, 0) }
  }

  @Test func uniqueSortsCountsAndPlaces() throws {
    let x = try floats([3, 1, 3, 2, 1, 3], [2, 3], on: device)
    let (values, inverse, counts) = try x.unique()
    #expect(try values.floatValues == [1, 2, 3])
    #expect(try inverse.values(as: Int32.self) == [2, 0, 2, 1, 0, 2] && inverse.shape == [2, 3])
    #expect(try counts.values(as: Int32.self) == [2, 1, 3])
    #expect(try Tensor.zeros([0], on: device).unique().values.shape == [0])
    #expect(try integers([7], on: device).unique().values.values(as: Int32.self) == [7])
  }

  @Test func wholeNumbersAreComparedExactly() throws {
    let a = try integers([16_777_216, 5], on: device)
    let b = try integers([16_777_217, 5], on: device)
    #expect(try Comparison.eq(a, b).values(as: Bool.self) == [false, true])
    #expect(try Comparison.lt(a, b).values(as: Bool.self) == [true, false])
    #expect(try Comparison.lt(integers([.min], on: device), integers([.max], on: device)).item() == 1)
    #expect(try integers([16_777_216, 16_777_217], on: device).argmax().item() == 1)
    #expect(try Reduction(.sum)(a).item() == 16_777_221)
    #expect(try Reduction(.sum)(Comparison.eq(a, b)).item() == 1)
    #expect(throws: TensorError.self) { try Reduction(.sum)(integers([.max, 1], on: device)) }
  }

  @Test(arguments: Comparison.allCases) func comparisonsAgreeWithSwift(_ comparison: Comparison) throws {
    let left = [Float](arrayLiteral: 0, 1, 2, .nan, 3, 0)
    let right = [Float](arrayLiteral: 0, 2, 1, 1, 3, 5)
    let expected = zip(left, right).map { a, b in
      switch comparison {
      case .eq: a == b
      case .ne: a != b
      case .lt: a < b
      case .le: a <= b
      case .gt: a > b
      case .ge: a >= b
      case .logicalAnd: a != 0 && b != 0
      case .logicalOr: a != 0 || b != 0
      }
    }
    #expect(
      try comparison(floats(left, on: device), floats(right, on: device)).values(as: Bool.self) == expected)
    let turned = try comparison(
      floats(left, [2, 3], on: device).transposed(0, 1), floats(right, [2, 3], on: device).transposed(0, 1))
    #expect(try turned.transposed(0, 1).values(as: Bool.self) == expected)
    let grid = try comparison(floats([1, 2], [2, 1], on: device), floats([2], on: device))
    #expect(grid.shape == [2, 1])
  }

  @Test func conversionsCutOffAndRefuse() throws {
    let x = try floats([-1.9, 0, 2.7], on: device)
    #expect(try x.converted(to: .int32).values(as: Int32.self) == [-1, 0, 2])
    #expect(try x.converted(to: .bool).values(as: Bool.self) == [true, false, true])
    #expect(try floats([-0x1p31], on: device).converted(to: .int32).values(as: Int32.self) == [.min])
    for bad in [Float(0x1p31), .nan, -.infinity] {
      #expect(throws: TensorError.self) { try floats([bad], on: device).converted(to: .int32) }
    }
    #expect(try Tensor([true, false], shape: [2], on: device).converted(to: .float32).floatValues == [1, 0])
    let strided = try integers([1, 2, 3, 4], [2, 2], on: device).transposed(0, 1)
    #expect(try strided.converted(to: .float32).floatValues == [1, 3, 2, 4])
    for bad in [Double.nan, 1e300, 0.5] {
      #expect(throws: TensorError.self) { try Tensor.full([1], bad, dtype: .int32, on: device) }
    }
  }

  @Test func questionsAboutEverythingAndAlongDimensions() throws {
    let x = try floats([0, 1, .nan, 0, 0, 0], [2, 3], on: device)
    #expect(try x.any(over: [1]).values(as: Bool.self) == [true, false])
    #expect(try x.all().item() == 0 && x.any().item() == 1)
    #expect(try x.countNonzero().item() == 2)
    #expect(try x.countNonzero(over: [0], keepsDimensions: true).values(as: Int32.self) == [0, 1, 1])
    #expect(try x.nonzero().values(as: Int32.self) == [0, 1, 0, 2])
    #expect(try x.logicalNot().values(as: Bool.self) == [true, false, false, true, true, true])
    let none = try Tensor.zeros([0], on: device)
    #expect(try none.all().item() == 1 && none.any().item() == 0 && none.nonzero().shape == [0, 1])
    #expect(try x.masked(by: x.isNaN().logicalNot()).floatValues == [0, 1, 0, 0, 0])
    #expect(try x.isClose(to: x) == false && x.isClose(to: x, equalNaN: true))
    #expect(try floats([1, .infinity], on: device).isClose(to: floats([1.000_001, .infinity], on: device)))
    #expect(try floats([1], on: device).isClose(to: floats([.infinity], on: device)) == false)
  }

  @Test func reductionsOfNothingAndOfOneNumber() throws {
    let none = try Tensor.zeros([0, 3], on: device)
    #expect(try Reduction(.sum, over: [0])(none).floatValues == [0, 0, 0])
    #expect(try Reduction(.mean)(none).item().isNaN)
    #expect(try none.product(0).floatValues == [1, 1, 1])
    #expect(try none.norm().item() == 0)
    #expect(throws: TensorError.self) { try SharedExtremum(maximum: true)(none) }
    #expect(throws: TensorError.self) { try none.argmax() }
    let one = try Tensor(4, on: device)
    #expect(try one.argmax(0).item() == 0 && one.argmax().shape == [])
    #expect(try one.cumulativeSum(-1).item() == 4)
    #expect(try Variance(over: [0])(one).item().isNaN)
    #expect(
      try MatrixProduct()(Tensor.zeros([2, 0], on: device), Tensor.zeros([0, 2], on: device)).floatValues
        == [0, 0, 0, 0])
    #expect(try MatrixProduct()(none, Tensor.zeros([3, 2], on: device)).shape == [0, 2])
  }

  @Test func zerosInProductsAndNormsHaveGradients() throws {
    let x = try floats([2, 0, 3], on: device).leaf()
    try x.product().backward()
    #expect(try x.gradient?.floatValues == [0, 6, 0])
    let two = try floats([0, 0, 3], on: device).leaf()
    try two.product().backward()
    #expect(try two.gradient?.floatValues == [0, 0, 0])
    for power: Float in [1, 2, 3, .infinity] {
      let zero = try floats([0, 0], on: device).leaf()
      try zero.norm(power).backward()
      #expect(try zero.gradient?.floatValues == [0, 0], "p = \(power)")
    }
    let same = try floats([2, 2], on: device).leaf()
    try StandardDeviation()(same).backward()
    #expect(try same.gradient?.floatValues == [0, 0])
  }

  @Test func clampWithCrossedLimitsTakesTheUpperOne() throws {
    #expect(try Elementwise(Clamp(2, 1))(floats([0, 1.5, 3], on: device)).floatValues == [1, 1, 1])
  }

  @Test func listsOfNumbers() throws {
    #expect(try Tensor.arange(1, count: 3, step: -0.5, on: device).floatValues == [1, 0.5, 0])
    #expect(
      try Tensor.arange(1, count: 3, step: 2, dtype: .int32, on: device).values(as: Int32.self) == [1, 3, 5])
    #expect(try Tensor.linspace(0, 1, count: 5, on: device).floatValues == [0, 0.25, 0.5, 0.75, 1])
    #expect(try Tensor.linspace(3, 7, count: 1, on: device).floatValues == [3])
    #expect(try Tensor.linspace(3, 7, count: 0, on: device).shape == [0])
    #expect(try Tensor.eye(2, on: device).floatValues == [1, 0, 0, 1])
    #expect(try Tensor.full(like: integers([1, 2], on: device), 9).values(as: Int32.self) == [9, 9])
  }

  @Test func valuesOfNorms() throws {
    let x = try floats([3, -4, 0], on: device)
    let expected: [(Float, Float)] = [
      (2, 5), (1, 7), (0, 2), (.infinity, 4), (-.infinity, 0), (3, 4.497_941_4),
    ]
    for (power, value) in expected { expectClose([Float(try x.norm(power).item())], [value]) }
  }
}
