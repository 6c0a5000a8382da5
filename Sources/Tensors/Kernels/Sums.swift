/// Sums whose order depends on the length alone: eight lanes at a time in blocks, whose sums are added in double.
enum Sums {
  /// The elements of a block, which are added in float32.
  private static let block = 4096

  /// The sum of `count` elements.
  static func total(_ x: UnsafeMutablePointer<Float>, _ count: Int) -> Double {
    reduce(x, count) { $0 + $1 }
  }

  /// The sum of (element − centre)².
  static func squares(_ x: UnsafeMutablePointer<Float>, _ count: Int, around centre: Float) -> Double {
    reduce(x, count) { sum, value in
      let d = value - centre
      return sum + d * d
    }
  }

  @inline(__always)
  private static func reduce(
    _ x: UnsafeMutablePointer<Float>, _ count: Int, _ add: (SIMD8<Float>, SIMD8<Float>) -> SIMD8<Float>
  ) -> Double {
    var total = 0.0
    var start = 0
    while start < count {
      let end = min(count, start + block)
      var lanes = SIMD8<Float>(repeating: 0)
      var i = start
      while i + 8 <= end {
        lanes = add(lanes, UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self))
        i += 8
      }
      var rest = SIMD8<Float>(repeating: 0)
      var lane = 0
      while i < end {
        var one = SIMD8<Float>(repeating: 0)
        one[0] = x[i]
        rest[lane] = add(SIMD8(repeating: 0), one)[0]
        lane += 1
        i += 1
      }
      total += Double((lanes + rest).sum())
      start = end
    }
    return total
  }

  /// Adds `rows` rows of `columns` elements, `stride` apart, to `target`: the rows of a chunk in float32, in
  /// order.
  static func addRows(
    _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    var row = 0
    while row + 4 <= rows {  // four rows at a time: the target is read and written once for them
      let a = x + row * stride
      let b = x + (row + 1) * stride
      let c = x + (row + 2) * stride
      let d = x + (row + 3) * stride
      for i in 0..<columns { target[i] += (a[i] + b[i]) + (c[i] + d[i]) }
      row += 4
    }
    while row < rows {
      let from = x + row * stride
      for column in 0..<columns { target[column] += from[column] }
      row += 1
    }
  }
}
