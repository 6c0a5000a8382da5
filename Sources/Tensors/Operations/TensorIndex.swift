/// Part of a tensor, as an index selects it: one step for each dimension from the first on.
///
/// Integers drop their dimension and ranges keep it, both as views; a list of positions or a mask copies.
public struct TensorIndex: Sendable {
  /// What is selected of one dimension, or of as many as a mask has.
  public enum Step: Sendable {
    /// One element, from 0; from the end when negative.
    case at(Int)
    /// `count` elements from `first` (from 0) on, `stride` apart.
    case range(first: Int, count: Int, stride: Int)
    /// The whole dimension.
    case all
    /// The elements at int32 positions of any shape, from 0.
    case positions(Tensor)
    /// The elements where a bool tensor is true; its shape is that of the dimensions it covers.
    case mask(Tensor)
  }

  private let steps: [Step]
  /// The one step that copies, and where its dimension is in the view that the others make.
  private let selection: (step: Step, dimension: Int)?

  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` for more than one list of positions or mask.
  public init(_ steps: [Step]) throws(TensorError) {
    var selection: (step: Step, dimension: Int)?
    var dimension = 0
    for step in steps {
      switch step {
      case .at: continue
      case .range, .all: dimension += 1
      case .positions, .mask:
        guard selection == nil else {
          throw .badArgument(
            operation: "index", reason: "there is more than one list of positions or mask",
            hint: "index twice, or gather")
        }
        selection = (step, dimension)
        if case .mask(let mask) = step { dimension += mask.rank } else { dimension += 1 }
      }
    }
    self.steps = steps
    self.selection = selection
  }

  /// The whole tensor.
  public static let whole = TensorIndex()

  private init() {
    steps = []
    selection = nil
  }

  /// The selected part, recorded for gradients; a view where nothing is copied.
  ///
  /// - Throws: ``TensorError`` for an index outside its dimension, more steps than dimensions, or a mask of another
  ///   shape.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    let view = try view(of: x)
    guard let rows = try rows(of: view) else { return view }
    let merged = try rows.merged(view)
    let selected = try IndexSelect(rows.dimension)(merged, rows.tensor(on: x.device))
    return rows.shape.count == 1 ? selected : try selected.reshaped(rows.resultShape(of: view))
  }

  /// Replaces the selected part of `x` by a number, without recording it.
  func assign(_ number: Double, to x: Tensor, _ operation: String) throws {
    let view = try view(of: x.detached())
    if selection == nil { return try view.assign(number, operation: operation) }
    try assign(
      .full([], number, dtype: x.dtype, on: x.device, operation: operation), to: x, operation)
  }

  /// Replaces the selected part of `x` by `source`, broadcast, without recording it.
  func assign(_ source: Tensor, to x: Tensor, _ operation: String) throws {
    let view = try view(of: x.detached())
    guard let rows = try rows(of: view) else { return try view.assign(source, operation: operation) }
    let value = try source.detached().exactly(as: x.dtype, operation)
    let shape = rows.resultShape(of: view)
    guard try Tensor.broadcast(shape, value.shape, operation) == shape else {
      throw TensorError.shapeMismatch(
        operation: operation, left: shape, right: value.shape,
        hint: "the value must be broadcastable to the elements it replaces")
    }
    let sources = try value.expanded(to: shape).cloned()
    // A contiguous view is written where it is.
    let target = try rows.merged(view)
    rows.copy(sources, to: target)
    if target.storage !== x.storage {
      try view.assign(target.reshaped(view.shape), operation: operation)
    } else {
      x.storage.noteChange()
    }
  }

  /// The view that all steps but the one that copies make.
  private func view(of x: Tensor) throws -> Tensor {
    var view = x
    var dimension = 0
    for step in steps {
      guard dimension < view.rank else {
        throw TensorError.badShape(
          operation: "index", shape: x.shape, expected: "at least \(steps.count) dimensions")
      }
      switch step {
      case .at(let index): view = try view.select(dimension, index)
      case .range(let first, let count, let stride):
        view = try Slice(dimension, from: first, count: count, stride: stride)(view)
        dimension += 1
      case .all, .positions: dimension += 1
      case .mask(let mask): dimension += mask.rank
      }
    }
    return view
  }

  /// The rows that the step which copies selects; nil without such a step.
  private func rows(of view: Tensor) throws -> SelectedRows? {
    guard let (step, dimension) = selection else { return nil }
    switch step {
    case .mask(let mask):
      let end = dimension + mask.rank
      guard mask.rank > 0, end <= view.rank, Array(view.shape[dimension..<end]) == mask.shape else {
        throw TensorError.shapeMismatch(
          operation: "index", left: view.shape, right: mask.shape,
          hint: "a mask has the shape of the dimensions that it selects from")
      }
      let rows = try mask.values(as: Bool.self).enumerated().compactMap { $1 ? $0 : nil }
      return SelectedRows(dimension: dimension, covered: mask.rank, rows: rows, shape: [rows.count])
    case .positions(let positions):
      let length = view.shape[dimension]
      let rows = try positions.values(as: Int32.self).map(Int.init)
      if let bad = rows.first(where: { $0 < 0 || $0 >= length }) {
        throw TensorError.indexOutside(operation: "index", index: bad, count: length)
      }
      return SelectedRows(dimension: dimension, covered: 1, rows: rows, shape: positions.shape)
    default: return nil
    }
  }
}

/// Rows of a dimension, or of several taken as one.
private struct SelectedRows {
  let dimension: Int
  /// How many dimensions are taken as one.
  let covered: Int
  /// The rows' numbers, from 0.
  let rows: [Int]
  /// The shape of the selection.
  let shape: [Int]

  func tensor(on device: Device) throws -> Tensor {
    try Tensor(rows.map { Int32(clamping: $0) }, shape: [rows.count], on: device)
  }

  /// `x` with the covered dimensions as one.
  func merged(_ x: Tensor) throws -> Tensor {
    covered == 1 ? try x.contiguous() : try x.flattened(dimension, dimension + covered - 1)
  }

  /// The shape of what is selected of `x`.
  func resultShape(of x: Tensor) -> [Int] {
    Array(x.shape[..<dimension]) + shape + Array(x.shape[(dimension + covered)...])
  }

  /// Copies the rows of `source` to these of `target`; both are contiguous and of one type.
  func copy(_ source: Tensor, to target: Tensor) {
    let inner = target.shape[(dimension + 1)...].reduce(1, *) * target.dtype.width
    let outer = target.shape[..<dimension].reduce(1, *)
    let length = target.shape[dimension]
    let from = source.bytesPointer
    let to = target.bytesPointer
    for block in 0..<outer {
      for (i, row) in rows.enumerated() {
        (to + (block * length + row) * inner).update(
          from: from + (block * rows.count + i) * inner, count: inner)
      }
    }
  }
}

extension Tensor {
  /// The bytes of the first element on, of a contiguous tensor.
  fileprivate var bytesPointer: UnsafeMutablePointer<UInt8> {
    (storage.address + offset * dtype.width).assumingMemoryBound(to: UInt8.self)
  }
}
