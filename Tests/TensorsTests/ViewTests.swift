import Tensors
import Testing

@Suite struct ViewTests {
  let device = TensorsTests.device()

  @Test func writesGoThroughViews() throws {
    let x = try Tensor.zeros([2, 3, 2], on: device)
    try x.select(1, -1).assign(1)
    try x.transposed(0, 2).select(0, 0).narrow(0, from: 0, count: 1).assign(floats([5, 6], on: device))
    try x.unsqueezed(0).reshaped([12]).narrow(0, from: 3, count: 1).assign(9)
    #expect(try x.floatValues == [5, 0, 0, 9, 1, 1, 6, 0, 0, 0, 1, 1])
    try Slice(0, from: 0, count: 2, stride: 1)(x).update("mul_") { try $0.scaled(by: 2) }
    #expect(try x.floatValues == [10, 0, 0, 18, 2, 2, 12, 0, 0, 0, 2, 2])
  }

  @Test func aCopyHasMemoryOfItsOwn() throws {
    let x = try Tensor.zeros([2], on: device)
    let copy = try x.cloned()
    try x.assign(1)
    #expect(try copy.floatValues == [0, 0])
    #expect(device.pool.usage.live == 128)
  }

  @Test func overlappingWritesTakeTheOldValues() throws {
    let x = try floats([1, 2, 3, 4], on: device)
    try x.narrow(0, from: 1, count: 3).assign(x.narrow(0, from: 0, count: 3))
    #expect(try x.floatValues == [1, 1, 2, 3])
  }

  @Test func anExpandedViewIsNotWritten() throws {
    let x = try Tensor.zeros([1, 2], on: device).expanded(to: [3, 2])
    #expect(throws: TensorError.self) { try x.assign(1) }
    #expect(throws: TensorError.self) { try x.assign(floats([1, 2], on: device)) }
  }

  @Test func assignConvertsAndBroadcasts() throws {
    let x = try integers([1, 2, 3, 4], [2, 2], on: device)
    try x.assign(floats([7, 8], on: device))
    #expect(try x.values(as: Int32.self) == [7, 8, 7, 8])
    #expect(throws: TensorError.notInteger(operation: "assign", value: 7.5)) {
      try x.assign(floats([7.5, 8], on: device))
    }
    #expect(throws: TensorError.notInteger(operation: "fill_", value: 0x1p31)) { try x.assign(0x1p31) }
    #expect(throws: TensorError.self) { try x.assign(Tensor.zeros([3, 2, 2], on: device)) }
    #expect(throws: TensorError.self) { try x.select(0, 0).assign(Tensor.zeros([3], on: device)) }
  }

  @Test func piecesAddUp() throws {
    let x = try Tensor.arange(0, count: 7, step: 1, on: device)
    #expect(try x.split(3).map(\.shape) == [[3], [3], [1]])
    #expect(try x.chunk(3).map(\.shape) == [[3], [3], [1]])
    #expect(try x.chunk(100).count == 7)
    #expect(try x.split(.max).map(\.shape) == [[7]])
    #expect(try x.split(sizes: [2, 0, 5]).map(\.shape) == [[2], [0], [5]])
    #expect(throws: TensorError.self) { try x.split(sizes: [2, 4]) }
    #expect(throws: TensorError.self) { try x.split(sizes: [-1, 8]) }
    #expect(throws: TensorError.self) { try x.split(0) }
    #expect(throws: TensorError.self) { try x.chunk(0) }
  }

  @Test func negativeDimensionsCountFromTheEnd() throws {
    let x = try Tensor.zeros([2, 3, 4], on: device)
    #expect(try x.transposed(-1, 0).shape == [4, 3, 2])
    #expect(try Reduction(.sum, over: [-2])(x).shape == [2, 4])
    #expect(try x.unsqueezed(-1).shape == [2, 3, 4, 1])
    #expect(try x.flattened(-2).shape == [2, 12])
    #expect(try Tensor.stack([x, x], -1).shape == [2, 3, 4, 2])
    #expect(try Concatenation(-3)(x, x).shape == [4, 3, 4])
    #expect(throws: TensorError.noSuchDimension(operation: "sum", dimension: -4, shape: [2, 3, 4])) {
      try Reduction(.sum, over: [-4])(x)
    }
    #expect(throws: TensorError.self) { try Tensor.stack([x], -5) }
  }

  @Test func whereTakesAnyOneType() throws {
    let choice = try Tensor([true, false], shape: [2], on: device)
    #expect(
      try Where()(choice, integers([1, 2], on: device), integers([9], on: device)).values(as: Int32.self) == [
        1, 9,
      ])
    #expect(throws: TensorError.self) {
      try Where()(choice, integers([1], on: device), floats([9], on: device))
    }
  }
}
