extension ObserverFactory {
  /// The same observers, each wrapped in another that observes or tests it.
  public func wrapping(_ wrap: @escaping (any SessionObserver) -> any SessionObserver) -> ObserverFactory {
    ObserverFactory(title) { try wrap(make($0)) }
  }
}

extension TestedBatch {
  /// Some of its samples, by their positions in it, in this order.
  ///
  /// - Throws: `TensorError` for a position outside the batch.
  public func part(_ chosen: [Int]) throws -> TestedBatch {
    func own<Element>(_ list: [Element]) -> [Element] { chosen.map { list[$0] } }
    return TestedBatch(
      session: session, positions: own(positions), split: split, rows: own(rows),
      features: try features.selectingRows(chosen), scores: try scores.selectingRows(chosen),
      predictions: own(predictions), labels: own(labels), score: score)
  }
}
