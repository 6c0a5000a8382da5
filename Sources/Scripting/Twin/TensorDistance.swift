import Support
import Tensors

/// How two tensors of one shape differ.
public struct TensorDistance: Sendable, Equatable {
  /// The elements that differ beyond the tolerance, of all.
  public let different: Int
  public let count: Int
  /// The index of the most different element, from 1, with its values.
  public let index: [Int]
  public let values: [Double]
  /// How many float32 numbers lie between the two values; nil for other types, and where one is NaN.
  public let ulps: Int?

  /// The distance; nil for tensors that agree.
  ///
  /// Two elements agree where |a − b| ≤ tolerance · max(|a|, |b|, a thousandth of the largest element): what is near 0
  /// after a cancellation is not held to more digits than the rest. Integers and truth values agree where they are
  /// equal, NaN where both are.
  ///
  /// - Throws: `TensorError` when memory is exhausted.
  public init?(_ first: Tensor, _ second: Tensor, tolerance: Double) throws {
    let a = try first.numbers
    let b = try second.numbers
    let isFloat = first.dtype == .float32
    var largest = 0.0
    if isFloat { for value in a where value.isFinite { largest = max(largest, abs(value)) } }
    var different = 0
    var worst = 0
    var most = -1.0
    for position in a.indices where a[position] != b[position] {
      if a[position].isNaN, b[position].isNaN { continue }
      let distance = abs(a[position] - b[position])
      let scale = max(abs(a[position]), abs(b[position]), largest / 1000)
      if isFloat, distance <= tolerance * scale { continue }
      different += 1
      let size = distance.isNaN ? .infinity : distance
      if size > most {
        most = size
        worst = position
      }
    }
    guard different > 0 else { return nil }
    self.different = different
    count = a.count
    index = Self.index(of: worst, in: first.shape)
    values = [a[worst], b[worst]]
    ulps = isFloat ? Self.ulps(Float(a[worst]), Float(b[worst])) : nil
  }

  private static func index(of position: Int, in shape: [Int]) -> [Int] {
    var rest = position
    var index: [Int] = []
    for length in shape.reversed() {
      index.insert(rest % max(1, length) + 1, at: 0)
      rest /= max(1, length)
    }
    return index
  }

  /// The number of steps from one float32 number to another, through all numbers between them.
  static func ulps(_ a: Float, _ b: Float) -> Int? {
    guard !a.isNaN, !b.isNaN else { return nil }
    // The bit patterns of numbers of one sign are in the order of their absolute values.
    func rank(_ x: Float) -> Int { x.sign == .minus ? -Int(x.magnitude.bitPattern) : Int(x.bitPattern) }
    return abs(rank(a) - rank(b))
  }

  /// `3 of 8 elements, most at [2, 1]: 1.5 and 1.25, 0.25 apart, 2097152 ULP`.
  public var description: String {
    let text = { (value: Double) in "\(Float(value))" }
    let place = index.isEmpty ? "" : " at \(index)"
    let steps = ulps.map { ", \($0) ULP" } ?? ""
    return "\(different) of \("element".counted(count)) differ\(different == 1 ? "s" : ""), most\(place): "
      + "\(text(values[0])) and \(text(values[1])), \(text(abs(values[0] - values[1]))) apart\(steps)"
  }
}
