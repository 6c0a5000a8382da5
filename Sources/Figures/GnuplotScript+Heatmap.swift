extension GnuplotScript {
  /// Shaded cells with their text, first row on top, and the scale of shades beside them.
  mutating func add(
    _ map: Figure.Heatmap, _ panel: Figure.Panel, _ box: FigureLayout.Box, _ frame: PanelFrame
  ) {
    let finite = map.values.joined().filter(\.isFinite)
    let low = finite.min() ?? 0
    let high = finite.max() ?? 1
    let share = { (value: Double) in PlotNumber.share(value, from: low, to: high) }
    // Text that would not fit its cell is left out as a whole, so that no cell stands out by chance.
    let cellWidth = (box.right - box.left) / Double(map.columns.count)
    let texts = map.values.indices.map { row in map.columns.indices.map { map.text(row, $0) } }
    let widest = texts.joined().map(DisplayText.width).max() ?? 0
    let showsText =
      Double(widest) * 7 + 6 <= cellWidth && (box.bottom - box.top) / Double(map.rows.count) >= 15
    // One pixel of white on each side of a cell.
    let cellHeight = (box.bottom - box.top) / Double(map.rows.count)
    let half = (x: 0.5 - min(1 / cellWidth, 0.1), y: 0.5 - min(1 / cellHeight, 0.1))
    var rows: [[Double]] = []
    for (row, values) in map.values.enumerated() {
      for (column, value) in values.enumerated() {
        let x = Double(column + 1)
        let y = Double(map.rows.count - row)
        let shade = Palette.shade(value.isFinite ? share(value) : .nan)
        rows.append([x - half.x, x + half.x, y - half.y, y + half.y, Double(shade)])
        guard showsText, value.isFinite else { continue }
        lines.append(
          "set label \(GnuplotText.quoted(texts[row][column])) at "
            + "\(PlotNumber.exact(x)),\(PlotNumber.exact(y)) "
            + "center front font ',11' textcolor rgb \(GnuplotText.colour(Palette.ink(on: shade)))")
      }
    }
    let names = map.rows.enumerated().map {
      PanelFrame.Tick(position: Double(map.rows.count - $0), label: $1)
    }
    let cells = "using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid noborder linecolor rgb variable"
    lines += [
      "set ytics (\(ticks(names)))", "unset grid", "unset border", "set tics scale 0 \(Self.tickColour)",
    ]
    lines.append("plot \(block(boxes(rows))) \(cells)")
    addScale(map.scale, low, high, beside: box, cells)
    lines += [
      "set border 3 linewidth 0.8 linecolor rgb '#555555'", "unset y2tics", "unset y2label",
      "set tics scale 0.5 \(Self.tickColour)",
      "set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'",
    ]
  }

  private mutating func addScale(
    _ name: String, _ low: Double, _ high: Double, beside box: FigureLayout.Box, _ cells: String
  ) {
    let height = min(box.bottom - box.top, 260)
    let top = (box.top + box.bottom - height) / 2
    place(FigureLayout.Box(left: box.right + 16, top: top, right: box.right + 30, bottom: top + height))
    let (bottom, end) = high > low ? (low, high) : (low - 0.5, low + 0.5)
    let steps = 64
    let rows = (0..<steps).map { step in
      // Weights, since the distance of the ends may be infinite.
      let at = { (index: Int) in
        let share = Double(index) / Double(steps)
        return bottom * (1 - share) + end * share
      }
      let shade = high > low ? (Double(step) + 0.5) / Double(steps) : 0.5
      // Each up to the end, under the next ones: no seams.
      return [0, 1, at(step), end, Double(Palette.shade(shade))]
    }
    let marks = PlotNumber.ticks(in: bottom...end, about: 5).map {
      PanelFrame.Tick(position: $0, label: PlotNumber.short($0))
    }
    let span = GnuplotText.number(bottom) + ":" + GnuplotText.number(end)
    lines += [
      "unset label", "unset title", "unset xlabel", "unset ylabel", "unset xtics", "unset ytics",
      "set xrange [0:1]",
      "set yrange [\(span)]", "set y2range [\(span)]",
      "set y2tics offset -0.5,0 (\(ticks(marks))) \(Self.tickColour)",
      "set y2label \(GnuplotText.quoted(name)) offset -0.5,0 textcolor rgb '#222222'",
      "plot \(block(boxes(rows))) \(cells)",
    ]
  }
}

extension Figure.Heatmap {
  /// What stands in a cell.
  func text(_ row: Int, _ column: Int) -> String {
    cellText?[row][column] ?? PlotNumber.short(values[row][column])
  }
}
