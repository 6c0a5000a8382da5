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

    func scale(_ index: Int, by factor: Float, columns: Int) {
      let row = row(index)
      for column in 0..<columns { row[column] *= factor }
    }
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

  /// The floats that ``forward(_:_:_:into:statistics:_:isDue:)`` needs.
  var forwardScratch: Int { keyProduct.count + valueProduct.count + block * keys }

  /// Computes the result, and for every query the two numbers from which its weights are computed again.
  ///
  /// - Returns: false if it was ended early because `isDue` returned true.
  func forward(
    _ q: Rows, _ k: Rows, _ v: Rows, into result: Rows, statistics: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>, isDue: () -> Bool
  ) -> Bool {
    var scratch = Scratch(scratch)
    let keyPanels = scratch.take(keyProduct.count)
    let valuePanels = scratch.take(valueProduct.count)
    let weights = scratch.take(block * keys)
    keyProduct.pack(.init(k.values, stride: k.stride, transposed: true), into: keyPanels)
    valueProduct.pack(.init(v.values, stride: v.stride), into: valuePanels)
    for first in stride(from: 0, to: queries, by: block) {
      if isDue() { return false }
      let rows = min(block, queries - first)
      keyProduct.multiply(
        .init(q.row(first), stride: q.stride), keyPanels, into: weights, stride: keys, rows: rows)
      nj_attention_weights(weights, statistics + 2 * first, rows, keys, scale, visible(by: first))
      valueProduct.multiply(
        .init(weights, stride: keys), valuePanels, into: result.row(first), stride: result.stride, rows: rows)
      for row in first..<first + rows {
        result.scale(row, by: statistics[2 * row + 1], columns: columns)
      }
    }
    return true
  }

  /// How many keys a query attends to; negative for all.
  private func visible(by query: Int) -> Int { isCausal ? query + 1 : -1 }
}

extension AttentionKernel {
  private var queryProduct: PanelProduct { PanelProduct(inner: block, columns: width) }
  private var upstreamProduct: PanelProduct { PanelProduct(inner: block, columns: columns) }

  /// The floats that ``gradient(_:output:statistics:upstream:into:_:isDue:)`` needs.
  var gradientScratch: Int {
    keyProduct.count + valueGradientProduct.count + queryGradientProduct.count + 2 * block * keys
      + max(queryProduct.count, upstreamProduct.count)
  }

  /// Computes the gradients of the queries, keys and values.
  ///
  /// - Parameters:
  ///   - output: what ``forward(_:_:_:into:statistics:_:isDue:)`` returned.
  ///   - statistics: what it noted.
  /// - Returns: false if it was ended early because `isDue` returned true.
  func gradient(
    _ inputs: (q: Rows, k: Rows, v: Rows), output: Rows, statistics: UnsafePointer<Float>, upstream: Rows,
    into gradients: (q: Rows, k: Rows, v: Rows), _ scratch: UnsafeMutablePointer<Float>, isDue: () -> Bool
  ) -> Bool {
    var scratch = Scratch(scratch)
    let keyPanels = scratch.take(keyProduct.count)
    let valuePanels = scratch.take(valueGradientProduct.count)
    let queryPanels = scratch.take(queryGradientProduct.count)
    let weights = scratch.take(block * keys)
    let ofWeights = scratch.take(block * keys)
    let panels = scratch.take(max(queryProduct.count, upstreamProduct.count))
    keyProduct.pack(.init(inputs.k.values, stride: inputs.k.stride, transposed: true), into: keyPanels)
    valueGradientProduct.pack(
      .init(inputs.v.values, stride: inputs.v.stride, transposed: true), into: valuePanels)
    queryGradientProduct.pack(.init(inputs.k.values, stride: inputs.k.stride), into: queryPanels)
    for key in 0..<keys {
      gradients.k.row(key).update(repeating: 0, count: width)
      gradients.v.row(key).update(repeating: 0, count: columns)
    }

    for first in stride(from: 0, to: queries, by: block) {
      if isDue() { return false }
      let rows = min(block, queries - first)
      let q = Rows(values: inputs.q.row(first), stride: inputs.q.stride)
      let up = Rows(values: upstream.row(first), stride: upstream.stride)
      keyProduct.multiply(
        .init(q.values, stride: q.stride), keyPanels, into: weights, stride: keys, rows: rows)
      valueGradientProduct.multiply(
        .init(up.values, stride: up.stride), valuePanels, into: ofWeights, stride: keys, rows: rows)
      nj_attention_gradient(
        weights, ofWeights, statistics + 2 * first,
        nj_rows(values: output.row(first), stride: output.stride),
        nj_rows(values: up.values, stride: up.stride),
        columns, rows, keys, scale, visible(by: first))
      queryGradientProduct.multiply(
        .init(ofWeights, stride: keys), queryPanels, into: gradients.q.row(first), stride: gradients.q.stride,
        rows: rows)
      add(weights, of: rows, times: up, columns, panels, to: gradients.v)
      add(ofWeights, of: rows, times: q, width, panels, to: gradients.k)
    }
    return true
  }

  /// sums (keys × columns) += leftᵀ (keys × rows) · right (rows × columns).
  private func add(
    _ left: UnsafeMutablePointer<Float>, of rows: Int, times right: Rows, _ columns: Int,
    _ panels: UnsafeMutablePointer<Float>, to sums: Rows
  ) {
    let product = PanelProduct(inner: rows, columns: columns)
    product.pack(.init(right.values, stride: right.stride), into: panels)
    product.multiply(
      .init(left, stride: keys, transposed: true), panels, into: sums.values, stride: sums.stride, rows: keys,
      adds: true)
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
