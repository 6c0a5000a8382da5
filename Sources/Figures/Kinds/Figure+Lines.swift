extension Figure {
  /// A line, with a band around it when `low` and `high` are given. NaN is a gap.
  public struct Line: Sendable, Hashable {
    public var name: String
    public var x: [Double]
    public var y: [Double]
    public var low: [Double]?
    public var high: [Double]?

    public init(_ name: String, x: [Double], y: [Double], low: [Double]? = nil, high: [Double]? = nil) {
      self.name = name
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  /// Lines between one pair of axes.
  package struct Lines: FigureKind {
    package var lines: [Line]

    package init(_ lines: [Line]) { self.lines = lines }
  }
}

extension Figure.Content {
  public static func lines(_ lines: [Figure.Line]) -> Self { Self(Figure.Lines(lines)) }
}

extension Figure {
  /// Lines over a common x; without `x`, over 1, 2, 3, …. NaN makes a gap.
  ///
  /// - Throws: ``FigureError`` for lists of different lengths, a series without a finite value, no values, and more
  ///   than a figure holds.
  public static func lines(
    _ series: [NamedValues], x: [Double]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    let lines = try collect(series) { one throws(FigureError) in
      Line(one.name, x: try positions(x, "lines", one), y: one.values)
    }
    try check(lines, plot: "lines")
    return try options.figure("lines", .lines(lines))
  }

  /// Lines over a common x, ordered by name.
  ///
  /// - Throws: ``FigureError``, as for a list of series.
  public static func lines(
    _ series: [String: [Double]], x: [Double]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    try lines(NamedValues.sorted(series), x: x, options: options)
  }

  /// Lines with bands around them; without `x`, over 1, 2, 3, ….
  ///
  /// - Throws: ``FigureError``, as for lines.
  public static func bands(
    _ series: [(name: String, band: Band)], x: [Double]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    let lines = try collect(series) { one throws(FigureError) in
      let band = one.band
      let x = try positions(x, "bands", NamedValues(one.name, band.mid))
      return Line(one.name, x: x, y: band.mid, low: band.low, high: band.high)
    }
    try check(lines, plot: "bands")
    return try options.figure("bands", .lines(lines))
  }

  /// Lines with bands around them, ordered by name.
  ///
  /// - Throws: ``FigureError``, as for lines.
  public static func bands(
    _ series: [String: Band], x: [Double]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    try bands(series.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, x: x, options: options)
  }

  private static func positions(
    _ x: [Double]?, _ plot: String, _ series: NamedValues
  ) throws(FigureError) -> [Double] {
    guard let x else { return series.values.indices.map { Double($0 + 1) } }
    try checkLength(plot, series.name, series.values.count, equal: "x", x.count)
    return x
  }

  private static func check(_ lines: [Line], plot: String) throws(FigureError) {
    guard lines.contains(where: { !$0.y.isEmpty }) else { throw .empty(plot: plot) }
    for line in lines {
      try checkLength(plot, line.name, line.low?.count ?? line.y.count, equal: "its middle", line.y.count)
      try checkLength(plot, line.name, line.high?.count ?? line.y.count, equal: "its middle", line.y.count)
      guard zip(line.x, line.y).contains(where: { $0.isFinite && $1.isFinite }) else {
        throw .nothingFinite(plot: plot, name: line.name)
      }
    }
  }

  /// `map` with a typed error.
  private static func collect<Element, Result>(
    _ elements: [Element], _ make: (Element) throws(FigureError) -> Result
  ) throws(FigureError) -> [Result] {
    var results: [Result] = []
    for element in elements { results.append(try make(element)) }
    return results
  }
}

// From a script.
extension Figure.Lines {
  package static let plots = [
    PlotDeclaration(
      "lines", "Lines; with low and high, bands around them", fields: ["x", "y", "low", "high", "group"]
    ) { data in
      try figure(data, data.series(main: "y").map { try line($0, data, needsBand: false) })
    },
    PlotDeclaration(
      "bands", "Lines with a band: low and high, or runs for mean, 5th and 95th percentile",
      fields: ["x", "y", "low", "high", "group", "runs"], summarised: ["runs"]
    ) { data in
      let lines = try data.series(main: "runs").map { series in
        guard let band = try data.band("runs", of: series) else {
          return try line(series, data, needsBand: true)
        }
        return Figure.Line(
          series.name, x: try positions(series, data, count: band.mid.count), y: band.mid, low: band.low,
          high: band.high)
      }
      return try figure(data, lines)
    },
  ]

  private static func line(
    _ series: PlotSeries, _ data: any PlotData, needsBand: Bool
  ) throws -> Figure.Line {
    let y = try data.required("y", of: series)
    let low = try data.numbers("low", of: series)
    let high = try data.numbers("high", of: series)
    guard (low == nil) == (high == nil), low != nil || !needsBand else {
      throw FigureError.missingField(
        plot: data.plot, series: series.label, field: low == nil ? "low" : "high",
        expected: "a band needs low and high")
    }
    try data.checkLengths(series, "low", low?.count ?? y.count, equal: "y", y.count)
    try data.checkLengths(series, "high", high?.count ?? y.count, equal: "y", y.count)
    return Figure.Line(
      series.name, x: try positions(series, data, count: y.count), y: y, low: low, high: high)
  }

  /// The x of a line; 1, 2, 3, … when it was left out.
  private static func positions(
    _ series: PlotSeries, _ data: any PlotData, count: Int
  ) throws -> [Double] {
    guard let x = try data.numbers("x", of: series) else { return (0..<count).map { Double($0 + 1) } }
    try data.checkLengths(series, "y", count, equal: "x", x.count)
    return x
  }

  private static func figure(_ data: any PlotData, _ lines: [Figure.Line]) throws -> Figure {
    for line in lines where !zip(line.x, line.y).contains(where: { $0.isFinite && $1.isFinite }) {
      if line.y.isEmpty { throw FigureError.empty(plot: data.plot) }
      throw FigureError.nothingFinite(plot: data.plot, name: line.name)
    }
    return try data.labeledOptions().figure(data.plot, .lines(lines))
  }
}

// Drawing.
extension Figure.Lines {
  package var names: [String] { lines.map(\.name) }
  package var pointCount: Int { lines.reduce(0) { $0 + $1.y.count } }

  package var bounds: PanelBounds {
    PanelBounds(
      x: PanelBounds.range(lines.flatMap(\.x), padding: 0.02),
      y: PanelBounds.range(lines.flatMap { $0.y + ($0.low ?? []) + ($0.high ?? []) }, padding: 0.06),
      hasIntegerX: lines.allSatisfy { $0.x.allSatisfy { $0 == $0.rounded() } })
  }

  package func text(_ panel: Figure.Panel, width: Int, _ style: TextStyle) -> [String] {
    CanvasText.render(panel, width: width, style) { canvas, _ in
      for line in lines { Self.shade(line, &canvas, style) }
      for line in lines { Self.draw(line, &canvas, style) }
    }
  }

  private static func shade(_ line: Figure.Line, _ canvas: inout TextCanvas, _ style: TextStyle) {
    guard let low = line.low, let high = line.high else { return }
    for index in line.x.indices.dropFirst() {
      let ends = [index - 1, index]
      guard ends.allSatisfy({ line.x[$0].isFinite && low[$0].isFinite && high[$0].isFinite }) else {
        continue
      }
      let from = canvas.column(line.x[index - 1])
      let to = canvas.column(line.x[index])
      for column in min(from, to)...max(from, to) {
        let fraction = from == to ? 0 : Double(column - from) / Double(to - from)
        let between = { (values: [Double]) in
          values[index - 1] + (values[index] - values[index - 1]) * fraction
        }
        canvas.shade(
          column: column, low: between(low), high: between(high), series: style.index(of: line.name))
      }
    }
  }

  private static func draw(_ line: Figure.Line, _ canvas: inout TextCanvas, _ style: TextStyle) {
    let series = style.index(of: line.name)
    let points = line.x.indices.map { (x: line.x[$0], y: line.y[$0]) }
    let isDrawn = points.map { $0.x.isFinite && $0.y.isFinite }
    for index in points.indices.dropFirst() where isDrawn[index] && isDrawn[index - 1] {
      canvas.line(from: points[index - 1], to: points[index], series: series)
    }
    // Marks on every point of a short line; on a long one, a few that identify it.
    let every = points.count <= canvas.columns / 4 ? 1 : max(points.count / 6, 1)
    for index in points.indices where isDrawn[index] && index % every == series % every {
      canvas.mark(points[index], style.mark(line.name), series: series)
    }
    if points.count == 1, isDrawn[0] { canvas.mark(points[0], style.mark(line.name), series: series) }
  }

  /// Bands first, so that no line lies under one.
  package func plot(
    _ panel: Figure.Panel, in box: FigureLayout.Box, _ frame: PanelFrame, by script: inout GnuplotScript
  ) {
    var plots: [String] = []
    for line in lines {
      guard let low = line.low, let high = line.high else { continue }
      let points = line.x.indices.map { [line.x[$0], low[$0], high[$0]] }
      let paint = GnuplotText.colour(script.colour(of: line.name), opacity: 0.18)
      // One block per unbroken stretch: gnuplot would fill across a gap.
      for stretch in points.split(whereSeparator: { !$0.allSatisfy(\.isFinite) }) {
        plots.append(
          "\(script.block(Array(stretch))) using 1:2:3 "
            + "with filledcurves fillstyle solid noborder fillcolor rgb \(paint)")
      }
    }
    for (series, line) in lines.enumerated() {
      let data = script.block(points: line.x.indices.map { [line.x[$0], line.y[$0]] })
      plots.append("\(data) using 1:2 with \(legendStyle(series, by: script))")
    }
    script.plot(plots)
  }

  package func legendStyle(_ series: Int, by script: GnuplotScript) -> String {
    let name = lines[series].name
    let paint = "linecolor rgb \(GnuplotText.colour(script.colour(of: name)))"
    let line = "linewidth 1.8 dashtype \(script.dash(of: name)) \(paint)"
    return lines[series].x.count <= 40
      ? "linespoints \(line) pointtype \(script.mark(of: name)) pointsize 0.55" : "lines \(line)"
  }
}
