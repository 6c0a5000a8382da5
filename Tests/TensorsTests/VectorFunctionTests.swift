import Foundation
import Tensors
import Testing

/// The functions with SIMD kernels against the same functions in double precision.
@Suite struct VectorFunctionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let formula: any UnaryFunction
    let exact: @Sendable (Double) -> Double
    var testDescription: String { formula.name }
  }

  static let cases = [
    Case(formula: Exponential()) { exp($0) }, Case(formula: Logarithm()) { log($0) },
    Case(formula: Tanh()) { tanh($0) },
    Case(formula: ErrorFunction()) { erf($0) },
    Case(formula: Sigmoid()) { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) },
  ]

  private let device = Device()

  private func values(_ function: Case, _ x: [Float]) throws -> [Float] {
    try Elementwise(function.formula)(Tensor(x, shape: [x.count], on: device)).floatValues
  }

  @Test(arguments: cases) func theErrorIsAtMostTwoUnitsInTheLastPlace(_ function: Case) throws {
    // Bit patterns across all floats: every sign and exponent.
    let x = stride(from: 0, through: Int(UInt32.max), by: 65_521).map { Float(bitPattern: UInt32($0)) }
    for (x, y) in zip(x, try values(function, x)) {
      let exact = function.exact(Double(x))
      let nearest = Float(exact)
      guard nearest.isFinite, y.isFinite else {
        #expect(nearest.isNaN ? y.isNaN : y == nearest, "\(function.formula.name)(\(x)) = \(y)")
        continue
      }
      let unit = Double(max(abs(nearest), .leastNormalMagnitude).ulp)
      #expect(abs(Double(y) - exact) <= 2 * unit, "\(function.formula.name)(\(x)) = \(y)")
    }
  }

  @Test(
    arguments: [
      ("exp", [0, 1, .infinity, .infinity, 89, .infinity, -.infinity, 0, -104, 0]),
      ("log", [1, 0, 0, -.infinity, -0.0, -.infinity, .infinity, .infinity]),
      ("tanh", [0, 0, .infinity, 1, -.infinity, -1, 20, 1, -0.0, -0.0]),
      ("erf", [0, 0, .infinity, 1, -.infinity, -1, 4, 1, -0.0, -0.0]),
      ("sigmoid", [0, 0.5, .infinity, 1, -.infinity, 0, 200, 1, -200, 0]),
    ] as [(String, [Float])])
  func knownValuesAreExact(name: String, pairs: [Float]) throws {
    let function = try #require(Self.cases.first { $0.formula.name == name })
    let x = stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] }
    let y = stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] }
    let result = try values(function, x)
    #expect(result == y, "\(x)")
    #expect(result.map(\.sign) == y.map(\.sign))
    #expect(try values(function, [.nan])[0].isNaN)
  }

  /// x·Φ(x) and its derivative, whose errors are those of Φ(x), as absolute as of 1.
  @Test func geluAndItsDerivativeFollowTheNormalDistribution() throws {
    let x = (-400...400).map { Float($0) * 0.031 }
    let leaf = try Tensor(x, shape: [x.count], on: device).leaf()
    let y = try Elementwise(GELU())(leaf)
    try Reduction(.sum)(y).backward()
    let slopes = try #require(leaf.gradient).floatValues
    for (x, (y, slope)) in zip(x, zip(try y.floatValues, slopes)) {
      let distribution = erfc(-Double(x) / 2.0.squareRoot()) / 2
      let density = exp(-Double(x) * Double(x) / 2) / (2 * Double.pi).squareRoot()
      #expect(
        abs(Double(y) - Double(x) * distribution) <= 2.4e-7 * max(1, Double(abs(x))), "gelu(\(x)) = \(y)")
      #expect(abs(Double(slope) - distribution - Double(x) * density) <= 3e-7, "its slope at \(x): \(slope)")
    }
  }

  @Test(arguments: cases) func theBitsDoNotDependOnThePosition(_ function: Case) throws {
    let x = (0..<37).map { Float($0) * 0.37 - 5 }
    let whole = try values(function, x)
    for count in 1...x.count {
      #expect(
        try values(function, Array(x.suffix(count))).map(\.bitPattern)
          == whole.suffix(count).map(\.bitPattern))
    }
    for (x, y) in zip(x, whole) { #expect(function.formula.value(x).bitPattern == y.bitPattern) }
  }
}
