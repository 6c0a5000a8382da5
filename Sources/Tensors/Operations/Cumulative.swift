import VectorKernels

/// Running sums along a dimension, added in double: `y[i] = x[0] + … + x[i]`, or from the other end.
///
/// Input and result: float32 of one shape. Of int32 and bool the sums are int32, and exact.
public struct CumulativeSum: Operation {
  public let dimension: Int
  /// Whether it adds from the last element to the first: the gradient of the other direction.
  public let isReversed: Bool

  public init(_ dimension: Int, reversed: Bool = false) {
    self.dimension = dimension
    isReversed = reversed
  }

  public var name: String { "cumsum" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    if x.dtype != .float32 { return Outcome(try integerSums(x)) }
    let dimension = try x.resolve(self.dimension, name)
    let lanes = try Lanes(of: x, reducing: x.rank == 0 ? [] : [dimension], name)
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = lanes.source.sharedFloats
    let to = result.sharedFloats
    let length = lanes.length
    let inner = lanes.inner
    let reversed: Int32 = isReversed ? 1 : 0
    if inner == 1 {
      x.device.parallel(lanes.outer, by: max(4, Device.chunkElements / max(1, length))) { rows in
        let start = rows.lowerBound * length
        nj_running_sums(from + start, to + start, rows.count, length, reversed)
      }
    } else {
      lanes.forEachColumns(on: x.device) { start, columns in
        nj_running_column_sums(from + start, to + start, length, inner, columns, reversed)
      }
    }
    return Outcome(result)
  }

  /// - Throws: ``TensorError/outOfInt32(operation:)``.
  private func integerSums(_ x: Tensor) throws -> Tensor {
    let dimension = try x.resolve(self.dimension, name)
    let lanes = try Lanes(of: x.converted(to: .int32), reducing: x.rank == 0 ? [] : [dimension], name)
    let result = try Tensor(uninitialized: x.shape, .int32, on: x.device, operation: name)
    let from = lanes.source.pointer(Int32.self)
    let to = result.pointer(Int32.self)
    for lane in 0..<lanes.outer * lanes.inner {
      var sum = 0
      for i in 0..<lanes.length {
        let position = lanes.start(of: lane) + (isReversed ? lanes.length - 1 - i : i) * lanes.inner
        sum += Int(from[position])
        to[position] = try IntegerElements.narrowed(sum, name)
      }
    }
    return result
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    [try CumulativeSum(dimension, reversed: !isReversed)(step.upstream)]
  }
}

/// The product along a dimension, multiplied in double. Of int32 and bool it is int32, and exact.
///
/// The gradient is the product of the other elements, from both sides, so that zeros are no special case.
public struct Product: Operation {
  public let dimension: Int
  public let keepsDimension: Bool

  public init(_ dimension: Int, keepsDimension: Bool = false) {
    self.dimension = dimension
    self.keepsDimension = keepsDimension
  }

  public var name: String { "prod" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    if x.dtype != .float32 { return Outcome(try integerProduct(x)) }
    let reduced = try x.reducedDimensions([dimension], name)
    let lanes = try Lanes(of: x, reducing: reduced, name)
    let result = try Tensor(
      uninitialized: x.shape(without: reduced, keeping: keepsDimension), .float32, on: x.device,
      operation: name)
    let from = lanes.source.sharedFloats
    let to = result.sharedFloats
    let length = lanes.length
    let inner = lanes.inner
    x.device.parallel(lanes.outer * inner, by: max(1, Device.chunkElements / max(1, length))) { range in
      for lane in range {
        let start = lanes.start(of: lane)
        var product = 1.0
        for i in 0..<length { product *= Double(from[start + i * inner]) }
        to[lane] = Float(product)
      }
    }
    return Outcome(result, saving: [lanes.source])
  }

  /// - Throws: ``TensorError/outOfInt32(operation:)``.
  private func integerProduct(_ x: Tensor) throws -> Tensor {
    let reduced = try x.reducedDimensions([dimension], name)
    let lanes = try Lanes(of: x.converted(to: .int32), reducing: reduced, name)
    let result = try Tensor(
      uninitialized: x.shape(without: reduced, keeping: keepsDimension), .int32, on: x.device, operation: name
    )
    let from = lanes.source.pointer(Int32.self)
    let to = result.pointer(Int32.self)
    for lane in 0..<lanes.outer * lanes.inner {
      let elements = (0..<lanes.length).map { Int(from[lanes.start(of: lane) + $0 * lanes.inner]) }
      var product = elements.contains(0) ? 0 : 1
      for element in elements where product != 0 {
        product = Int(try IntegerElements.narrowed(product * element, name))
      }
      to[lane] = Int32(product)
    }
    return result
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let x = step.saved[0]
    let lanes = try Lanes(of: x, reducing: x.reducedDimensions([dimension], name), name)
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = lanes.source.sharedFloats
    let up = step.upstream.sharedFloats
    let to = result.sharedFloats
    let length = lanes.length
    let inner = lanes.inner
    x.device.parallel(lanes.outer * inner, by: max(1, Device.chunkElements / max(1, length))) { range in
      var before = [Double](repeating: 1, count: length)
      for lane in range {
        let start = lanes.start(of: lane)
        var product = 1.0
        for i in 0..<length {
          before[i] = product
          product *= Double(from[start + i * inner])
        }
        product = Double(up[lane])
        for i in (0..<length).reversed() {
          to[start + i * inner] = Float(before[i] * product)
          product *= Double(from[start + i * inner])
        }
      }
    }
    return [result]
  }
}

extension Tensor {
  /// The running sums along a dimension, of this shape.
  ///
  /// - Throws: ``TensorError`` unless it has the dimension, or where a sum of integers does not fit an int32.
  public func cumulativeSum(_ dimension: Int) throws -> Tensor { try CumulativeSum(dimension)(self) }

  /// The product along a dimension, or of all elements (nil).
  ///
  /// - Throws: ``TensorError`` unless it has the dimension, or where a product of integers does not fit an int32.
  public func product(_ dimension: Int? = nil, keepsDimension: Bool = false) throws -> Tensor {
    if let dimension { return try Product(dimension, keepsDimension: keepsDimension)(self) }
    let whole = try Product(0)(reshaped([count]))
    return keepsDimension ? try whole.reshaped(shape.map { _ in 1 }) : whole
  }
}
