extension Figure {
  /// Lines over a common x; without `x`, over 1, 2, 3, …. NaN makes a gap.
  public static func lines(
    _ series: [NamedValues], x: [Double]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    let lines = try collect(series) { one throws(FigureError) in
      Line(one.name, x: try common(x, "lines", one), y: one.values)
    }
    try check(lines, plot: "lines")
    return try options.figure("lines", .lines(lines))
  }

  /// Lines over a common x, by name.
  public static func lines(
    _ series: [String: [Double]], x: [Double]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    try lines(NamedValues.sorted(series), x: x, options: options)
  }

  /// Lines with bands around them; without `x`, over 1, 2, 3, ….
  public static func bands(
    _ series: [(name: String, band: Band)], x: [Double]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    let lines = try collect(series) { one throws(FigureError) in
      let (name, band) = one
      let x = try common(x, "bands", NamedValues(name, band.mid))
      return Line(name, x: x, y: band.mid, low: band.low, high: band.high)
    }
    try check(lines, plot: "bands")
    return try options.figure("bands", .lines(lines))
  }

  /// Lines with bands around them, by name.
  public static func bands(
    _ series: [String: Band], x: [Double]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    try bands(series.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, x: x, options: options)
  }

  /// Points, in groups when `groups` names one per point.
  public static func scatter(
    x: [Double], y: [Double], groups: [String]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    try same("scatter", "y", y.count, as: "x", x.count)
    try same("scatter", "groups", groups?.count ?? x.count, as: "x", x.count)
    guard !x.isEmpty else { throw .empty(plot: "scatter") }
    guard zip(x, y).contains(where: { $0.isFinite && $1.isFinite }) else {
      throw .nothingFinite(plot: "scatter", name: "y")
    }
    var found: [Points] = []
    var places: [String: Int] = [:]
    for index in x.indices where x[index].isFinite && y[index].isFinite {
      let name = groups?[index] ?? ""
      let place = places[name] ?? found.count
      if place == found.count { found.append(Points(name, x: [], y: [])) }
      places[name] = place
      found[place].x.append(x[index])
      found[place].y.append(y[index])
    }
    return try options.figure("scatter", .scatter(found))
  }

  private static func common(
    _ x: [Double]?, _ plot: String, _ series: NamedValues
  ) throws(FigureError) -> [Double] {
    guard let x else { return series.values.indices.map { Double($0 + 1) } }
    try same(plot, series.name, series.values.count, as: "x", x.count)
    return x
  }

  private static func check(_ lines: [Line], plot: String) throws(FigureError) {
    guard lines.contains(where: { !$0.y.isEmpty }) else { throw .empty(plot: plot) }
    for line in lines {
      try same(plot, line.name, line.low?.count ?? line.y.count, as: "its middle", line.y.count)
      try same(plot, line.name, line.high?.count ?? line.y.count, as: "its middle", line.y.count)
      guard zip(line.x, line.y).contains(where: { $0.isFinite && $1.isFinite }) else {
        throw .nothingFinite(plot: plot, name: line.name)
      }
    }
  }

  static func same(
    _ plot: String, _ name: String, _ count: Int, as other: String, _ expected: Int
  ) throws(FigureError) {
    if count != expected {
      throw .lengths(plot: plot, name: name, of: other, count: count, expected: expected)
    }
  }

  /// `map` with a typed error.
  static func collect<Element, Result>(
    _ elements: [Element], _ make: (Element) throws(FigureError) -> Result
  ) throws(FigureError) -> [Result] {
    var results: [Result] = []
    for element in elements { results.append(try make(element)) }
    return results
  }
}
