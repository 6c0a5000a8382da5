import Tensors
import Testing

/// Assignments to parts of a tensor, whose values keep their gradients.
@Suite struct AssignmentTests {
  let device = TensorsTests.device()

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let steps: @Sendable (Device) throws -> [TensorIndex.Step]
    /// Where the elements 1, 2, … of the source end in (3, 2), 0 for none.
    let places: [Float]
    let source: [Int]
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "a row", steps: { _ in [.at(1)] }, places: [0, 0, 1, 2, 0, 0], source: [2]),
    Case(name: "an element", steps: { _ in [.at(-1), .at(0)] }, places: [0, 0, 0, 0, 1, 0], source: []),
    Case(name: "a column", steps: { _ in [.all, .at(1)] }, places: [0, 1, 0, 2, 0, 3], source: [3]),
    Case(
      name: "a range", steps: { _ in [.range(first: 0, count: 2, stride: 2)] }, places: [1, 2, 0, 0, 3, 4],
      source: [2, 2]),
    Case(
      name: "positions", steps: { [.positions(try integers([2, 0], on: $0)), .at(0)] },
      places: [2, 0, 0, 0, 1, 0], source: [2]),
    Case(
      name: "a mask of rows",
      steps: { [.mask(try Tensor([true, false, true], shape: [3], on: $0))] }, places: [1, 2, 0, 0, 3, 4],
      source: [2, 2]),
    Case(
      name: "a mask of elements",
      steps: { [.mask(try Tensor([true, false, false, true, true, false], shape: [3, 2], on: $0))] },
      places: [1, 0, 0, 2, 3, 0], source: [3]),
  ]

  @Test(arguments: cases) func valuesAndGradientsGoToTheirPlaces(_ c: Case) throws {
    let index = try TensorIndex(c.steps(device))
    let count = c.source.reduce(1, *)
    let source = try floats((0..<count).map { Float($0 + 1) }, c.source, on: device).leaf()
    let old = try Tensor.zeros([3, 2], on: device).leaf()
    var target = try old.scaled(by: 1)
    try target.replace(index, with: source)
    #expect(try target.detached().floatValues == c.places)
    #expect(try index(target).detached().floatValues == (0..<count).map { Float($0 + 1) })
    let weights = try floats([1, 2, 3, 4, 5, 6], [3, 2], on: device)
    try Reduction(.sum)(target.multiplied(by: weights)).backward()
    // Each element of the source has the weight of its place, the others' go to what was there before.
    let expected = (0..<count).map { element in Float((c.places.firstIndex(of: Float(element + 1)) ?? 0) + 1)
    }
    #expect(try source.gradient?.floatValues == expected)
    #expect(try old.gradient?.floatValues == c.places.enumerated().map { $1 == 0 ? Float($0 + 1) : 0 })
  }

  @Test func assignmentsFollowEachOther() throws {
    let w = try floats([1, 2], on: device).leaf()
    var x = try Tensor.zeros([3, 2], on: device)
    for row in 0..<3 { try x.replace(TensorIndex([.at(row)]), with: w.scaled(by: Float(row))) }
    try x.replace(TensorIndex([.at(1)]), with: Tensor(7, on: device))
    try Reduction(.sum)(x).backward()
    #expect(try w.gradient?.floatValues == [2, 2])
  }

  @Test func whatWouldLoseAGradientIsRefused() throws {
    let w = try floats([1, 2], on: device).leaf()
    var x = try Tensor.zeros([3, 2], on: device)
    let before = try x.select(0, 0)
    var view = try x.select(0, 1)
    #expect(throws: TensorError.noGradient(.assignmentToView(operation: "assign"))) {
      try view.replace(.whole, with: w)
    }
    try x.replace(TensorIndex([.at(2)]), with: w)
    #expect(throws: TensorError.noGradient(.outdatedView(operation: "sum"))) { try Reduction(.sum)(before) }
    #expect(try Reduction(.sum)(x.detached()).requiresGradient == false)
    #expect(try Reduction(.sum)(x.select(0, 2)).requiresGradient)
    var leaf = w
    #expect(throws: TensorError.noGradient(.inPlaceUpdate(operation: "assign"))) {
      try leaf.replace(.whole, with: x.select(0, 0))
    }
  }

  @Test func nothingIsRetainedByAGraphOfItself() throws {
    let pool = TensorsTests.device()
    let w = try floats([1, 2], on: pool).leaf()
    let live = pool.pool.usage.live
    for _ in 0..<3 {
      var x = try Elementwise(Exponential())(w.scaled(by: 2))
      try x.replace(TensorIndex([.at(0)]), with: x.select(0, 1).multiplied(by: x.select(0, 1)))
    }
    #expect(pool.pool.usage.live == live)
  }
}
