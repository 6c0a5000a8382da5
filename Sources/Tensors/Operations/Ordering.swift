import Support
import VectorKernels

/// The order of elements along a dimension, by integer keys that sort as the elements do; indices break ties.
///
/// A NaN counts as the largest number and −0 equals +0, as in PyTorch; equal elements keep their order.
struct Ordering: Sendable {
  /// The dimension to sort along.
  let dimension: Int
  /// Whether the largest elements are first.
  let isDescending: Bool
  /// The name users know the operation by.
  let name: String

  /// The maximum length of a lane: indices have 32 bits.
  private static let maxLength = Int(Int32.max)
  /// Up to this number of requested elements are inserted in order in one pass; for more, the lane is sorted.
  private static let maxInsertions = 32

  /// The indices, from 0, of the first `count` elements in order (nil: all) along the dimension; int32, of the shape
  /// of `x` with that dimension of length `count`.
  func positions(in x: Tensor, first count: Int? = nil) throws -> Tensor {
    let dimension = try x.resolve(self.dimension, name)
    if dimension < x.rank - 1 {
      // Read and written row by row.
      let last = Ordering(dimension: x.rank - 1, isDescending: isDescending, name: name)
      return try last.positions(in: x.detached().transposed(dimension, x.rank - 1), first: count)
        .transposed(dimension, x.rank - 1).contiguous(for: name)
    }
    let lanes = try Lanes(of: x, reducing: x.rank == 0 ? [] : [dimension], name)
    let wanted = count ?? lanes.length
    guard wanted >= 0, wanted <= lanes.length, lanes.length <= Self.maxLength else {
      throw TensorError.badArgument(
        operation: name, reason: "requested \(wanted) of the \(lanes.length) elements of \(x.shape)")
    }
    var shape = x.shape
    if x.rank > 0 { shape[dimension] = wanted }
    let result = try Tensor(uninitialized: shape, .int32, on: x.device, operation: name)
    guard result.count > 0 else { return result }
    // One lane is sorted in one piece.
    guard x.count >= Device.maxUncheckedElements else {
      try fill(result, lanes, wanted, x.dtype)
      return result
    }
    return try Device.interruptible(name) {
      try fill(result, lanes, wanted, x.dtype)
      return result
    }
  }

  private func fill(_ result: Tensor, _ lanes: Lanes, _ wanted: Int, _ dtype: DType) throws {
    let flip = isDescending ? UInt32.max : 0
    switch dtype {
    case .float32:
      let from = lanes.source.sharedFloats
      try fill(result, lanes, wanted) { start, keys in nj_order_keys(from + start, keys, lanes.length, flip) }
    case .int32:
      let from = Shared(lanes.source.pointer(Int32.self))
      try fill(result, lanes, wanted) { start, keys in
        for i in 0..<lanes.length {
          keys[i] = UInt32(bitPattern: from[start + i]) ^ 0x8000_0000 ^ flip
        }
      }
    case .bool:
      let from = Shared(lanes.source.pointer(Bool.self))
      try fill(result, lanes, wanted) { start, keys in
        for i in 0..<lanes.length { keys[i] = (from[start + i] ? 1 : 0) ^ flip }
      }
    }
  }

  /// - Parameter readKeys: writes the keys of the lane that begins at a position.
  private func fill(
    _ result: Tensor, _ lanes: Lanes, _ wanted: Int,
    _ readKeys: @Sendable (_ start: Int, _ keys: UnsafeMutablePointer<UInt32>) -> Void
  ) throws {
    let to = Shared(result.pointer(Int32.self))
    let length = lanes.length
    let isPartial = wanted < length && wanted <= Self.maxInsertions
    // Keys, and two lists of entries of twice their size.
    let scratch = isPartial ? length : 5 * (length + length % 2)
    try result.device.parallel(
      lanes.outer, by: max(1, Device.chunkElements / (8 * length)), scratch: scratch, operation: name
    ) { range, memory in
      memory.withMemoryRebound(to: UInt32.self, capacity: scratch) { memory in
        for lane in range {
          let target = lane * wanted
          let start = lane * length
          if isPartial {
            readKeys(start, memory)
            Self.selectFirst(wanted, of: memory, length) { to[target + $0] = $1 }
            continue
          }
          let keys = memory + 4 * (length + length % 2)
          readKeys(start, keys)
          memory.withMemoryRebound(to: RadixSort.Entry.self, capacity: 2 * length) { entries in
            RadixSort.sort(keys, length, into: entries, other: entries + length)
            for i in 0..<wanted { to[target + i] = Int32(truncatingIfNeeded: entries[i] & 0xFFFF_FFFF) }
          }
        }
      }
    }
  }

  /// Calls `body` with 0 ..< `limit` and the index of the key that comes there in order, the first of equal ones.
  @inline(__always)
  private static func selectFirst(
    _ limit: Int, of keys: UnsafeMutablePointer<UInt32>, _ count: Int, _ body: (Int, Int32) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: RadixSort.Entry.self, capacity: limit + 1) { best in
      var size = 0
      var i = 0
      while i < count {
        if size == limit {
          // Most keys are not among the first, which is checked for many at a time.
          i = limit == 0 ? count : nj_first_below(keys, i, count, UInt32(best[limit - 1] >> 32))
          if i == count { break }
          size -= 1
        }
        let entry = UInt64(keys[i]) << 32 | UInt64(i)
        var position = size
        while position > 0, best[position - 1] > entry {
          best[position] = best[position - 1]
          position -= 1
        }
        best[position] = entry
        size += 1
        i += 1
      }
      for i in 0..<limit { body(i, Int32(truncatingIfNeeded: best[i] & 0xFFFF_FFFF)) }
    }
  }
}

extension Tensor {
  /// The elements in order along a dimension, and their indices (int32, from 0); both of this shape.
  ///
  /// Equal elements keep their order, and a NaN counts as the largest number. The values have a gradient.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``, or when the memory budget is exceeded.
  public func sorted(
    _ dimension: Int = -1, descending: Bool = false
  ) throws -> (values: Tensor, indices: Tensor) {
    let indices = try Ordering(dimension: dimension, isDescending: descending, name: "sort").positions(
      in: self)
    return (try gathered(dimension, indices), indices)
  }

  /// The `count` largest (or smallest) elements along a dimension, in order, and their indices (int32, from 0); both
  /// of this shape with that dimension of length `count`.
  ///
  /// Of equal elements the first is selected. The values have a gradient.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` when the dimension has fewer elements.
  public func topk(
    _ count: Int, _ dimension: Int = -1, largest: Bool = true
  ) throws -> (values: Tensor, indices: Tensor) {
    let order = Ordering(dimension: dimension, isDescending: largest, name: "topk")
    let indices = try order.positions(in: self, first: count)
    return (try gathered(dimension, indices), indices)
  }

  /// The quantile `q` (0 to 1) along a dimension, or of all elements (nil), with linear interpolation between the two
  /// nearest ranks, as by default in `torch.quantile`. NaN where any element is NaN. It has a gradient.
  ///
  /// Source: Hyndman and Fan 1996, type 7.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` for another `q`, and where there are no elements.
  public func quantile(_ q: Double, _ dimension: Int? = nil, keepsDimension: Bool = false) throws
    -> Tensor
  {
    guard (0...1).contains(q) else {
      throw TensorError.badArgument(operation: "quantile", reason: "q is \(q), expected 0 to 1")
    }
    guard let dimension else {
      let value = try reshaped([count]).quantile(q, 0)
      return keepsDimension ? try value.reshaped(Array(repeating: 1, count: rank)) : value
    }
    let sorted = try sorted(dimension).values
    let length = rank > 0 ? shape[dimension < 0 ? dimension + rank : dimension] : 1
    guard rank > 0, length > 0 else {
      guard length > 0 else {
        throw TensorError.badArgument(operation: "quantile", reason: "there are no elements")
      }
      return sorted
    }
    let position = q * Double(length - 1)
    let below = Int(position)
    let low = try sorted.narrow(dimension, from: below, count: 1)
    let high = try sorted.narrow(dimension, from: min(below + 1, length - 1), count: 1)
    let between = try low.adding(high.subtracting(low).scaled(by: Float(position - Double(below))))
    // NaN is sorted last.
    let last = try sorted.narrow(dimension, from: length - 1, count: 1)
    let value = try Where()(Comparison.ne(last, last), last, between)
    return keepsDimension ? value : try value.squeezed(dimension)
  }

  /// The elements at `indices`; also for rank 0.
  private func gathered(_ dimension: Int, _ indices: Tensor) throws -> Tensor {
    rank > 0 ? try Gather(dimension)(self, indices) : self
  }

  /// The distinct elements in ascending order, `[values]`; for every element the index of its value (int32, from 0, of
  /// this shape); and how often each value occurs (int32 `[values]`). NaNs are all distinct, as in PyTorch.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func unique() throws -> (values: Tensor, inverse: Tensor, counts: Tensor) {
    guard count >= Device.maxUncheckedElements else { return try distinct() }
    let own = detached()
    return try Device.interruptible("unique") { try own.distinct() }
  }

  private func distinct() throws -> (values: Tensor, inverse: Tensor, counts: Tensor) {
    let flat = try detached().reshaped([count])
    let order = try Ordering(dimension: 0, isDescending: false, name: "unique").positions(in: flat)
    let sorted = try Gather(0)(flat, order)
    let isNew =
      count < 2
      ? []
      : try Comparison.ne(
        Slice(0, from: 1, count: count - 1)(sorted), Slice(0, from: 0, count: count - 1)(sorted)
      ).values(as: Bool.self)
    var firsts: [Int32] = count > 0 ? [0] : []
    var inverse = [Int32](repeating: 0, count: count)
    for (i, position) in try order.values(as: Int32.self).enumerated() {
      if i > 0, isNew[i - 1] { firsts.append(Int32(i)) }
      inverse[Int(position)] = Int32(firsts.count - 1)
    }
    let counts = firsts.indices.map { i in
      (i + 1 < firsts.count ? firsts[i + 1] : Int32(count)) - firsts[i]
    }
    return (
      try IndexSelect(0)(sorted, Tensor(firsts, shape: [firsts.count], on: device)),
      try Tensor(inverse, shape: shape, on: device), try Tensor(counts, shape: [counts.count], on: device)
    )
  }
}
