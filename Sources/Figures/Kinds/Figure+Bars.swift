import Algorithms
import Support

extension Figure {
  /// Groups of bars: one group per label, one bar of each series in it. NaN is a missing bar.
  public struct Bars: Sendable, Hashable {
    public var labels: [String]
    public var names: [String]
    /// (series, labels).
    public var values: [[Double]]

    public init(labels: [String], names: [String], values: [[Double]]) {
      self.labels = labels
      self.names = names
      self.values = values
    }
  }

  /// Bars: one group per label, one bar of each series in it.
  ///
  /// - Throws: ``FigureError`` for lists of different lengths, a series without a finite value, no labels or
  ///   series, and more than a figure holds.
  public static func bars(
    labels: [String], _ series: [NamedValues], options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    guard !labels.isEmpty, !series.isEmpty else { throw .empty(plot: "bars") }
    for one in series {
      try checkLength("bars", one.name, one.values.count, equal: "the list of labels", labels.count)
      guard one.values.contains(where: \.isFinite) else { throw .nothingFinite(plot: "bars", name: one.name) }
    }
    let bars = Bars(labels: labels, names: series.map(\.name), values: series.map(\.values))
    return try options.figure("bars", .bars(bars))
  }

  /// One bar per name, ordered by name.
  ///
  /// - Throws: ``FigureError``, as for series of bars.
  public static func bars(
    _ values: [String: Double], options: PlotOptions = PlotOptions()
  ) throws(FigureError) -> Figure {
    let sorted = values.sorted { $0.key < $1.key }
    return try bars(labels: sorted.map(\.key), [NamedValues("", sorted.map(\.value))], options: options)
  }
}

extension Figure.Content {
  public static func bars(_ bars: Figure.Bars) -> Self { Self(bars) }
}

extension Figure.Bars: FigureKind {
  package static let plots = [
    PlotDeclaration("bars", "Bars over labels, one of each series side by side", fields: ["x", "y", "group"])
    {
      data in
      if try data.rows != nil { return try grouped(data) }
      var labels: [String]?
      let values = try data.series(main: "y").map { series in
        let heights = try data.required("y", of: series)
        let own = try data.labels("x", of: series) ?? heights.indices.map { "\($0 + 1)" }
        if let labels, labels != own { throw FigureError.otherLabels(plot: data.plot, series: series.label) }
        labels = own
        return NamedValues(series.name, heights)
      }
      return try Figure.bars(labels: labels ?? [], values, options: data.options)
    }
  ]

  /// Bars from rows: a label that a group does not have is a missing bar.
  private static func grouped(_ data: any PlotData) throws -> Figure {
    let series = try data.series(main: "y")
    let labels = try series.map { one in
      guard let labels = try data.labels("x", of: one) else {
        throw FigureError.missingField(
          plot: data.plot, series: "", field: "x", expected: "expected the name of the column with the labels"
        )
      }
      return labels
    }
    let heights = try zip(series, labels).map { one, labels in
      Dictionary(zip(labels.map { Name($0) }, try data.required("y", of: one)), uniquingKeysWith: { $1 })
    }
    let distinct = labels.joined().uniquedNames()
    let values = zip(series, heights).map { one, heights in
      NamedValues(one.name, distinct.map { heights[$0] ?? .nan })
    }
    return try Figure.bars(labels: distinct, values, options: data.labeledOptions())
  }

  package var pointCount: Int { labels.count * names.count }
  package var labelCount: Int { labels.count }

  package var bounds: PanelBounds {
    PanelBounds(
      x: 0.5...Double(labels.count) + 0.5, y: PanelBounds.rangeFromZero(values.flatMap { $0 }),
      xLabels: labels)
  }

  package func text(_ panel: Figure.Panel, width: Int, _ style: TextStyle) -> [String] {
    var lines: [BarText.Line] = []
    for (group, label) in labels.enumerated() {
      for (series, name) in names.enumerated() {
        lines.append(
          BarText.Line(label: series == 0 ? label : "", name: name, value: values[series][group]))
      }
    }
    return BarText.render(lines, panel, width: width, style)
  }

  package func plot(
    _ panel: Figure.Panel, in box: FigureLayout.Box, _ frame: PanelFrame, by script: inout GnuplotScript
  ) {
    script.lines.append("set grid noxtics")
    let width = 0.76 / Double(names.count)
    let hasLabels = names.count * labels.count <= 24
    var plots: [String] = []
    for (series, values) in values.enumerated() {
      var rows: [[Double]] = []
      for (group, value) in values.enumerated() where value.isFinite {
        let left = Double(group + 1) - 0.38 + width * Double(series)
        rows.append([left + width * 0.03, left + width * 0.97, min(value, 0), max(value, 0)])
        if hasLabels { script.label(bar: value, x: left + width / 2) }
      }
      let data = script.block(boxes: rows)
      plots.append("\(data) using 1:2:3:4:5:6 with \(script.boxStyle(names[series]))")
    }
    if frame.y.lowerBound < 0 { plots.append("0 with lines linewidth 0.8 linecolor rgb '#555555'") }
    script.plot(plots)
    script.lines.append("set grid xtics")
  }

  package func legendStyle(_ series: Int, by script: GnuplotScript) -> String {
    "boxes fillstyle solid noborder fillcolor rgb \(GnuplotText.colour(script.colour(of: names[series])))"
  }
}

extension GnuplotScript {
  /// The value of a bar at its end.
  fileprivate mutating func label(bar value: Double, x: Double) {
    lines.append(
      "set label \(GnuplotText.quoted(PlotNumber.short(value))) "
        + "at \(GnuplotText.number(x)),\(GnuplotText.number(value)) "
        + "center offset 0,\(value < 0 ? "-0.5" : "0.5") font ',10' textcolor rgb '#444444'")
  }
}
