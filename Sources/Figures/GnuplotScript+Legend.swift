extension GnuplotScript {
  /// The legend below all panels: each name once.
  mutating func addLegend() {
    var seen: Set<String> = []
    var samples: [String] = []
    for panel in figure.panels where panel.legend == .below {
      samples += entries(panel) { seen.insert($0).inserted }
    }
    guard !samples.isEmpty else { return }
    let y = GnuplotText.number((layout.height - layout.legendY) / layout.height)
    place(FigureLayout.Box(left: 0, top: 0, right: layout.width, bottom: layout.height))
    lines += emptyAxes
    lines += [
      "set key at screen 0.5,\(y) center center horizontal maxcols \(layout.legendColumns) Left reverse "
        + "samplen 2.5 spacing 1.1 width 1 textcolor rgb '#222222'",
      "plot " + samples.joined(separator: ", \\\n  "),
    ]
    restoreAxes()
  }

  /// The legend of one panel, to its right.
  mutating func addLegend(of panel: Figure.Panel, beside box: FigureLayout.Box) {
    let x = GnuplotText.number((box.right + 10) / layout.width)
    let y = GnuplotText.number((layout.height - box.top) / layout.height)
    lines += emptyAxes
    lines += [
      "set key at screen \(x),\(y) left top vertical Left reverse "
        + "samplen 2.5 spacing 1.2 textcolor rgb '#222222'",
      "plot " + entries(panel) { _ in true }.joined(separator: ", \\\n  "),
    ]
    restoreAxes()
  }

  private mutating func restoreAxes() {
    lines += [
      "unset key", "set border 3 linewidth 0.8 linecolor rgb '#555555'",
      "set tics nomirror out scale 0.5 \(Self.tickColour)",
      "set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'",
    ]
  }

  /// Samples without data, one per name that `isWanted`.
  private func entries(_ panel: Figure.Panel, _ isWanted: (String) -> Bool) -> [String] {
    panel.names.enumerated().filter { !$0.element.isEmpty && isWanted($0.element) }.map { index, name in
      let style =
        switch panel.content {
        case .lines(let lines): lineStyle(name, marks: lines[index].x.count <= 40)
        case .scatter: pointStyle(name)
        case .bars, .heatmap:
          "boxes fillstyle solid noborder fillcolor rgb \(GnuplotText.colour(colour(of: name)))"
        case .histogram:
          "boxes fillstyle solid noborder "
            + "fillcolor rgb \(GnuplotText.colour(colour(of: name), opacity: 0.55))"
        }
      return "NaN with \(style) title \(GnuplotText.quoted(name))"
    }
  }
}
