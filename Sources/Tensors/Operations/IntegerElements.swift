/// Functions of int32 elements: exact in 64 bits, and refused where a result does not fit 32.
enum IntegerElements {
  /// `function` of every element; int32, of the shape of `x`.
  ///
  /// - Throws: ``TensorError/outOfInt32(operation:)``.
  static func map(_ x: Tensor, _ operation: String, _ function: (Int) -> Int) throws -> Tensor {
    let source = try x.contiguous(for: operation)
    let result = try Tensor(uninitialized: x.shape, .int32, on: x.device, operation: operation)
    let from = source.pointer(Int32.self)
    let to = result.pointer(Int32.self)
    for i in 0..<x.count { to[i] = try narrowed(function(Int(from[i])), operation) }
    withExtendedLifetime(source) {}
    return result
  }

  /// `function` of all pairs, broadcast; int32.
  ///
  /// - Throws: ``TensorError/outOfInt32(operation:)``, and ``TensorError/badArgument(operation:reason:hint:)`` where a
  ///   result is nil.
  static func map(
    _ a: Tensor, _ b: Tensor, _ operation: String, _ function: (Int, Int) -> Int?
  ) throws -> Tensor {
    let shape = try Tensor.broadcast(a.shape, b.shape, operation)
    let left = try a.expanded(to: shape).contiguous(for: operation)
    let right = try b.expanded(to: shape).contiguous(for: operation)
    let first = left.pointer(Int32.self)
    let second = right.pointer(Int32.self)
    let result = try Tensor(uninitialized: shape, .int32, on: a.device, operation: operation)
    let to = result.pointer(Int32.self)
    for i in 0..<result.count {
      guard let value = function(Int(first[i]), Int(second[i])) else {
        throw TensorError.badArgument(
          operation: operation, reason: "an integer to a negative power is no integer",
          hint: "convert the tensor to float32")
      }
      to[i] = try narrowed(value, operation)
    }
    withExtendedLifetime((left, right)) {}
    return result
  }

  /// `base` to the power `exponent`, `Int.max` where it exceeds 64 bits; nil for a negative exponent.
  static func power(_ base: Int, _ exponent: Int) -> Int? {
    guard exponent >= 0 else { return nil }
    var result = 1
    // Other bases exceed every integer before an exponent of 64.
    let steps = abs(base) > 1 ? min(exponent, 64) : base == -1 ? exponent % 2 : min(exponent, 1)
    for _ in 0..<steps {
      let (product, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return .max }
      result = product
    }
    return result
  }

  /// An integer as int32.
  ///
  /// - Throws: ``TensorError/outOfInt32(operation:)``.
  @inline(__always)
  static func narrowed(_ value: Int, _ operation: String) throws(TensorError) -> Int32 {
    guard let small = Int32(exactly: value) else { throw .outOfInt32(operation: operation) }
    return small
  }

  /// The product of int32 matrices `[…, rows, inner]` and `[…, inner, columns]`, whose batches have one shape.
  ///
  /// - Throws: ``TensorError/outOfInt32(operation:)``.
  static func multiply(_ a: Tensor, _ b: Tensor, into result: Tensor, _ operation: String) throws {
    let rows = a.shape[a.rank - 2]
    let inner = a.shape[a.rank - 1]
    let columns = b.shape[b.rank - 1]
    let left = a.pointer(Int32.self)
    let right = b.pointer(Int32.self)
    let to = result.pointer(Int32.self)
    var sums = [Int](repeating: 0, count: columns)
    for row in 0..<(result.count / max(1, columns)) {
      let batch = row / rows
      for j in 0..<columns { sums[j] = 0 }
      for k in 0..<inner {
        let factor = Int(left[row * inner + k])
        let from = right + (batch * inner + k) * columns
        for j in 0..<columns {
          // Two products of int32 fit 64 bits, many of them may not.
          let (sum, overflow) = sums[j].addingReportingOverflow(factor * Int(from[j]))
          guard !overflow else { throw TensorError.outOfInt32(operation: operation) }
          sums[j] = sum
        }
      }
      for j in 0..<columns { to[row * columns + j] = try narrowed(sums[j], operation) }
    }
  }
}
