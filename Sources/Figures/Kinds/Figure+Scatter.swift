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
    try checkLength("scatter", "groups", groups?.count ?? x.count, equal: "x", x.count)
    guard !x.isEmpty else { throw .empty(plot: "scatter") }
    guard zip(x, y).contains(where: { $0.isFinite && $1.isFinite }) else {
      throw .nothingFinite(plot: "scatter", name: "y")
    }
    var points: [Points] = []
    var indices: [Name: Int] = [:]
    for index in x.indices where x[index].isFinite && y[index].isFinite {
      let name = groups?[index] ?? ""
      let group = indices[name] ?? points.count
      if group == points.count { points.append(Points(name, x: [], y: [])) }
      indices[name] = group
      points[group].x.append(x[index])
      points[group].y.append(y[index])
    }
    return try options.figure("scatter", .scatter(points))
  }
}

extension Figure.Content {
  public static func scatter(_ groups: [Figure.Points]) -> Self { Self(Figure.Scatter(groups)) }
}

extension Figure.Scatter {
  package static let plots = [
    PlotDeclaration("scatter", "Points", fields: ["x", "y", "group"]) { data in
      var x: [Double] = []
      var y: [Double] = []
      var groups: [String] = []
      for series in try data.series(main: "y") {
        let heights = try data.required("y", of: series)
        let positions = try data.required("x", of: series)
        try data.checkLengths(series, "y", heights.count, equal: "x", positions.count)
        x += positions
        y += heights
        groups += heights.map { _ in series.name }
      }
      return try Figure.scatter(x: x, y: y, groups: groups, options: data.labeledOptions())
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
