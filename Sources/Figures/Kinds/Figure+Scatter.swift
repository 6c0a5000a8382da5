import Support

extension Figure {
  /// Points of one group.
  public struct Points: Sendable, Hashable {
    public var name: String
    public var x: [Double]
    public var y: [Double]

    public init(_ name: String, x: [Double], y: [Double]) {
      self.name = name
      self.x = x
      self.y = y
    }
  }

  /// Groups of points between one pair of axes.
  package struct Scatter: FigureKind {
    package var groups: [Points]

    package init(_ groups: [Points]) { self.groups = groups }
  }

  /// Points, in groups when `groups` names one per point. Points that are not finite are left out.
  ///
  /// - Throws: ``FigureError`` for lists of different lengths, no finite point, and more than a figure holds.
  public static func scatter(
    x: [Double], y: [Double], groups: [String]? = nil, options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    try checkLength("scatter", "y", y.count, equal: "x", x.count)
    guard let groups else { return try scatter([Points("", x: x, y: y)], options: options) }
    try checkLength("scatter", "groups", groups.count, equal: "x", x.count)
    return try scatter(
      x.indices.map { Points(groups[$0], x: [x[$0]], y: [y[$0]]) }, options: options)
  }

  /// The points of several series, whose `x` and `y` are of one length; those of one name are one group.
  ///
  /// - Throws: ``FigureError`` as ``scatter(x:y:groups:options:)``.
  static func scatter(_ series: [Points], options: PlotOptions) throws(FigureError) -> Figure {
    guard series.contains(where: { !$0.x.isEmpty }) else { throw .empty(plot: "scatter") }
    var groups: [Points] = []
    var indices: [Name: Int] = [:]
    for points in series {
      let kept = points.x.indices.filter { points.x[$0].isFinite && points.y[$0].isFinite }
      guard !kept.isEmpty else { continue }
      let group = indices[points.name] ?? groups.count
      if group == groups.count { groups.append(Points(points.name, x: [], y: [])) }
      indices[points.name] = group
      groups[group].x += kept.map { points.x[$0] }
      groups[group].y += kept.map { points.y[$0] }
    }
    guard !groups.isEmpty else { throw .nothingFinite(plot: "scatter", name: "y") }
    return try options.figure("scatter", .scatter(groups))
  }
}

extension Figure.Content {
  public static func scatter(_ groups: [Figure.Points]) -> Self { Self(Figure.Scatter(groups)) }
}

extension Figure.Scatter {
  package static let plots = [
    PlotDeclaration("scatter", "Points", fields: ["x", "y", "group"]) { data in
      let points = try data.series(main: "y").map { series in
        let heights = try data.required("y", of: series)
        let positions = try data.required("x", of: series)
        try data.checkLengths(series, "y", heights.count, equal: "x", positions.count)
        return Figure.Points(series.name, x: positions, y: heights)
      }
      return try Figure.scatter(points, options: data.labeledOptions())
    }
  ]

  package var names: [String] { groups.map(\.name) }
  package var pointCount: Int { groups.reduce(0) { $0 + $1.x.count } }

  package var bounds: PanelBounds {
    PanelBounds(
      x: PanelBounds.range(groups.flatMap(\.x), padding: 0.05),
      y: PanelBounds.range(groups.flatMap(\.y), padding: 0.06))
  }

  package func text(_ panel: Figure.Panel, width: Int, _ style: TextStyle) -> [String] {
    CanvasText.render(panel, width: width, style) { canvas, frame in
      for group in groups {
        for point in zip(group.x, group.y) where frame.x.contains(point.0) && frame.y.contains(point.1) {
          canvas.mark((point.0, point.1), style.mark(group.name), series: style.index(of: group.name))
        }
      }
    }
  }

  package func plot(
    _ panel: Figure.Panel, in box: FigureLayout.Box, _ frame: PanelFrame, by script: inout GnuplotScript
  ) {
    var plots: [String] = []
    for (series, group) in groups.enumerated() {
      let data = script.block(points: group.x.indices.map { [group.x[$0], group.y[$0]] })
      plots.append("\(data) using 1:2 with \(legendStyle(series, by: script))")
    }
    script.plot(plots)
  }

  package func legendStyle(_ series: Int, by script: GnuplotScript) -> String {
    let name = groups[series].name
    let paint = GnuplotText.colour(script.colour(of: name), opacity: 0.75)
    return "points pointtype \(script.mark(of: name)) pointsize 0.6 linecolor rgb \(paint)"
  }
}
