import FewShot
import Support
import TestSupport
import Tensors
import Testing

/// Rows of a table are computed in one random order, and what depends on its batch is noticed, whatever that order is.
@Suite struct ShuffledStreamTests {
  private static let width = 3
  private static let orders: Range<UInt64> = 0..<300

  /// How rows of a batch are computed from the rows of the table.
  struct Computation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let compute: @Sendable (_ batch: [[Float]]) -> [[Float]]
  }

  private static func shifted(
    _ name: String, by shift: @escaping @Sendable (_ batch: [[Float]], _ position: Int) -> [Float]
  ) -> Computation {
    Computation(testDescription: name) { batch in
      batch.indices.map { position in zip(batch[position], shift(batch, position)).map { $0 + $1 } }
    }
  }

  static let impure = [
    shifted("subtracts the first row") { batch, _ in batch[0].map { -$0 } },
    shifted("adds half of the first row") { batch, _ in batch[0].map { $0 / 2 } },
    shifted("adds the square of the first row") { batch, _ in batch[0].map { $0 * $0 } },
    shifted("adds the position") { batch, position in batch[0].map { _ in Float(position) } },
  ]

  static let pure = [
    shifted("keeps rows") { batch, _ in batch[0].map { _ in 0 } },
    shifted("keeps rows but for rounding") { batch, position in
      batch[position].map { $0 * 1e-6 * Float(position % 2) }
    },
  ]

  /// Tables of one batch, of a batch and one row more, and of several; the rows of a class are close to each other.
  static let tables = [2, 12, 40, 64, 65, 300]

  private static func isPure(_ computation: Computation, rows count: Int, order: UInt64) throws -> Bool {
    let device = Device()
    let labels = (0..<count).map { $0 * 4 / count }
    var random = RandomStream(seed: 7, purpose: "table")
    let table = labels.map { label in
      (0..<width).map { column in
        Float(label * column) + 0.02 * Float(random.below(1000)) / 1000
      }
    }
    var stream = RandomStream(seed: order, purpose: "order")
    return try ShuffledStream(labels: labels, size: 64, random: &stream).forEach { rows in
      let values = computation.compute(rows.map { table[$0] }).flatMap(\.self)
      return try Tensor(values, shape: [rows.count, width], on: device)
    } store: { _, _ in
    }
  }

  @Test(arguments: impure, tables) func whatDependsOnTheBatchIsNoticed(_ c: Computation, rows: Int) throws {
    for order in Self.orders {
      #expect(try !Self.isPure(c, rows: rows, order: order), "order \(order)")
    }
  }

  @Test(arguments: pure, tables) func whatDependsOnTheRowAloneIsNot(_ c: Computation, rows: Int) throws {
    for order in Self.orders { #expect(try Self.isPure(c, rows: rows, order: order), "order \(order)") }
  }

  @Test func everyRowIsStoredOnce() throws {
    var stored: [Int] = []
    var random = RandomStream(seed: 1, purpose: "order")
    let stream = ShuffledStream(labels: (0..<150).map { $0 % 5 }, size: 64, random: &random)
    let isPure = try stream.forEach { rows in
      #expect(rows.count == 64)
      return try Tensor(rows.map(Float.init), shape: [rows.count, 1], on: Device())
    } store: { (values: Tensor, rows: [Int]) in
      let numbers = try values.floatValues
      #expect(numbers == rows.map(Float.init))
      stored += rows
    }
    #expect(isPure)
    #expect(stored.sorted() == Array(0..<150))
    #expect(stored != stored.sorted())
  }
}
