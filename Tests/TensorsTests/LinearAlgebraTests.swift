import Tensors
import Testing

@Suite struct LinearAlgebraTests {
  let device = TensorsTests.device()

  private func product(_ a: Tensor, _ b: Tensor) throws -> Tensor { try MatrixProduct()(a, b) }

  @Test(arguments: [(5, 3), (3, 5), (4, 4), (1, 6), (40, 30)]) func svdRebuildsTheMatrix(
    rows: Int, columns: Int
  ) throws {
    let a = try Tensor.normal([rows, columns], on: device)
    let (u, s, v) = try a.svd()
    let k = min(rows, columns)
    #expect(u.shape == [rows, k] && s.shape == [k] && v.shape == [k, columns])
    expectClose(try product(u.multiplied(by: s), v).floatValues, try a.floatValues, within: 1e-4)
    expectClose(
      try product(u.transposed(0, 1), u).floatValues, try Tensor.eye(k, on: device).floatValues, within: 1e-4)
    let values = try s.floatValues
    #expect(values == values.sorted(by: >))
  }

  @Test(arguments: [1, 2, 7, 50]) func eighRebuildsTheMatrix(n: Int) throws {
    let x = try Tensor.normal([n, n], on: device)
    let a = try x.adding(x.transposed(0, 1))
    let (values, vectors) = try a.eigh()
    let rebuilt = try product(vectors.multiplied(by: values), vectors.transposed(0, 1))
    expectClose(try rebuilt.floatValues, try a.floatValues, within: 1e-4)
    let rising = try values.floatValues
    #expect(rising == rising.sorted())
  }

  @Test func choleskyIsLowerAndReadsTheLowerHalf() throws {
    let a = try floats([4, 99, 2, 5], [2, 2], on: device)
    expectClose(try a.cholesky().floatValues, [2, 0, 1, 2])
  }

  @Test func solveTakesVectorsMatricesAndViews() throws {
    let a = try floats([2, 1, 0, 4], [2, 2], on: device)
    expectClose(try a.solve(floats([4, 8], on: device)).floatValues, [1, 2])
    expectClose(
      try a.transposed(0, 1).solve(floats([2, 4, 9, 2], [2, 2], on: device)).floatValues, [1, 2, 2, 0])
    expectClose(try product(a, a.inverse()).floatValues, [1, 0, 0, 1])
    let big = try Tensor.normal([60, 60], on: device)
    let side = try Tensor.normal([60, 7], seed: 2, on: device)
    expectClose(try product(big, big.solve(side)).floatValues, try side.floatValues, within: 1e-3)
  }

  /// Long sums are added up part by part: 2048 terms, one more, and several parts.
  @Test(arguments: [2047, 2048, 2049, 7000]) func longSumsAreWhole(inner: Int) throws {
    let a = try Tensor.normal([3, inner], on: device)
    let b = try Tensor.normal([inner, 2], seed: 2, on: device)
    let (left, right) = (try a.floatValues, try b.floatValues)
    let expected = (0..<6).map { index in
      Float(
        (0..<inner).reduce(0.0) {
          $0 + Double(left[index / 2 * inner + $1]) * Double(right[$1 * 2 + index % 2])
        })
    }
    let transposed = try b.transposed(0, 1).contiguous().transposed(0, 1)
    for b in [b, transposed] { expectClose(try product(a, b).floatValues, expected, within: 1e-3) }
    let zeros = try product(.zeros([2, 0], on: device), .zeros([0, 3], on: device))
    #expect(try zeros.floatValues == [Float](repeating: 0, count: 6))
  }

  /// The gradient of few and of many rows, whose products differ; a weight that changes is packed again.
  @Test(arguments: [1, 11, 64, 128, 129], [(200, 100), (130, 257)])
  func gradientsOfFewRowsAreThoseOfMany(rows: Int, weight: (outputs: Int, inputs: Int)) throws {
    let x = try Tensor.normal([rows, weight.inputs], on: device).leaf()
    var w = try Tensor.normal([weight.outputs, weight.inputs], seed: 2, on: device)
    let upstream = try Tensor.normal([rows, weight.outputs], seed: 3, on: device)
    for _ in 0..<2 {
      x.gradient = nil
      try Linear()(x, w).backward(upstream)
      let ofInput = try #require(x.gradient)
      expectClose(try ofInput.floatValues, try product(upstream, w).floatValues, within: 1e-4)
      try w.replace(.whole, with: Tensor.normal(w.shape, seed: 4, on: device))
    }
  }

  @Test func emptyMatricesGiveEmptyResults() throws {
    let none = try Tensor.zeros([0, 0], on: device)
    #expect(try none.cholesky().shape == [0, 0] && none.inverse().shape == [0, 0])
    #expect(try none.eigh().values.shape == [0])
    #expect(try Tensor.zeros([3, 0], on: device).svd().u.shape == [3, 0])
    #expect(try Tensor.eye(3, on: device).solve(.zeros([3, 0], on: device)).shape == [3, 0])
  }

  /// What cannot be done, and what is said.
  static let failures: [(name: String, text: String, run: @Sendable (Device) throws -> Void)] = [
    (
      "singular", "solve: the matrix [2, 2] is singular: the pivot of row 1 is 0",
      { _ = try floats([1, 2, 2, 4], [2, 2], on: $0).solve(floats([1, 1], on: $0)) }
    ),
    (
      "inverse", "inverse: the matrix [2, 2] is singular: the pivot of row 0 is 0",
      { _ = try Tensor.zeros([2, 2], on: $0).inverse() }
    ),
    (
      "not positive",
      "cholesky: the matrix [2, 2] is not positive definite: it fails at row 1. "
        + "Hint: add a small number to the diagonal",
      { _ = try floats([1, 2, 2, 1], [2, 2], on: $0).cholesky() }
    ),
    (
      "not square", "inverse: got [2, 3], expected as many rows as columns",
      { _ = try Tensor.zeros([2, 3], on: $0).inverse() }
    ),
    (
      "batched", "svd: got [2, 3, 3], expected one matrix (rows, columns). Hint: one call for every matrix",
      { _ = try Tensor.zeros([2, 3, 3], on: $0).svd() }
    ),
    (
      "NaN", "eigh: the matrix [1, 1] has a NaN or an infinity",
      { _ = try floats([.nan], [1, 1], on: $0).eigh() }
    ),
    (
      "other rows",
      "solve: cannot combine [2, 2] with [3]. Hint: the right-hand side is (2) or (2, columns)",
      { _ = try Tensor.eye(2, on: $0).solve(.zeros([3], on: $0)) }
    ),
  ]

  @Test(arguments: failures.indices) func failuresSayWhere(_ place: Int) {
    let failure = Self.failures[place]
    do {
      try failure.run(device)
      Issue.record("\(failure.name): nothing was thrown")
    } catch { #expect("\(error)" == failure.text) }
  }

  @Test(
    arguments: [
      ("ij,jk->ik", [[2, 3], [3, 4]], [2, 4]), ("ij->ji", [[2, 3]], [3, 2]), ("ba", [[2, 3]], [3, 2]),
      ("...ij->...ji", [[5, 2, 3]], [5, 3, 2]), (" i j , j -> i ", [[2, 3], [3]], [2]),
      (",->", [[], []], []),
      ("ij,kl->", [[2, 3], [4, 5]], []), ("i,j", [[2], [0]], [2, 0]),
    ] as [(String, [[Int]], [Int])])
  func einsumShapes(equation: String, shapes: [[Int]], expected: [Int]) throws {
    #expect(try Tensor.einsum(equation, shapes.map { try Tensor.zeros($0, on: device) }).shape == expected)
  }

  @Test func einsumSums() throws {
    let a = try Tensor.normal([3, 4], on: device)
    let b = try Tensor.normal([4, 5], seed: 2, on: device)
    expectClose(try Tensor.einsum("ij,jk", [a, b]).floatValues, try product(a, b).floatValues)
    let total = Float(try Reduction(.sum)(a).item() * Reduction(.sum)(b).item())
    expectClose([Float(try Tensor.einsum("ij,kl->", [a, b]).item())], [total], within: 1e-4)
  }

  @Test(
    arguments: [
      ("ii->i", [[2, 2]], "label 'i' is repeated"), ("ij->ii", [[2, 2]], "label 'i' is repeated"),
      ("ij,jk", [[2, 3]], "it has 2 operands, got 1"),
      ("ij->ik", [[2, 3]], "label 'k', which no operand has"),
      ("ijk", [[2, 3]], "operand 0 has 3 labels for the shape [2, 3]"),
      ("i1", [[2, 3]], "labels are letters"),
      ("ij,jk", [[2, 3], [4, 5]], "label 'j' is 3 long and 4 long (shape [4, 5])"),
      ("i.j", [[2, 3]], "labels are letters"),
      ("", [], "it has 1 operands, got 0"), ("......", [[2]], "has ... twice"),
    ] as [(String, [[Int]], String)])
  func einsumRefuses(equation: String, shapes: [[Int]], text: String) throws {
    do {
      _ = try Tensor.einsum(equation, shapes.map { try Tensor.zeros($0, on: device) })
      Issue.record("nothing was thrown")
    } catch {
      #expect("\(error)".hasPrefix("einsum: \"\(equation)\": "))
      #expect("\(error)".contains(text), "\(error)")
    }
  }
}
