import Support
import Synchronization

/// Elements selected along a dimension by indices of the result's shape: `out[i][j] = x[i][index[i][j]]`.
///
/// Inputs: x of any type, and int32 indices from 0 of its rank.
public struct Gather: Operation {
  public let dimension: Int
  public init(_ dimension: Int) { self.dimension = dimension }
  public var name: String { "gather" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let index = inputs[1]
    let lanes = try IndexedLanes(x, index, dimension, name)
    let result = try Tensor(uninitialized: index.shape, x.dtype, on: x.device, operation: name)
    switch x.dtype {
    case .bool: try lanes.gather(Bool.self, to: result)
    case .int32: try lanes.gather(Int32.self, to: result)
    case .float32: try lanes.gather(Float.self, to: result)
    }
    return Outcome(result, saving: [index])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let whole = try Tensor.full(step.shapes[0], 0, on: step.upstream.device, operation: name)
    return [try ScatterAdd(dimension)(whole, step.saved[0], step.upstream), nil]
  }
}

/// The adjoint of ``Gather``: adds `source[i][j]` to a copy of x at `[i][index[i][j]]`. Inputs: x, index, source; x and
/// source float32, or both int32, whose sums are exact.
public struct ScatterAdd: Operation {
  public let dimension: Int
  public init(_ dimension: Int) { self.dimension = dimension }
  public var name: String { "scatter_add" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let index = inputs[1]
    let source = inputs[2]
    if inputs[0].dtype != .int32 || source.dtype != .int32 {
      try inputs[0].requireFloat(name)
      try source.requireFloat(name)
    }
    guard source.shape == index.shape else {
      throw TensorError.shapeMismatch(
        operation: name, left: index.shape, right: source.shape, hint: "index and source must have one shape"
      )
    }
    let result = try inputs[0].cloned()
    let lanes = try IndexedLanes(result, index, dimension, name)
    let added = try source.contiguous(for: name)
    if result.dtype == .int32 {
      try lanes.scatterAddIntegers(added, to: result)
    } else {
      try lanes.scatterAdd(added, to: result)
    }
    return Outcome(result, saving: [index])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    [step.upstream, nil, step.needs[2] ? try Gather(dimension)(step.upstream, step.saved[0]) : nil]
  }
}

/// The positions in a tensor that an index tensor selects along one dimension.
private struct IndexedLanes {
  private let x: Tensor
  private let index: Tensor
  private let name: String
  /// The length and the stride of the indexed dimension.
  private let length: Int
  private let step: Int
  /// Over the index, with the position of an element's own coordinates, except for the indexed one.
  private let loop: StridedLoop

  /// Checks shapes. All dimensions but the indexed one may be shorter in `index`, as in PyTorch.
  init(_ x: Tensor, _ index: Tensor, _ dimension: Int, _ operation: String) throws {
    guard index.dtype == .int32 else {
      throw TensorError.wrongType(operation: operation, expected: .int32, got: index.dtype, role: "indices")
    }
    let dimension = try x.resolve(dimension, operation)
    guard x.rank > 0, x.rank == index.rank,
      x.shape.indices.allSatisfy({ $0 == dimension || index.shape[$0] <= x.shape[$0] })
    else {
      throw TensorError.shapeMismatch(
        operation: operation, left: x.shape, right: index.shape,
        hint: "as many dimensions, none but the indexed one longer in the index")
    }
    self.x = try x.contiguous(for: operation)
    self.index = try index.contiguous(for: operation)
    name = operation
    length = x.shape[dimension]
    var from = Tensor.rowMajor(x.shape)
    step = from[dimension]
    from[dimension] = 0
    loop = StridedLoop(shape: index.shape, operands: [from])
  }

  /// The order in which elements have to be worked on.
  private enum Order { case any, withinRow, all }

  /// Calls `body` with some elements of a row of the index, in order, the position of the first one's own coordinates,
  /// and the distance of the next ones; it returns the first element whose index is bad. As far as `order` allows, the
  /// calls run in parallel.
  ///
  /// - Throws: ``TensorError/indexOutside(operation:index:count:)`` for the first bad index; then some elements were
  ///   left out.
  private func forEachRow(
    in order: Order, _ body: @escaping @Sendable (_ elements: Range<Int>, _ base: Int, _ along: Int) -> Int?
  ) throws {
    guard index.count > 0 else { return }
    let loop = loop
    let row = loop.rowLength
    let along = loop.step(0)
    let piece = min(row, Device.chunkElements)
    let pieces = (row + piece - 1) / piece
    let bad = Atomic<Int>(Int.max)
    let run: @Sendable (_ number: Int, _ base: Int, _ part: Int) -> Void = { number, base, part in
      let start = part * piece
      let elements = number * row + start..<number * row + min(row, start + piece)
      if let element = body(elements, base + start * along, along) { bad.min(element, ordering: .relaxed) }
    }
    let rowsAtOnce = max(1, Device.chunkElements / row)
    if order == .any {
      x.device.parallel(loop.rows * pieces, by: rowsAtOnce) { range in
        for task in range {
          let number = task / pieces
          loop.forEachRow(in: number..<number + 1) { number, at in run(number, at[0], task % pieces) }
        }
      }
    } else {
      let watch = Interruption.Watch()
      x.device.parallel(loop.rows, by: order == .withinRow ? rowsAtOnce : loop.rows, isWhole: true) { rows in
        var watch = watch
        var isOver = false
        loop.forEachRow(in: rows) { number, at in
          for part in 0..<pieces where !isOver {
            run(number, at[0], part)
            isOver = watch.isDue(after: piece)
          }
        }
      }
    }
    let first = bad.load(ordering: .relaxed)
    if first < index.count {
      throw TensorError.indexOutside(
        operation: name, index: Int(index.pointer(Int32.self)[first]), count: length)
    }
  }

  func gather<T: Scalar>(_ type: T.Type, to result: Tensor) throws {
    let from = Shared(x.pointer(T.self))
    let to = Shared(result.pointer(T.self))
    let indices = Shared(index.pointer(Int32.self))
    let length = UInt(bitPattern: length)
    let step = step
    try forEachRow(in: .any) { elements, base, along in
      var own = base
      for element in elements {
        let value = Int(indices[element])
        guard UInt(bitPattern: value) < length else { return element }
        to[element] = from[own + value * step]
        own += along
      }
      return nil
    }
  }

  func scatterAdd(_ source: Tensor, to result: Tensor) throws {
    let from = source.sharedFloats
    let to = result.sharedFloats
    let indices = Shared(index.pointer(Int32.self))
    let length = UInt(bitPattern: length)
    let step = step
    // Where the last dimension is indexed, no two rows add to the same element.
    try forEachRow(in: step == 1 ? .withinRow : .all) { elements, base, along in
      var own = base
      for element in elements {
        let value = Int(indices[element])
        guard UInt(bitPattern: value) < length else { return element }
        to[own + value * step] += from[element]
        own += along
      }
      return nil
    }
  }

  /// - Throws: ``TensorError/outOfInt32(operation:)``.
  func scatterAddIntegers(_ source: Tensor, to result: Tensor) throws {
    let from = Shared(source.pointer(Int32.self))
    let to = Shared(result.pointer(Int32.self))
    let indices = Shared(index.pointer(Int32.self))
    let length = UInt(bitPattern: length)
    let step = step
    let isExact = Atomic<Bool>(true)
    try forEachRow(in: .all) { elements, base, along in
      for element in elements {
        let value = Int(indices[element])
        guard UInt(bitPattern: value) < length else { return element }
        let position = base + (element - elements.lowerBound) * along + value * step
        let (sum, overflows) = to[position].addingReportingOverflow(from[element])
        if overflows { isExact.store(false, ordering: .relaxed) }
        to[position] = sum
      }
      return nil
    }
    guard isExact.load(ordering: .relaxed) else { throw TensorError.outOfInt32(operation: name) }
  }
}

/// Slices selected along a dimension by int32 indices `[count]`, from 0, in their order.
public struct IndexSelect: Operation {
  public let dimension: Int
  public init(_ dimension: Int) { self.dimension = dimension }
  public var name: String { "index_select" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let index = inputs[1]
    let dimension = try inputs[0].resolve(self.dimension, name)
    guard inputs[0].rank > 0, index.rank == 1, index.dtype == .int32 else {
      throw TensorError.badShape(operation: name, shape: index.shape, expected: "a list of int32 indices")
    }
    let x = try inputs[0].contiguous(for: name)
    let rows = try index.values(as: Int32.self).map { Int($0) }
    if let bad = rows.first(where: { $0 < 0 || $0 >= x.shape[dimension] }) {
      throw TensorError.indexOutside(operation: name, index: bad, count: x.shape[dimension])
    }
    var shape = x.shape
    shape[dimension] = rows.count
    let result = try Tensor(uninitialized: shape, x.dtype, on: x.device, operation: name)
    let outer = x.shape[..<dimension].reduce(1, *)
    let bytes = x.shape[(dimension + 1)...].reduce(1, *) * x.dtype.width
    let from = Shared((x.storage.address + x.offset * x.dtype.width).assumingMemoryBound(to: UInt8.self))
    let to = Shared(result.storage.address.assumingMemoryBound(to: UInt8.self))
    let length = x.shape[dimension]
    x.device.parallel(outer * rows.count, by: max(1, 4 * Device.chunkElements / max(1, bytes))) { range in
      var block = range.lowerBound / rows.count
      var next = range.lowerBound % rows.count
      for row in range {
        let source = (block * length + rows[next]) * bytes
        if bytes == 4 {
          UnsafeMutableRawPointer(to + row * 4).storeBytes(
            of: UnsafeRawPointer(from + source).load(as: UInt32.self), as: UInt32.self)
        } else {
          (to + row * bytes).update(from: from + source, count: bytes)
        }
        next += 1
        if next == rows.count {
          next = 0
          block += 1
        }
      }
    }
    return Outcome(result, saving: [index])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let shape = step.shapes[0]
    let whole = try Tensor.full(shape, 0, on: step.upstream.device, operation: name)
    let dimension = self.dimension < 0 ? self.dimension + shape.count : self.dimension
    let rows = try step.saved[0].values(as: Int32.self).map { Int($0) }
    let inner = shape[(dimension + 1)...].reduce(1, *)
    for outer in 0..<shape[..<dimension].reduce(1, *) {
      for (i, row) in rows.enumerated() {
        let target = whole.floats + (outer * shape[dimension] + row) * inner
        let source = step.upstream.floats + (outer * rows.count + i) * inner
        for j in 0..<inner { target[j] += source[j] }
      }
    }
    return [whole, nil]
  }
}

/// Elements of one tensor where a condition holds, of another of its type elsewhere; all broadcast.
///
/// Inputs: condition (converted to bool), and two tensors of one type.
public struct Where: Operation {
  public init() {}
  public var name: String { "where" }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let condition = try inputs[0].converted(to: .bool)
    guard inputs[1].dtype == inputs[2].dtype else {
      throw TensorError.wrongType(operation: name, expected: inputs[1].dtype, got: inputs[2].dtype)
    }
    let shape = try Tensor.broadcast(
      Tensor.broadcast(inputs[1].shape, inputs[2].shape, name), condition.shape, name)
    let mask = try condition.expanded(to: shape).contiguous(for: name)
    let a = try inputs[1].expanded(to: shape).contiguous(for: name)
    let b = try inputs[2].expanded(to: shape).contiguous(for: name)
    let result = try Tensor(uninitialized: shape, a.dtype, on: a.device, operation: name)
    switch a.dtype {
    case .float32: choose(Float.self, mask, a, b, result)
    case .int32: choose(Int32.self, mask, a, b, result)
    case .bool: choose(Bool.self, mask, a, b, result)
    }
    return Outcome(result, saving: [mask])
  }

  private func choose<T: Scalar>(_ type: T.Type, _ mask: Tensor, _ a: Tensor, _ b: Tensor, _ result: Tensor) {
    let chosen = Shared(mask.pointer(Bool.self))
    let to = Shared(result.pointer(T.self))
    let x = Shared(a.pointer(T.self))
    let y = Shared(b.pointer(T.self))
    a.device.parallel(result.count, by: Device.chunkElements) { range in
      for i in range { to[i] = chosen[i] ? x[i] : y[i] }
    }
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let zero = try Tensor(0, on: step.upstream.device)
    let mask = step.saved[0]
    return [
      nil,
      step.needs[1] ? try Where()(mask, step.upstream, zero).summed(to: step.shapes[1]) : nil,
      step.needs[2] ? try Where()(mask, zero, step.upstream).summed(to: step.shapes[2]) : nil,
    ]
  }
}

/// Rows of a weight `[entries, width]` selected by int32 indices from 0 of any shape `[…]`: `[…, width]`.
public struct Embedding: Operation {
  public init() {}
  public var name: String { "embedding" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let weight = inputs[0]
    let index = inputs[1]
    guard weight.rank == 2 else {
      throw TensorError.badShape(operation: name, shape: weight.shape, expected: "(entries, width)")
    }
    let rows = try IndexSelect(0)(weight, index.reshaped([index.count]))
    return Outcome(
      try rows.reshaped(index.shape + [weight.shape[1]]), saving: [try index.reshaped([index.count])])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let rows = try step.upstream.reshaped([step.shapes[1].reduce(1, *), step.shapes[0][1]])
    let selection = BackwardStep(
      upstream: rows, saved: step.saved, shapes: [step.shapes[0], step.saved[0].shape], needs: step.needs)
    return try IndexSelect(0).gradient(selection)
  }
}
