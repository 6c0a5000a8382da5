import Tensors
import Testing

@Suite struct RandomTests {
  /// Known answers for philox4x32-10 of Random123 (Salmon et al. 2011), file `kat_vectors`.
  static let vectors: [(counter: SIMD4<UInt32>, key: UInt64, words: SIMD4<UInt32>)] = [
    (.zero, 0, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    (SIMD4(repeating: .max), .max, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], 0x299f_31d0_a409_3822,
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ]

  @Test func philoxAgreesWithRandom123() {
    for vector in Self.vectors { #expect(Philox(key: vector.key).rounds(vector.counter) == vector.words) }
  }

  @Test func aBlockIsItsCounterAndStream() {
    let philox = Philox(key: 3)
    #expect(philox.block(0x1_0000_0002, stream: 0x3_0000_0004) == philox.rounds([2, 1, 4, 3]))
  }

  @Test func oneSeedGivesTheSameNumbers() throws {
    let device = device()
    let draw = { (seed: UInt64, purpose: String, index: UInt64) throws -> [Float] in
      var random = RandomStream(seed: seed, purpose: purpose, index: index)
      return try Tensor.rand([9], from: &random, on: device).floatValues
    }
    let first = try draw(1, "a", 0)
    #expect(try draw(1, "a", 0) == first)
    for other in [try draw(2, "a", 0), try draw(1, "b", 0), try draw(1, "a", 1)] { #expect(other != first) }
  }

  @Test func drawingGoesOn() throws {
    var random = RandomStream(seed: 1, purpose: "a")
    let device = device()
    let first = try Tensor.rand([5], from: &random, on: device).floatValues
    #expect(try Tensor.rand([5], from: &random, on: device).floatValues != first)
    var copy = random
    #expect(copy.next() == random.next())
  }

  @Test func momentsAreRight() throws {
    let device = device()
    var random = RandomStream(seed: 4, purpose: "moments")
    let count = 400_000
    let uniform = try Tensor.rand([count], from: &random, on: device)
    let normal = try Tensor.randn([count], from: &random, on: device)
    #expect(abs(try Reduction(.mean)(uniform).item() - 0.5) < 2e-3)
    #expect(abs(try Variance()(uniform).item() - 1 / 12.0) < 1e-3)
    #expect(abs(try Reduction(.mean)(normal).item()) < 6e-3)
    #expect(abs(try Variance()(normal).item() - 1) < 8e-3)
    #expect(try uniform.floatValues.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(try normal.floatValues.allSatisfy { $0.isFinite })
    let tail = try normal.floatValues.filter { abs($0) > 1.96 }.count
    #expect(abs(Double(tail) / Double(count) - 0.05) < 2e-3)
  }

  @Test func wholeNumbersFillTheirRange() throws {
    var random = RandomStream(seed: 4, purpose: "whole")
    let dice = try Tensor.randint(1, 7, [60_000], from: &random, on: device()).values(as: Int32.self)
    let counts = (1...6).map { face in dice.filter { $0 == face }.count }
    #expect(counts.reduce(0, +) == 60_000)
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 }, "\(counts)")
    let all = try Tensor.randint(Int(Int32.min), Int(Int32.max) + 1, [1000], from: &random, on: device())
    #expect(try all.values(as: Int32.self).contains { $0 < -1 << 29 })
  }

  @Test func aPermutationHasEveryNumberOnce() throws {
    var random = RandomStream(seed: 4, purpose: "order")
    let order = try Tensor.randperm(500, from: &random, on: device()).values(as: Int32.self)
    #expect(order.sorted() == Array(0..<500))
    #expect(order != Array(0..<500))
    #expect(try Tensor.randperm(0, from: &random, on: device()).shape == [0])
  }

  @Test func dropoutKeepsItsShareAndItsMean() throws {
    let device = device()
    var random = RandomStream(seed: 4, purpose: "dropout")
    let ones = try Tensor.full([200_000], 1, on: device)
    let some = try Dropout(probability: 0.25, count: 200_000, from: &random)(ones)
    #expect(abs(try Reduction(.mean)(some).item() - 1) < 5e-3)
    #expect(abs(try some.countNonzero().item() / 200_000 - 0.75) < 4e-3)
    let other = try Dropout(probability: 0.25, count: 200_000, from: &random)(ones)
    #expect(try some.floatValues != other.floatValues)
    #expect(
      try Dropout(probability: 1, count: 8, from: &random)(ones.narrow(0, from: 0, count: 8)).floatValues
        == [Float](repeating: 0, count: 8))
    #expect(try Dropout(probability: 0, count: 200_000, from: &random)(ones).floatValues == ones.floatValues)
  }
}
