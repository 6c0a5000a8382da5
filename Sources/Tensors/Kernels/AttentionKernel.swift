import VectorKernels

/// Attention of one batch and head: softmax(q·kᵀ · scale)·v, a block of queries at a time, and its gradient.
///
/// Each sum adds its terms in an order that depends on the sizes alone.
struct AttentionKernel: Sendable {
  /// A matrix whose rows are `stride` apart.
  struct Rows {
    let values: UnsafeMutablePointer<Float>
    let stride: Int

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { values + index * stride }
  }

  let queries: Int
  let keys: Int
  let width: Int
  let columns: Int
  let scale: Float
  let isCausal: Bool

  /// Queries of a block: its weights stay in a core's cache.
  private var block: Int { max(1, min(queries, 48, 32_768 / max(1, keys))) }

  private var keyProduct: PanelProduct { PanelProduct(inner: width, columns: keys) }
  private var valueProduct: PanelProduct { PanelProduct(inner: keys, columns: columns) }
  private var valueGradientProduct: PanelProduct { PanelProduct(inner: columns, columns: keys) }
  private var queryGradientProduct: PanelProduct { PanelProduct(inner: keys, columns: width) }

  /// The floats that ``forward(_:_:_:into:_:isDue:)`` needs.
  var forwardScratch: Int { keyProduct.count + valueProduct.count + block * (width + keys) }

  /// Computes the result.
  ///
  /// - Returns: false if it was ended early because `isDue` returned true.
  func forward(
    _ q: Rows, _ k: Rows, _ v: Rows, into result: Rows, _ scratch: UnsafeMutablePointer<Float>,
    isDue: () -> Bool
  ) -> Bool {
    var scratch = Scratch(scratch)
    let keyPanels = scratch.take(keyProduct.count)
    let valuePanels = scratch.take(valueProduct.count)
    let scaled = scratch.take(block * width)
    let weights = scratch.take(block * keys)
    keyProduct.pack(.init(k.values, stride: k.stride, transposed: true), into: keyPanels)
    valueProduct.pack(.init(v.values, stride: v.stride), into: valuePanels)
    for first in stride(from: 0, to: queries, by: block) {
      if isDue() { return false }
      let rows = min(block, queries - first)
      computeWeights(q, first, rows, keyPanels, scaled, into: weights)
      valueProduct.multiply(
        .init(weights, stride: keys), valuePanels, into: result.row(first), stride: result.stride, rows: rows)
    }
    return true
  }

  /// The weights of `rows` queries from `first` on, and these queries times the scale, both contiguous.
  private func computeWeights(
    _ q: Rows, _ first: Int, _ rows: Int, _ keyPanels: UnsafePointer<Float>,
    _ scaled: UnsafeMutablePointer<Float>, into weights: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let from = q.row(first + row)
      for column in 0..<width { scaled[row * width + column] = from[column] * scale }
    }
    keyProduct.multiply(
      .init(scaled, stride: width), keyPanels, into: weights, stride: keys, rows: rows)
    if isCausal {
      for row in 0..<rows where first + row + 1 < keys {
        (weights + (row * keys + first + row + 1)).update(
          repeating: -.infinity, count: keys - first - row - 1)
      }
    }
    nj_softmax_rows(weights, weights, rows, keys, 0)
  }
}

extension AttentionKernel {
  /// The floats that ``gradient(_:upstream:into:_:isDue:)`` needs.
  var gradientScratch: Int {
    keyProduct.count + valueGradientProduct.count + queryGradientProduct.count + block * (width + 2 * keys)
      + block * max(width, columns) + PanelProduct(inner: block, columns: keys).count + keys
      * (columns + width)
  }

  /// Computes the gradients of the queries, keys and values.
  ///
  /// - Returns: false if it was ended early because `isDue` returned true.
  func gradient(
    _ inputs: (q: Rows, k: Rows, v: Rows), upstream: Rows, into gradients: (q: Rows, k: Rows, v: Rows),
    _ scratch: UnsafeMutablePointer<Float>, isDue: () -> Bool
  ) -> Bool {
    var scratch = Scratch(scratch)
    let keyPanels = scratch.take(keyProduct.count)
    let valuePanels = scratch.take(valueGradientProduct.count)
    let queryPanels = scratch.take(queryGradientProduct.count)
    let scaled = scratch.take(block * width)
    let weights = scratch.take(block * keys)
    let ofScores = scratch.take(block * keys)
    let transposed = scratch.take(block * max(width, columns))
    let panels = scratch.take(PanelProduct(inner: block, columns: keys).count)
    let ofValues = scratch.take(keys * columns)
    let ofKeys = scratch.take(keys * width)
    keyProduct.pack(.init(inputs.k.values, stride: inputs.k.stride, transposed: true), into: keyPanels)
    valueGradientProduct.pack(
      .init(inputs.v.values, stride: inputs.v.stride, transposed: true), into: valuePanels)
    queryGradientProduct.pack(.init(inputs.k.values, stride: inputs.k.stride), into: queryPanels)
    ofValues.update(repeating: 0, count: keys * columns)
    ofKeys.update(repeating: 0, count: keys * width)

    for first in stride(from: 0, to: queries, by: block) {
      if isDue() { return false }
      let rows = min(block, queries - first)
      let up = Rows(values: upstream.row(first), stride: upstream.stride)
      computeWeights(inputs.q, first, rows, keyPanels, scaled, into: weights)
      add(up, rows, columns, times: weights, transposed, panels, to: ofValues)
      valueGradientProduct.multiply(
        .init(up.values, stride: up.stride), valuePanels, into: ofScores, stride: keys, rows: rows)
      nj_softmax_gradient(weights, ofScores, ofScores, rows, keys, 0)
      add(Rows(values: scaled, stride: width), rows, width, times: ofScores, transposed, panels, to: ofKeys)
      let ofQueries = gradients.q.row(first)
      queryGradientProduct.multiply(
        .init(ofScores, stride: keys), queryPanels, into: ofQueries, stride: gradients.q.stride, rows: rows)
      for row in 0..<rows {
        let to = gradients.q.row(first + row)
        for column in 0..<width { to[column] *= scale }
      }
    }
    Self.transpose(ofValues, rows: columns, columns: keys, into: gradients.v)
    Self.transpose(ofKeys, rows: width, columns: keys, into: gradients.k)
    return true
  }

  /// sums (columns × keys) += leftᵀ (columns × rows) · right (rows × keys).
  private func add(
    _ left: Rows, _ rows: Int, _ columns: Int, times right: UnsafeMutablePointer<Float>,
    _ transposed: UnsafeMutablePointer<Float>, _ panels: UnsafeMutablePointer<Float>,
    to sums: UnsafeMutablePointer<Float>
  ) {
    let product = PanelProduct(inner: rows, columns: keys)
    Self.transpose(
      left.values, rows: rows, stride: left.stride, columns: columns,
      into: Rows(values: transposed, stride: rows))
    product.pack(.init(right, stride: keys), into: panels)
    product.multiply(
      .init(transposed, stride: rows), panels, into: sums, stride: keys, rows: columns, adds: true)
  }

  private static func transpose(
    _ from: UnsafePointer<Float>, rows: Int, stride: Int? = nil, columns: Int, into result: Rows
  ) {
    let stride = stride ?? columns
    for column in 0..<columns {
      let to = result.row(column)
      for row in 0..<rows { to[row] = from[row * stride + column] }
    }
  }
}

/// Memory that is handed out part by part.
private struct Scratch {
  private var next: UnsafeMutablePointer<Float>

  init(_ memory: UnsafeMutablePointer<Float>) { next = memory }

  mutating func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    defer { next += count }
    return next
  }
}
