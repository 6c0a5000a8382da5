/// Counts over float elements, 16 at a time. Sums are of 32 bits: fewer than 2³¹ in all.
enum Counting {
  private typealias Lanes = SIMD16<Float>
  private typealias Sums = SIMD16<Int32>

  /// Elements that are not 0.
  static func nonZero(_ x: UnsafeMutablePointer<Float>, _ count: Int) -> Int32 {
    let whole = count & ~15
    var sums = Sums()
    for i in stride(from: 0, to: whole, by: 16) {
      let mask = lanes(x + i) .!= 0
      sums &+= Sums().replacing(with: 1, where: mask)
    }
    var total = sums.wrappedSum()
    for i in whole..<count where x[i] != 0 { total &+= 1 }
    return total
  }

  /// Elements that differ.
  static func differences(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ count: Int
  ) -> Int32 {
    let whole = count & ~15
    var sums = Sums()
    for i in stride(from: 0, to: whole, by: 16) {
      let mask = lanes(a + i) .!= lanes(b + i)
      sums &+= Sums().replacing(with: 1, where: mask)
    }
    var total = sums.wrappedSum()
    for i in whole..<count where a[i] != b[i] { total &+= 1 }
    return total
  }

  /// The sum of the weights whose element is not 0, and whether every element is −1, 0 or 1; not checked
  /// where `isBinary` says that an earlier one is not.
  static func weights(
    _ x: UnsafeMutablePointer<Float>, _ weights: UnsafeMutablePointer<Int32>, _ count: Int,
    isBinary: Bool = true
  ) -> (sum: Int32, isBinary: Bool) {
    let whole = count & ~15
    var sums = Sums()
    var isBinary = isBinary
    // Blocks short enough to detect elements other than spikes early, and long enough for the check to be cheap.
    for start in stride(from: 0, to: whole, by: 256) {
      let end = min(start + 256, whole)
      if isBinary {
        var binary = SIMDMask<Sums>(repeating: true)
        for i in stride(from: start, to: end, by: 16) {
          let lanes = lanes(x + i)
          let isZero = lanes .== 0
          sums &+= counts(weights + i).replacing(with: 0, where: isZero)
          binary = binary .& (isZero .| (lanes .== 1) .| (lanes .== -1))
        }
        isBinary = all(binary)
      } else {
        for i in stride(from: start, to: end, by: 16) {
          sums &+= counts(weights + i).replacing(with: 0, where: lanes(x + i) .== 0)
        }
      }
    }
    var total = sums.wrappedSum()
    for i in whole..<count where x[i] != 0 {
      total &+= weights[i]
      if abs(x[i]) != 1 { isBinary = false }
    }
    return (total, isBinary)
  }

  /// How many elements are not 0 with a partner other than `without`, and whether every element is −1, 0 or 1.
  static func partners(
    _ x: UnsafeMutablePointer<Float>, _ partners: UnsafeMutablePointer<Float>, _ count: Int, without: Float
  ) -> (sum: Int, isBinary: Bool) {
    let whole = count & ~15
    var sums = Sums()
    var binary = SIMDMask<Sums>(repeating: true)
    for i in stride(from: 0, to: whole, by: 16) {
      let lanes = lanes(x + i)
      let isZero = lanes .== 0
      sums &+= Sums(repeating: 1).replacing(with: 0, where: isZero .| (self.lanes(partners + i) .== without))
      binary = binary .& (isZero .| (lanes .== 1) .| (lanes .== -1))
    }
    var total = Int(sums.wrappedSum())
    var isBinary = all(binary)
    for i in whole..<count where x[i] != 0 {
      total += partners[i] != without ? 1 : 0
      if abs(x[i]) != 1 { isBinary = false }
    }
    return (total, isBinary)
  }

  @inline(__always)
  private static func counts(_ x: UnsafeMutablePointer<Int32>) -> Sums {
    UnsafeRawPointer(x).loadUnaligned(as: Sums.self)
  }

  @inline(__always)
  private static func lanes(_ x: UnsafeMutablePointer<Float>) -> Lanes {
    UnsafeRawPointer(x).loadUnaligned(as: Lanes.self)
  }
}
