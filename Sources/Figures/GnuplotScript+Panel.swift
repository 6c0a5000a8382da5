extension GnuplotScript {
  /// One panel: its axes, then what is between them.
  mutating func add(_ panel: Figure.Panel, _ index: Int) {
    let frame = PanelFrame(panel)
    let box = layout.panels[index]
    place(box)
    lines += [
      "set title \(GnuplotText.quoted(panel.title)) font 'Arial:Bold,13' "
        + "offset 0,-0.2 textcolor rgb '#222222'",
      "set xlabel \(GnuplotText.quoted(panel.x.label)) textcolor rgb '#222222'",
      "set ylabel \(GnuplotText.quoted(panel.y.label)) textcolor rgb '#222222'",
      "set xrange [\(range(frame.x))]",
      "set yrange [\(range(frame.y))]",
      "set xtics \(layout.turned[index] ? "rotate by 35 right " : "norotate ")(\(ticks(frame.xTicks)))",
      "set ytics (\(ticks(frame.yTicks)))",
    ]
    switch panel.content {
    case .lines(let series): add(series)
    case .scatter(let groups): add(groups)
    case .bars(let bars):
      lines.append("set grid noxtics")
      add(bars, frame)
      lines.append("set grid xtics")
    case .histogram(let histogram): add(histogram)
    case .heatmap(let map): add(map, panel, box, frame)
    }
    lines += ["unset label", "unset key"]
    if panel.legend == .right, !panel.legendNames.isEmpty { addLegend(of: panel, beside: box) }
  }

  private func range(_ range: ClosedRange<Double>) -> String {
    GnuplotText.number(range.lowerBound) + ":" + GnuplotText.number(range.upperBound)
  }

  func ticks(_ ticks: [PanelFrame.Tick]) -> String {
    ticks.map { "\(GnuplotText.tick($0.label)) \(GnuplotText.number($0.position))" }.joined(separator: ", ")
  }

  /// Bands first, so that no line lies under one.
  private mutating func add(_ series: [Figure.Line]) {
    var plots: [String] = []
    for line in series {
      guard let low = line.low, let high = line.high else { continue }
      let points = line.x.indices.map { [line.x[$0], low[$0], high[$0]] }
      let paint = GnuplotText.colour(colour(of: line.name), opacity: 0.18)
      // One block per unbroken stretch: gnuplot would fill across a gap.
      for stretch in points.split(whereSeparator: { !$0.allSatisfy(\.isFinite) }) {
        plots.append(
          "\(block(Array(stretch))) using 1:2:3 "
            + "with filledcurves fillstyle solid noborder fillcolor rgb \(paint)"
        )
      }
    }
    for line in series {
      let data = block(points: line.x.indices.map { [line.x[$0], line.y[$0]] })
      plots.append("\(data) using 1:2 with \(lineStyle(line.name, marks: line.x.count <= 40))")
    }
    lines.append("plot " + plots.joined(separator: ", \\\n  "))
  }

  func lineStyle(_ name: String, marks: Bool) -> String {
    let paint = "linecolor rgb \(GnuplotText.colour(colour(of: name)))"
    let line = "linewidth 1.8 dashtype \(dash(of: name)) \(paint)"
    return marks ? "linespoints \(line) pointtype \(mark(of: name)) pointsize 0.55" : "lines \(line)"
  }

  func pointStyle(_ name: String) -> String {
    let paint = GnuplotText.colour(colour(of: name), opacity: 0.75)
    return "points pointtype \(mark(of: name)) pointsize 0.6 linecolor rgb \(paint)"
  }

  func boxStyle(_ name: String, opacity: Double = 1) -> String {
    let paint = GnuplotText.colour(colour(of: name), opacity: opacity)
    return "boxxyerror fillstyle solid noborder fillcolor rgb \(paint)"
  }

  private mutating func add(_ groups: [Figure.Points]) {
    let plots = groups.map { group in
      let data = block(points: group.x.indices.map { [group.x[$0], group.y[$0]] })
      return "\(data) using 1:2 with \(pointStyle(group.name))"
    }
    lines.append("plot " + plots.joined(separator: ", \\\n  "))
  }

  private mutating func add(_ bars: Figure.Bars, _ frame: PanelFrame) {
    let width = 0.76 / Double(bars.names.count)
    let hasLabels = bars.names.count * bars.labels.count <= 24
    var plots: [String] = []
    for (series, values) in bars.values.enumerated() {
      var rows: [[Double]] = []
      for (group, value) in values.enumerated() where value.isFinite {
        let left = Double(group + 1) - 0.38 + width * Double(series)
        rows.append([left + width * 0.03, left + width * 0.97, min(value, 0), max(value, 0)])
        if hasLabels { label(PlotNumber.short(value), x: left + width / 2, y: value) }
      }
      let boxes = boxes(rows)
      plots.append("\(block(boxes)) using 1:2:3:4:5:6 with \(boxStyle(bars.names[series]))")
    }
    if frame.y.lowerBound < 0 { plots.append("0 with lines linewidth 0.8 linecolor rgb '#555555'") }
    lines.append("plot " + plots.joined(separator: ", \\\n  "))
  }

  private mutating func label(_ text: String, x: Double, y: Double) {
    lines.append(
      "set label \(GnuplotText.quoted(text)) at \(GnuplotText.number(x)),\(GnuplotText.number(y)) "
        + "center offset 0,\(y < 0 ? "-0.5" : "0.5") font ',10' textcolor rgb '#444444'")
  }

  private mutating func add(_ histogram: Figure.Histogram) {
    let opacity = histogram.names.count > 1 ? 0.55 : 0.9
    let plots = histogram.names.indices.map { series in
      let rows = histogram.counts[series].enumerated().filter { $0.element > 0 }.map { bin, count in
        [histogram.edges[bin], histogram.edges[bin + 1], 0, Double(count)]
      }
      return "\(block(boxes(rows))) using 1:2:3:4:5:6 "
        + "with \(boxStyle(histogram.names[series], opacity: opacity))"
    }
    lines.append("plot " + plots.joined(separator: ", \\\n  "))
  }

  /// Rows of left, right, bottom, top as `boxxyerror` takes them: centre first.
  func boxes(_ rows: [[Double]]) -> [[Double]] {
    rows.map { [($0[0] + $0[1]) / 2, ($0[2] + $0[3]) / 2, $0[0], $0[1], $0[2], $0[3]] + $0.dropFirst(4) }
  }
}
