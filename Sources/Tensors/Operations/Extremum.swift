/// The largest or smallest element along a dimension. Of equal elements the first one is selected and gets the
/// gradient.
public struct Extremum: Operation {
  public let isMaximum: Bool
  public let dimension: Int
  public let keepsDimension: Bool

  public init(maximum: Bool, dimension: Int, keepsDimension: Bool = false) {
    isMaximum = maximum
    self.dimension = dimension
    self.keepsDimension = keepsDimension
  }

  public var name: String { isMaximum ? "max" : "min" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let indices = try positions(in: inputs[0])
    if inputs[0].rank == 0 { return Outcome(inputs[0], saving: [indices]) }
    let kept = try Gather(dimension)(inputs[0], indices)
    return Outcome(keepsDimension ? kept : try kept.squeezed(dimension), saving: [indices])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    if step.shapes[0].isEmpty { return [step.upstream] }
    let indices = step.saved[0]
    let whole = try Tensor.full(step.shapes[0], 0, on: step.upstream.device, operation: name)
    return [try ScatterAdd(dimension)(whole, indices, step.upstream.reshaped(indices.shape))]
  }

  /// The index of the extremum along the dimension, from 0; int32, with that dimension of length 1. A NaN wins.
  ///
  /// - Throws: ``TensorError`` when there are no elements, or no such dimension.
  public func positions(in x: Tensor) throws -> Tensor {
    let dimension = try x.resolve(self.dimension, name)
    guard x.rank > 0 else { return try .zeros([], dtype: .int32, on: x.device) }
    guard x.shape[dimension] > 0 else {
      throw TensorError.badShape(operation: name, shape: x.shape, expected: "at least one element")
    }
    let lanes = try Lanes(of: x, reducing: [dimension], name)
    var shape = x.shape
    shape[dimension] = 1
    let result = try Tensor(uninitialized: shape, .int32, on: x.device, operation: name)
    if x.dtype == .float32, lanes.inner == 1 {
      fillRows(result, lanes)
      return result
    }
    switch (x.dtype, isMaximum) {
    case (.float32, true): fill(result, lanes) { (a: Float, b) in a > b || (a != a && b == b) }
    case (.float32, false): fill(result, lanes) { (a: Float, b) in a < b || (a != a && b == b) }
    case (.int32, true): fill(result, lanes) { (a: Int32, b) in a > b }
    case (.int32, false): fill(result, lanes) { (a: Int32, b) in a < b }
    case (.bool, true): fill(result, lanes) { (a: Bool, b) in a && !b }
    case (.bool, false): fill(result, lanes) { (a: Bool, b) in !a && b }
    }
    return result
  }

  private typealias Vector = SIMD16<Float>

  /// The same of rows of floats: their extremum by vectors, then the first place where it is.
  private func fillRows(_ result: Tensor, _ lanes: Lanes) {
    let from = Shared(lanes.source.pointer(Float.self))
    let to = Shared(result.pointer(Int32.self))
    let length = lanes.length
    let isMaximum = isMaximum
    result.device.parallel(lanes.outer, by: max(1, Device.chunkElements / length)) { range in
      for row in range {
        to[row] = Int32(
          Self.position(in: UnsafeBufferPointer(start: from + row * length, count: length), isMaximum))
      }
    }
  }

  private static func position(in row: UnsafeBufferPointer<Float>, _ isMaximum: Bool) -> Int {
    let bytes = UnsafeRawBufferPointer(row)
    let whole = row.count / Vector.scalarCount * Vector.scalarCount
    var best = Vector(repeating: isMaximum ? -.infinity : .infinity)
    var areNumbers = SIMDMask<Vector.MaskStorage>(repeating: true)
    for start in stride(from: 0, to: whole, by: Vector.scalarCount) {
      let vector = bytes.loadUnaligned(fromByteOffset: start * 4, as: Vector.self)
      areNumbers = areNumbers .& (vector .== vector)
      best.replace(with: vector, where: isMaximum ? vector .> best : vector .< best)
    }
    var extremum = isMaximum ? best.max() : best.min()
    var hasNaN = !all(areNumbers)
    for value in row[whole...] {
      hasNaN = hasNaN || value.isNaN
      if isMaximum ? value > extremum : value < extremum { extremum = value }
    }
    if hasNaN { return row.firstIndex(where: \.isNaN) ?? 0 }
    for start in stride(from: 0, to: whole, by: Vector.scalarCount)
    where any(bytes.loadUnaligned(fromByteOffset: start * 4, as: Vector.self) .== extremum) {
      return row[start...].firstIndex(of: extremum) ?? 0
    }
    return row[whole...].firstIndex(of: extremum) ?? 0
  }

  /// The index of the first element of every lane that no other precedes.
  @inline(__always)
  private func fill<T: Scalar>(
    _ result: Tensor, _ lanes: Lanes, _ isBefore: @escaping @Sendable (T, T) -> Bool
  ) {
    let from = Shared(lanes.source.pointer(T.self))
    let to = Shared(result.pointer(Int32.self))
    let length = lanes.length
    let inner = lanes.inner
    result.device.parallel(lanes.outer * inner, by: max(1, Device.chunkElements / length)) { range in
      for lane in range {
        let start = lanes.start(of: lane)
        var best = 0
        var bestValue = from[start]
        for i in 1..<max(1, length) {
          let value = from[start + i * inner]
          if isBefore(value, bestValue) {
            best = i
            bestValue = value
          }
        }
        to[lane] = Int32(best)
      }
    }
  }
}

/// The largest or smallest of all elements along some dimensions; equal ones share the gradient evenly.
public struct SharedExtremum: Operation {
  public let isMaximum: Bool
  public let dimensions: [Int]?
  public let keepsDimensions: Bool

  public init(maximum: Bool, over dimensions: [Int]? = nil, keepsDimensions: Bool = false) {
    isMaximum = maximum
    self.dimensions = dimensions
    self.keepsDimensions = keepsDimensions
  }

  public var name: String { isMaximum ? "amax" : "amin" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let reduced = try x.reducedDimensions(dimensions, name)
    let lanes = try Lanes(of: x, reducing: reduced, name)
    guard lanes.length > 0 else {
      throw TensorError.badShape(operation: name, shape: x.shape, expected: "at least one element")
    }
    let flat = try lanes.source.reshaped([lanes.outer, lanes.length, lanes.inner])
    let best = try Extremum(maximum: isMaximum, dimension: 1)(flat)
      .reshaped(x.shape(without: reduced, keeping: keepsDimensions))
    return Outcome(best, saving: [x, best])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let shape = step.shapes[0]
    let best = try step.saved[1].restoringDimensions(dimensions, of: shape, name)
    let chosen = try Comparison.eq(step.saved[0], best).converted(to: .float32)
    let ties = try Reduction(.sum, over: dimensions, keepsDimensions: true)(chosen)
    let scale = try step.upstream.restoringDimensions(dimensions, of: shape, name).divided(by: ties)
    return [try chosen.multiplied(by: scale)]
  }
}

extension Tensor {
  /// The index, from 0, of the largest element along a dimension, or of all elements in row-major order (nil); int32.
  ///
  /// Of equal elements the first one; a NaN wins.
  ///
  /// - Throws: ``TensorError`` when there are no elements, or no such dimension.
  public func argmax(_ dimension: Int? = nil, keepsDimension: Bool = false) throws -> Tensor {
    try position(maximum: true, dimension, keepsDimension)
  }

  /// The index, from 0, of the smallest element along a dimension, or of all elements in row-major order (nil); int32.
  ///
  /// Of equal elements the first one; a NaN wins.
  ///
  /// - Throws: ``TensorError`` when there are no elements, or no such dimension.
  public func argmin(_ dimension: Int? = nil, keepsDimension: Bool = false) throws -> Tensor {
    try position(maximum: false, dimension, keepsDimension)
  }

  private func position(maximum: Bool, _ dimension: Int?, _ keepsDimension: Bool) throws -> Tensor {
    let x = detached()
    guard rank > 0, let dimension else {
      let flat = try Extremum(maximum: maximum, dimension: 0).positions(in: x.reshaped([count]))
      return try flat.reshaped(keepsDimension ? shape.map { _ in 1 } : [])
    }
    let kept = try Extremum(maximum: maximum, dimension: dimension).positions(in: x)
    return keepsDimension ? kept : try kept.squeezed(dimension)
  }
}
