extension Figure {
  /// Counts in bins of one width, shared by all series.
  public struct Histogram: Sendable, Hashable {
    /// Ends of the bins, one more than bins.
    public var edges: [Double]
    public var names: [String]
    /// (series, bins).
    public var counts: [[Int]]

    public init(edges: [Double], names: [String], counts: [[Int]]) {
      self.edges = edges
      self.names = names
      self.counts = counts
    }
  }

  /// How the values of each series are distributed: counts in `bins` bins of one width over the range of all of them.
  ///
  /// - Throws: ``FigureError``, as ``Histogram/init(of:bins:)``.
  public static func histogram(
    _ series: [NamedValues], bins: Int? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    let histogram = try Histogram(of: series, bins: bins)
    var options = options
    if options.yLabel.isEmpty { options.yLabel = "count" }
    return try options.figure("histogram", .histogram(histogram))
  }

  /// How the values of each series are distributed, ordered by name.
  ///
  /// - Throws: ``FigureError``, as for a list of series.
  public static func histogram(
    _ series: [String: [Double]], bins: Int? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    try histogram(NamedValues.sorted(series), bins: bins, options: options)
  }
}

extension Figure.Histogram {
  /// The counts of values in `bins` bins of one width over the range of all series.
  ///
  /// Without `bins`, as many as Sturges's rule (1926) says, `⌈log2 n⌉ + 1`, at most 60. A bin includes its lower end,
  /// the last one both (as `numpy.histogram`); NaN and infinities are left out.
  ///
  /// - Throws: ``FigureError`` for a series without a finite value, no values, a number of bins outside 1 to
  ///   10,000, and a range whose width is not finite.
  public init(of series: [NamedValues], bins: Int? = nil) throws(FigureError) {
    guard series.contains(where: { !$0.values.isEmpty }) else { throw .empty(plot: "histogram") }
    for one in series where !one.values.contains(where: \.isFinite) {
      throw .nothingFinite(plot: "histogram", name: one.name)
    }
    if let bins, !Self.binRange.contains(bins) {
      throw .badOption(plot: "histogram", option: "bins", reason: "must be from 1 to 10000, not \(bins)")
    }
    let finite = series.map { $0.values.filter(\.isFinite) }
    let largest = finite.map(\.count).max() ?? 1
    let count = bins ?? min(Int.bitWidth - max(largest - 1, 0).leadingZeroBitCount + 1, 60)
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
    self.init(edges: edges, names: series.map(\.name), counts: counts)
  }
}

extension Figure.Content {
  public static func histogram(_ histogram: Figure.Histogram) -> Self { Self(histogram) }
}

extension Figure.Histogram: FigureKind {
  fileprivate static let binRange = 1...10_000

  package static let plots = [
    PlotDeclaration(
      "histogram", "How often values fall into bins of one width", fields: ["x", "group"],
      options: [.init(name: "bins", range: binRange)], summarised: ["x"]
    ) { data in
      let values = try data.series(main: "x").map { NamedValues($0.name, try data.required("x", of: $0)) }
      return try Figure.histogram(values, bins: data.integer("bins"), options: data.labeledOptions())
    }
  ]

  package var pointCount: Int { edges.count * names.count }

  package var bounds: PanelBounds {
    PanelBounds(
      x: PanelBounds.range(edges, padding: 0.02),
      y: PanelBounds.rangeFromZero(counts.flatMap { $0.map(Double.init) }))
  }

  package func text(_ panel: Figure.Panel, width: Int, _ style: TextStyle) -> [String] {
    var lines: [BarText.Line] = []
    for bin in edges.indices.dropLast() {
      let label = "\(PlotNumber.short(edges[bin])) … \(PlotNumber.short(edges[bin + 1]))"
      for (series, name) in names.enumerated() {
        lines.append(
          BarText.Line(label: series == 0 ? label : "", name: name, value: Double(counts[series][bin])))
      }
    }
    let x = panel.x.label.isEmpty ? [] : [DisplayText.line(panel.x.label)]
    return x + BarText.render(lines, panel, width: width, style)
  }

  package func plot(
    _ panel: Figure.Panel, in box: FigureLayout.Box, _ frame: PanelFrame, by script: inout GnuplotScript
  ) {
    let opacity = names.count > 1 ? 0.55 : 0.9
    var plots: [String] = []
    for (series, counts) in counts.enumerated() {
      let rows = counts.enumerated().filter { $0.element > 0 }.map { bin, count in
        [edges[bin], edges[bin + 1], 0, Double(count)]
      }
      plots.append(
        "\(script.block(boxes: rows)) using 1:2:3:4:5:6 "
          + "with \(script.boxStyle(names[series], opacity: opacity))")
    }
    script.plot(plots)
  }

  package func legendStyle(_ series: Int, by script: GnuplotScript) -> String {
    "boxes fillstyle solid noborder "
      + "fillcolor rgb \(GnuplotText.colour(script.colour(of: names[series]), opacity: 0.55))"
  }
}
