import Support
import Tensors
import Testing

@Suite struct MemoryTests {
  @Test func theBudgetIsAHardLine() throws {
    let device = device(memory: 1 << 20)
    let kept = try Tensor.zeros([100, 1000], on: device)
    let error = #expect(throws: TensorError.self) { try Tensor.full([300, 1000], 1, on: device) }
    guard case .budgetExceeded("full", [300, 1000], let needed, let live, 1_048_576)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(needed >= 1_200_000 && live >= 400_000)
    #expect(error?.exitCode == .limit)
    #expect(error?.description.contains("[300, 1000]") == true)
    #expect(kept.count == 100_000)
    #expect(device.pool.usage.live == live)
  }

  @Test func anOperationOverTheBudgetSaysWhich() throws {
    let device = device(memory: 1 << 20)
    let column = try Tensor.zeros([1000, 1], on: device)
    let row = try Tensor.zeros([1000], on: device)
    let error = #expect(throws: TensorError.self) { try column.adding(row) }
    guard case .budgetExceeded("add", [1000, 1000], _, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func idleBlocksMakeRoomForOthers() throws {
    let device = device(memory: 1 << 20)
    for rows in [100, 150, 200, 120] { _ = try Tensor.zeros([rows, 1000], on: device) }
    #expect(device.pool.usage.live == 0)
    #expect(device.pool.usage.idle <= 1 << 20)
    device.pool.trim()
    #expect(device.pool.usage.idle == 0)
  }

  @Test func everythingIsGivenBack() throws {
    let device = device()
    do {
      let weight = try Tensor.normal([30, 20, 3], on: device).leaf()
      let x = try Tensor.normal([4, 50, 20], on: device)
      let y = try MaxPool1d(.init(kernel: 2))(Elementwise(ReLU())(Conv1d()(x, weight)))
      let loss = try Reduction(.mean)(y.topk(3, 1).values)
      #expect(device.pool.usage.live > 0)
      try loss.backward()
      #expect(weight.gradient != nil)
    }
    #expect(device.pool.usage.live == 0)
  }

  @Test func theSecondStepNeedsNoMoreThanTheFirst() throws {
    let device = device()
    var weight = try Tensor.normal([64, 20, 3], on: device).leaf()
    var scale = try Tensor.full([64], 1, on: device).leaf()
    let zero = try Tensor.zeros([64], on: device)
    let x = try Tensor.normal([8, 50, 20], on: device)
    var usages: [MemoryPool.Usage] = []
    for _ in 0..<4 {
      device.pool.resetPeak()
      let y = try Elementwise(ReLU())(BatchNormTraining()(Conv1d(padding: 1)(x, weight), scale, zero))
      try Reduction(.mean)(y).backward()
      try Recording.off {
        for leaf in [weight, scale] {
          try leaf.update("sub_") { try $0.subtracting(#require(leaf.gradient).scaled(by: 0.1)) }
          leaf.gradient = nil
        }
      }
      usages.append(device.pool.usage)
    }
    #expect(usages[1] == usages[2] && usages[2] == usages[3], "\(usages)")
    try weight.requireGradient(false)
    try scale.requireGradient(false)
  }

  @Test func aLongChainIsTakenApartWithoutRecursion() throws {
    let device = device()
    do {
      var x = try Tensor(1, on: device).leaf()
      let leaf = x
      for _ in 0..<100_000 { x = try x.shifted(by: 1) }
      #expect(try x.item() == 100_001)
      try x.backward()
      #expect(try leaf.gradient?.item() == 1)
    }
    #expect(device.pool.usage.live == 0)
    do {  // and one that never went backward
      var x = try Tensor(1, on: device).leaf()
      for _ in 0..<100_000 { x = try Elementwise(Sine())(x) }
    }
    #expect(device.pool.usage.live == 0)
  }

  @Test func sizesPastMemoryAreRefusedBeforeAnythingIsMade() {
    let device = device()
    for shape in [[1 << 62, 4], [1 << 41], [-1], [Int](repeating: 1, count: 17)] {
      #expect(throws: TensorError.self) { try Tensor.zeros(shape, on: device) }
    }
    #expect(throws: TensorError.self) { try Tensor.arange(0, count: 1 << 50, step: 1, on: device) }
    #expect(throws: TensorError.self) { try Tensor.eye(1 << 32, on: device) }
    #expect(throws: TensorError.self) { try Tensor(1, on: device).expanded(to: [1 << 62, 1 << 62]) }
    #expect(throws: TensorError.self) { try Tensor.zeros([4], on: device).reshaped([1 << 62, 4]) }
  }

  @Test func anAllocationCanBeMadeToFail() throws {
    let device = device()
    func made(_ count: Int) -> [Bool] { (0..<count).map { _ in (try? Tensor.zeros([4], on: device)) != nil } }
    #expect(made(1) == [true])
    device.pool.failAllocation(2)
    #expect(made(4) == [true, false, true, true])
    device.pool.failAllocation(2, andAfter: true)
    #expect(made(3) == [true, false, false])
    device.pool.failAllocation(0)
    #expect(made(2) == [true, true])
    #expect(device.pool.failures == 3)
    #expect(device.pool.usage.live == 0)
  }

  @Test func exactBlocksAreNotSharedOrKept() throws {
    let pool = MemoryPool(exactBudget: 1 << 20)
    let device = Device(pool: pool)
    do {
      let tensor = try Tensor.full([3], 1, dtype: .bool, on: device)
      #expect(tensor.byteCount == 3 && pool.usage.live == 3)
    }
    #expect(pool.usage.live == 0 && pool.usage.idle == 0 && pool.usage.peak == 3)
  }

  @Test(arguments: [
    (1, 64), (64, 64), (65, 128), (512, 512), (513, 576), (1024, 1024), (1025, 1152), (1 << 20, 1 << 20),
  ])
  func blocksComeInSteps(bytes: Int, block: Int) throws {
    let device = device()
    let tensor = try Tensor.full([bytes], 1, dtype: .bool, on: device)
    #expect(tensor.byteCount == block)
    #expect(device.pool.usage.live == block)
  }

  @Test(arguments: [
    ("512", 512), ("2k", 2048), ("500MB", 500_000_000), ("1.5GiB", 1_610_612_736), ("2 G", 2_147_483_648),
  ])
  func byteCountsAreRead(text: String, bytes: Int) { #expect(ByteCount(parsing: text)?.bytes == bytes) }

  @Test(arguments: [(512, "512 bytes"), (1536, "1.5 KiB"), (1_610_612_736, "1.5 GiB")])
  func byteCountsAreWritten(bytes: Int, text: String) { #expect("\(ByteCount(bytes))" == text) }

  @Test func whatElseIsHeldCountsUntilItGoes() throws {
    let device = device(memory: 1 << 20)
    var charge: MemoryCharge? = try MemoryCharge(1_000_000, on: device, operation: "figure", shape: [9])
    #expect(charge != nil && device.pool.usage.live == 1_000_000)
    #expect(throws: TensorError.self) { try Tensor.zeros([30_000], on: device) }
    charge = nil
    #expect(device.pool.usage.live == 0)
    #expect(throws: Never.self) { try Tensor.zeros([30_000], on: device) }
  }
}
