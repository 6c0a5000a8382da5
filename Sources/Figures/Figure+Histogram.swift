extension Figure {
  /// How the values of each series spread: counts in `bins` bins of one width over the range of all of them.
  ///
  /// Without `bins`, as many as Sturges's rule gives (`⌈log2 n⌉ + 1`, 1926), at most 60. A bin has its lower
  /// end, the last one both (as `numpy.histogram`); NaN and infinities are left out.
  public static func histogram(
    _ series: [NamedValues], bins: Int? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    guard series.contains(where: { !$0.values.isEmpty }) else { throw .empty(plot: "histogram") }
    for one in series where !one.values.contains(where: \.isFinite) {
      throw .nothingFinite(plot: "histogram", name: one.name)
    }
    if let bins, !(1...10_000).contains(bins) {
      throw .badOption(plot: "histogram", option: "bins", reason: "must be from 1 to 10000, not \(bins)")
    }
    let finite = series.map { $0.values.filter(\.isFinite) }
    let most = finite.map(\.count).max() ?? 1
    let count = bins ?? min(Int.bitWidth - max(most - 1, 0).leadingZeroBitCount + 1, 60)
    var low = finite.lazy.joined().min() ?? 0
    var high = finite.lazy.joined().max() ?? 1
    if low == high {
      let margin = max(0.5, abs(low) * 1e-9)  // beside a large number, a half is nothing
      low = low - margin
      high = high + margin
    }
    guard ((high - low) * Double(count)).isFinite else {
      throw .badOption(plot: "histogram", option: "the range of the values", reason: "is too wide for bins")
    }
    let edges = (0...count).map { low + (high - low) * Double($0) / Double(count) }
    let counts = finite.map { values in
      values.reduce(into: [Int](repeating: 0, count: count)) { counts, value in
        counts[min(Int((value - low) / (high - low) * Double(count)), count - 1)] += 1
      }
    }
    let histogram = Histogram(edges: edges, names: series.map(\.name), counts: counts)
    var options = options
    if options.yLabel.isEmpty { options.yLabel = "count" }
    return try options.figure("histogram", .histogram(histogram))
  }

  /// How the values of each series spread, by name.
  public static func histogram(
    _ series: [String: [Double]], bins: Int? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    try histogram(NamedValues.sorted(series), bins: bins, options: options)
  }
}
