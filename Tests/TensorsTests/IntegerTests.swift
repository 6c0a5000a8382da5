import Tensors
import Testing

/// Integers stay integers: beyond 2²⁴ float32 would round them. A result that does not fit an int32 is refused.
@Suite struct IntegerTests {
  let device = TensorsTests.device()
  /// The first integers that float32 does not have.
  static let odd: [Int32] = [16_777_217, -16_777_217, 3]

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let gives: [Int32]
    let compute: @Sendable (Tensor) throws -> Tensor
    var testDescription: String { name }

    init(_ name: String, _ gives: [Int32], _ compute: @escaping @Sendable (Tensor) throws -> Tensor) {
      self.name = name
      self.gives = gives
      self.compute = compute
    }
  }

  static let cases = [
    Case("neg", [-16_777_217, 16_777_217, -3]) { try Elementwise(Negate())($0) },
    Case("abs", [16_777_217, 16_777_217, 3]) { try Elementwise(Absolute())($0) },
    Case("sign", [1, -1, 1]) { try Elementwise(Sign())($0) },
    Case("relu", [16_777_217, 0, 3]) { try Elementwise(ReLU())($0) },
    Case("floor", odd) { try Elementwise(Floor())($0) },
    Case("add", [33_554_434, -33_554_434, 6]) { try $0.adding($0) },
    Case("sub", [0, 0, 0]) { try $0.subtracting($0) },
    Case("maximum", [16_777_217, 16_777_217, 3]) {
      try BinaryElementwise(Maximum())($0, Elementwise(Negate())($0))
    },
    Case("pow", odd) { try BinaryElementwise(PowerOf())($0, integers([1], on: $0.device)) },
    Case("cumsum", [16_777_217, 0, 3]) { try $0.cumulativeSum(0) },
    Case("cumsum from the end", [3, -16_777_214, 3]) { try CumulativeSum(0, reversed: true)($0) },
    Case("prod of a part", [50_331_651]) {
      try IndexSelect(0)($0, integers([0, 2], on: $0.device)).product().reshaped([1])
    },
    Case("matmul", [16_777_217 * 3]) {
      try MatrixProduct()($0, integers([4, 1, 0], on: $0.device)).reshaped([1])
    },
    Case("einsum", [16_777_217, -16_777_217, 3]) {
      try Tensor.einsum("i,j->i", [$0, integers([1], on: $0.device)])
    },
    Case("scatter_add", [16_777_217, -16_777_217, 16_777_220]) {
      try ScatterAdd(0)($0, integers([2], on: $0.device), integers([16_777_217], on: $0.device))
    },
    Case("diagonal", [16_777_217]) { try $0.reshaped([1, 3]).diagonal() },
  ]

  @Test(arguments: cases) func isExact(_ c: Case) throws {
    let result = try c.compute(integers(Self.odd, on: device))
    #expect(try result.values(as: Int32.self) == c.gives)
  }

  static let refused = [
    Case("square", []) { try Elementwise(Square())($0) },
    Case("mul", []) { try $0.multiplied(by: $0) },
    Case("pow", []) { try BinaryElementwise(PowerOf())($0, integers([40], on: $0.device)) },
    Case("pow of a negative exponent", []) {
      try BinaryElementwise(PowerOf())($0, integers([-1], on: $0.device))
    },
    Case("prod", []) { try $0.product() },
    Case("matmul", []) { try MatrixProduct()($0, $0) },
    Case("neg of the least", []) { try Elementwise(Negate())(integers([.min], on: $0.device)) },
    Case("float32", []) { try $0.exactly(as: .float32, "exp") },
  ]

  @Test(arguments: refused) func isRefused(_ c: Case) throws {
    let x = try integers(Self.odd, on: device)
    #expect(throws: TensorError.self) { try c.compute(x) }
  }

  @Test func meansAreOfExactSums() throws {
    let x = try integers([16_777_217, -16_777_216], on: device)
    #expect(try Reduction(.mean)(x).item() == 0.5)
  }

  @Test func comparisonsWithFloatsAreExact() throws {
    let x = try integers([16_777_217, 16_777_216], on: device)
    let y = try floats([16_777_216], on: device)
    #expect(try Comparison.eq(x, y).values(as: Bool.self) == [false, true])
    #expect(try Comparison.lt(y, x).values(as: Bool.self) == [true, false])
  }

  @Test func productsOfBatchesAgreeWithFloats() throws {
    let a = try integers((0..<24).map { $0 - 7 }, [2, 3, 4], on: device)
    let b = try integers((0..<8).map { 5 - $0 }, [4, 2], on: device)
    let product = try MatrixProduct()(a, b)
    let expected = try MatrixProduct()(a.converted(to: .float32), b.converted(to: .float32))
    #expect(product.shape == [2, 3, 2])
    #expect(try product.converted(to: .float32).floatValues == expected.floatValues)
  }
}
