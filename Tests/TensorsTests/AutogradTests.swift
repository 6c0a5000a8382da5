import Tensors
import Testing

@Suite struct AutogradTests {
  /// The text of the error that `body` throws.
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch { return "\(error)" }
  }

  @Test func gradientsAddUp() throws {
    let x = try floats([1, 2], on: device()).leaf()
    for _ in 0..<2 { try Reduction(.sum)(x.multiplied(by: x).adding(x)).backward() }
    #expect(try x.gradient?.floatValues == [6, 10])
  }

  @Test func aFrozenLeafIsFrozenWhereverItIsSeen() throws {
    let x = try floats([1, 2], on: device()).leaf()
    var copy = x
    try copy.requireGradient(false)
    #expect(!x.requiresGradient && x.isParameter && x.isLeaf)
    #expect(
      message { try Reduction(.sum)(x.multiplied(by: x)).backward() }.contains("no operation was recorded"))
    let other = try floats([3, 4], on: device()).leaf()
    try Reduction(.sum)(x.multiplied(by: other)).backward()
    #expect(try x.gradient == nil && other.gradient?.floatValues == [1, 2])
    try copy.requireGradient()
    try Reduction(.sum)(x.multiplied(by: other)).backward()
    #expect(try x.gradient?.floatValues == [3, 4])
  }

  @Test func twoLeavesOfASumDoNotShareTheirGradient() throws {
    let a = try floats([1, 2], on: device()).leaf()
    let b = try floats([3, 4], on: device()).leaf()
    try Reduction(.sum)(a.adding(b)).backward()
    try #require(a.gradient).assign(7)
    #expect(try a.gradient?.floatValues == [7, 7])
    #expect(try b.gradient?.floatValues == [1, 1])
  }

  @Test func theGradientDoesNotShareMemoryWithTheOneGivenIn() throws {
    let device = device()
    let x = try floats([1, 2], on: device).leaf()
    let upstream = try floats([5, 6], on: device)
    try x.reshaped([2, 1]).reshaped([2]).backward(upstream)
    try upstream.assign(0)
    #expect(try x.gradient?.floatValues == [5, 6])
  }

  @Test func gradientsOfSomeLeavesLeaveTheOthersAlone() throws {
    let a = try floats([2], on: device()).leaf()
    let b = try floats([3], on: device()).leaf()
    let unused = try floats([3], on: device()).leaf()
    let found = try Reduction(.sum)(a.multiplied(by: b)).gradients(of: [b, unused])
    #expect(try found[0]?.floatValues == [2])
    #expect(found[1] == nil)
    #expect(a.gradient == nil && b.gradient == nil)
  }

  @Test func backwardTwiceIsRefused() throws {
    let x = try floats([2], on: device()).leaf()
    let y = try Reduction(.sum)(x.multiplied(by: x))
    try y.backward()
    #expect(
      message { try y.backward() }
        == "backward: the graph was used already and its saved tensors were released. Hint: compute the loss again"
    )
  }

  @Test func aChangeInPlaceOfSomethingSavedIsSeen() throws {
    let device = device()
    let x = try floats([2, 3], on: device).leaf()
    let factor = try floats([4, 5], on: device)
    let y = try Reduction(.sum)(x.multiplied(by: factor))
    try factor.select(0, 1).assign(9)
    #expect(
      message { try y.backward() }
        == "backward: a tensor that mul needs for its gradient was changed in place "
        + "(shape [2]). Hint: make a new tensor instead, or change a copy")
  }

  @Test func whatTheGradientDoesNotNeedMayChange() throws {
    let device = device()
    let x = try floats([2, 3], on: device)
    var leaf = x
    try leaf.requireGradient()
    let y = try Reduction(.sum)(leaf.scaled(by: 3).adding(leaf))
    try x.assign(0)
    try y.backward()
    #expect(try leaf.gradient?.floatValues == [4, 4])
  }

  @Test func aLeafIsNotChangedInPlaceWhileRecording() throws {
    let x = try floats([2, 3], on: device()).leaf()
    #expect(message { try x.assign(0) }.contains("add_") == false)
    #expect(
      message { try x.update("add_") { try $0.shifted(by: 1) } }.hasPrefix(
        "add_: would change in place"))
    try Recording.off { try x.update("add_") { try $0.shifted(by: 1) } }
    #expect(try x.floatValues == [3, 4])
    #expect(x.requiresGradient)
  }

  @Test func nothingIsRecordedWhenOff() throws {
    let x = try floats([2, 3], on: device()).leaf()
    let y = try Recording.off { try x.scaled(by: 2) }
    #expect(!y.requiresGradient)
    #expect(message { try Reduction(.sum)(y).backward() }.hasPrefix("backward: no operation was recorded"))
  }

  @Test func backwardStartsFromOneNumber() throws {
    let x = try floats([2, 3], on: device()).leaf()
    let y = try x.scaled(by: 2)
    #expect(
      message { try y.backward() }
        == "backward: starts from one element, got [2]. Hint: reduce it to a sum or mean first")
    #expect(throws: TensorError.self) { try y.backward(floats([1], on: y.device)) }
    #expect(throws: TensorError.self) { try y.backward(integers([1, 1], on: y.device)) }
  }

  @Test func onlyFloatLeavesWantGradients() throws {
    var labels = try integers([1], on: device())
    #expect(throws: TensorError.wrongType(operation: "requires_grad_", expected: .float32, got: .int32)) {
      try labels.requireGradient()
    }
    var y = try floats([1], on: device()).leaf().scaled(by: 2)
    #expect(throws: TensorError.self) { try y.requireGradient() }
  }

  @Test func decompositionsSayThatTheyHaveNoGradient() throws {
    let x = try Tensor.eye(3, on: device()).leaf()
    let s = try x.svd().s
    #expect(message { try Reduction(.sum)(s).backward() }.hasPrefix("backward: svd has no gradient"))
    let values = try x.eigh().values
    #expect(message { try Reduction(.sum)(values).backward() }.hasPrefix("backward: eigh has no gradient"))
  }

  @Test func aSharedPartIsWalkedOnce() throws {
    let x = try floats([1], on: device()).leaf()
    var y = x
    for _ in 0..<60 { y = try y.adding(y) }  // 2^60 paths
    try y.backward()
    #expect(try x.gradient?.item() == 0x1p60)
  }

  /// Every step of a sequence, and overlapping parts: step t is taken t + 1 times, then twice in a slice.
  @Test func gradientsOfPartsAddUp() throws {
    let x = try Tensor.zeros([2, 3, 2], on: device()).leaf()
    var sum = try Reduction(.sum)(Slice(1, from: 1, count: 2)(x).scaled(by: 2))
    for step in 0..<3 {
      for _ in 0...step { sum = try sum.adding(Reduction(.sum)(x.select(1, step))) }
    }
    try sum.backward()
    #expect(try x.gradient?.floatValues == [1, 1, 4, 4, 5, 5, 1, 1, 4, 4, 5, 5])
  }

  /// Both summands have one gradient; that of a part of the first is added to its own.
  @Test func theGradientOfAPartIsAddedToItsWholeAlone() throws {
    let device = device()
    let a = try floats([1, 2, 3], on: device).leaf()
    let b = try floats([4, 5, 6], on: device).leaf()
    let part = try Reduction(.sum)(Slice(0, from: 1, count: 1)(a))
    let upstream = try floats([10, 20, 30], on: device)
    try a.adding(b).multiplied(by: upstream).adding(part).backward(floats([1, 1, 1], on: device))
    #expect(try a.gradient?.floatValues == [10, 23, 30])
    #expect(try b.gradient?.floatValues == [10, 20, 30])
    #expect(try upstream.floatValues == [10, 20, 30])
  }

  @Test func constantsHaveNoGradient() throws {
    let device = device()
    let x = try floats([1, 2], on: device).leaf()
    let constant = try floats([3, 4], on: device)
    try Reduction(.sum)(Concatenation(0)(x, constant)).backward()
    #expect(try x.gradient?.floatValues == [1, 1])
    #expect(constant.gradient == nil && !constant.requiresGradient && constant.isLeaf)
  }
}
