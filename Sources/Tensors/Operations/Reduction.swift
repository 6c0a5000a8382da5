/// A sum or a mean over some dimensions, added in double. The sum of int32 or bool elements is int32, and exact; their
/// mean is float32, rounded once.
public struct Reduction: Operation {
  /// The kinds of reductions.
  public enum Kind: String, Sendable { case sum, mean }

  public let kind: Kind
  /// The dimensions that are reduced; nil for all.
  public let dimensions: [Int]?
  /// Whether the reduced dimensions stay, with length 1.
  public let keepsDimensions: Bool

  public init(_ kind: Kind, over dimensions: [Int]? = nil, keepsDimensions: Bool = false) {
    self.kind = kind
    self.dimensions = dimensions
    self.keepsDimensions = keepsDimensions
  }

  public var name: String { kind.rawValue }

  public func forward(_ inputs: [Tensor]) throws -> Outcome { Outcome(try result(inputs[0])) }

  private func result(_ x: Tensor) throws -> Tensor {
    if x.dtype != .float32 { return try kind == .sum ? integerSum(x) : integerMean(x) }
    if dimensions == nil, !keepsDimensions, x.isContiguous {
      let result = try Tensor(uninitialized: [], .float32, on: x.device, operation: name)
      let scale = kind == .mean ? 1 / Double(x.count) : 1
      result.floats[0] = Float(Sums.total(x.floats, x.count) * scale)
      return result
    }
    let reduced = try x.reducedDimensions(dimensions, name)
    let lanes = try Lanes(of: x, reducing: reduced, name)
    let result = try Tensor(
      uninitialized: x.shape(without: reduced, keeping: keepsDimensions), .float32, on: x.device,
      operation: name)
    let scale = kind == .mean ? 1 / Double(lanes.length) : 1
    let from = lanes.source.sharedFloats
    let to = result.sharedFloats
    if lanes.inner == 1 {
      let length = lanes.length
      x.device.parallel(lanes.outer, by: max(1, Device.chunkElements / max(1, length))) { range in
        for lane in range { to[lane] = Float(Sums.total(from + lane * length, length) * scale) }
      }
    } else {
      try sumColumns(lanes, from, to, scale, x.device)
    }
    return result
  }

  /// The sum or mean, recorded if the tensor requires a gradient.
  ///
  /// - Throws: ``TensorError`` as ``forward(_:)``.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    guard x.isShortAndPlain, Recording.wantsResultAlone else { return try apply([x]) }
    x.device.countOperation()
    return try result(x)
  }

  /// Adds the rows of each outer block, a chunk of rows at a time; the sums of the chunks are added in order, in
  /// double.
  private func sumColumns(
    _ lanes: Lanes, _ from: Shared<Float>, _ to: Shared<Float>, _ scale: Double, _ device: Device
  ) throws {
    let length = lanes.length
    let inner = lanes.inner
    let chunk = max(1, min(256, length))
    let chunks = (length + chunk - 1) / chunk
    let partials = try Tensor(
      uninitialized: [lanes.outer, chunks, inner], .float32, on: device, operation: name)
    let sums = partials.sharedFloats
    let tasks = max(1, Device.chunkElements / max(1, chunk * inner))
    device.parallel(lanes.outer * chunks, by: tasks) { range in
      for task in range {
        let outer = task / chunks
        let start = task % chunks * chunk
        let target = sums + task * inner
        target.update(repeating: 0, count: inner)
        Sums.addRows(
          from + (outer * length + start) * inner, rows: min(chunk, length - start), columns: inner,
          stride: inner,
          to: target)
      }
    }
    device.parallel(lanes.outer, by: max(1, Device.chunkElements / max(1, chunks * inner))) { range in
      var total = [Double](repeating: 0, count: inner)
      for outer in range {
        for i in 0..<inner { total[i] = 0 }
        for part in 0..<chunks {
          let row = sums + (outer * chunks + part) * inner
          for i in 0..<inner { total[i] += Double(row[i]) }
        }
        for i in 0..<inner { to[outer * inner + i] = Float(total[i] * scale) }
      }
    }
  }

  /// The sum of integers.
  ///
  /// - Throws: ``TensorError/sumOutOfRange(operation:sum:)``.
  private func integerSum(_ x: Tensor) throws -> Tensor {
    try integers(x) { sum, _ in
      guard let small = Int32(exactly: sum) else {
        throw TensorError.sumOutOfRange(operation: name, sum: sum)
      }
      return small
    }
  }

  /// The mean of integers, from their exact sum.
  private func integerMean(_ x: Tensor) throws -> Tensor {
    try integers(x) { sum, count in Float(Double(sum) / Double(count)) }
  }

  /// `value(sum, count)` of every lane of int32 or bool elements.
  private func integers<T: Scalar>(_ x: Tensor, _ value: (Int, Int) throws -> T) throws -> Tensor {
    let reduced = try x.reducedDimensions(dimensions, name)
    let lanes = try Lanes(of: x.converted(to: .int32), reducing: reduced, name)
    let result = try Tensor(
      uninitialized: x.shape(without: reduced, keeping: keepsDimensions), T.dtype, on: x.device,
      operation: name)
    let from = lanes.source.pointer(Int32.self)
    let to = result.pointer(T.self)
    for lane in 0..<lanes.outer * lanes.inner {
      let start = lanes.start(of: lane)
      var sum = 0
      for i in 0..<lanes.length { sum += Int(from[start + i * lanes.inner]) }
      to[lane] = try value(sum, lanes.length)
    }
    return result
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let shape = step.shapes[0]
    let kept = try step.upstream.restoringDimensions(dimensions, of: shape, name)
    let spread = try kept.expanded(to: shape)
    guard kind == .mean else { return [spread] }
    return [try spread.scaled(by: Float(step.upstream.count) / Float(max(1, shape.reduce(1, *))))]
  }
}

/// A tensor as (outer, length, inner), with the reduced dimensions in the middle.
struct Lanes {
  let source: Tensor
  let outer: Int
  let length: Int
  let inner: Int

  /// Makes `x` contiguous, with the reduced dimensions moved to the end when they are not adjacent.
  init(of x: Tensor, reducing dimensions: [Int], _ operation: String) throws {
    length = dimensions.reduce(1) { $0 * x.shape[$1] }
    let isRun = dimensions.isEmpty || dimensions == Array((dimensions.first ?? 0)...(dimensions.last ?? 0))
    if isRun {
      source = try x.detached().contiguous(for: operation)
      outer = x.shape[..<(dimensions.first ?? x.rank)].reduce(1, *)
      inner = dimensions.isEmpty ? 1 : x.shape[((dimensions.last ?? 0) + 1)...].reduce(1, *)
    } else {
      let kept = x.shape.indices.filter { !dimensions.contains($0) }
      source = try Permute(kept + dimensions)(x.detached()).contiguous(for: operation)
      outer = kept.reduce(1) { $0 * x.shape[$1] }
      inner = 1
    }
  }

  /// The position of the first element of a lane, 0 ..< outer·inner; its elements are `inner` apart.
  @inline(__always)
  func start(of lane: Int) -> Int { lane / inner * length * inner + lane % inner }

  /// Calls `body`, in parallel, with the position of the first element of adjacent lanes and their number.
  func forEachColumns(on device: Device, _ body: @Sendable (_ start: Int, _ columns: Int) -> Void) {
    // Cut at multiples of a kernel's columns.
    let size = max(64, Device.chunkElements / max(1, length) / 64 * 64)
    let parts = (inner + size - 1) / size
    device.parallel(outer * parts, by: max(1, Device.chunkElements / max(1, length * inner))) { range in
      for part in range {
        let column = part % parts * size
        body(part / parts * length * inner + column, min(size, inner - column))
      }
    }
  }
}

extension Tensor {
  /// The dimensions to reduce, sorted, from 0; all of them for nil.
  func reducedDimensions(_ dimensions: [Int]?, _ operation: String) throws -> [Int] {
    guard let dimensions else { return Array(0..<rank) }
    let resolved = try dimensions.map { try resolve($0, operation) }
    guard Set(resolved).count == resolved.count else {
      throw TensorError.badArgument(operation: operation, reason: "a dimension is repeated")
    }
    return rank == 0 ? [] : resolved.sorted()
  }

  /// The shape after reducing `dimensions`.
  func shape(without dimensions: [Int], keeping: Bool) -> [Int] {
    keeping
      ? shape.enumerated().map { dimensions.contains($0) ? 1 : $1 }
      : shape.enumerated().filter { !dimensions.contains($0.offset) }.map(\.element)
  }

  /// A reduced tensor with its reduced dimensions restored, of length 1, so that it can be broadcast to `shape`.
  func restoringDimensions(_ dimensions: [Int]?, of shape: [Int], _ operation: String) throws -> Tensor {
    let reduced = dimensions?.map { $0 < 0 ? $0 + shape.count : $0 } ?? Array(shape.indices)
    return try reshaped(shape.enumerated().map { reduced.contains($0) ? 1 : $1 })
  }
}
