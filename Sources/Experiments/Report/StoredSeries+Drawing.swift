import RunStore

extension StoredSeries {
  /// The series with at most `count` points, for a drawing: of each stretch of steps the lowest and the highest value.
  func reduced(to count: Int) -> StoredSeries {
    guard steps.count > count, count >= 4 else { return self }
    var kept: [Int] = [0]
    let stretches = count / 2 - 1
    let inner = steps.count - 2
    for stretch in 0..<stretches {
      let range = (1 + stretch * inner / stretches)..<(1 + (stretch + 1) * inner / stretches)
      let finite = range.filter { values[$0].isFinite }
      guard let low = finite.min(by: { values[$0] < values[$1] }),
        let high = finite.max(by: { values[$0] < values[$1] })
      else { continue }
      kept += low == high ? [low] : [min(low, high), max(low, high)]
    }
    kept.append(steps.count - 1)
    return StoredSeries(name: name, steps: kept.map { steps[$0] }, values: kept.map { values[$0] })
  }

  /// The exponential moving average `s_t = w s_{t−1} + (1 − w) x_t`, divided by `1 − w^t` so that it does not start at
  /// 0; values that are not finite are left out.
  ///
  /// Source: TensorBoard's smoothing of scalars.
  func smoothed(_ weight: Double) -> StoredSeries {
    var average = 0.0
    var bias = 1.0
    var smoothed = StoredSeries(name: name, steps: [], values: [])
    for (step, value) in zip(steps, values) where value.isFinite {
      average = weight * average + (1 - weight) * value
      bias *= weight
      smoothed.steps.append(step)
      smoothed.values.append(average / (1 - bias))
    }
    return smoothed
  }
}
