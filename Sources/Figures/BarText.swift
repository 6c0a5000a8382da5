/// Bars and histograms as text: one bar a line, in eighths of a cell.
enum BarText {
  static func render(_ bars: Figure.Bars, _ panel: Figure.Panel, width: Int, _ style: TextStyle) -> [String] {
    var lines: [Line] = []
    for (group, label) in bars.labels.enumerated() {
      for (series, name) in bars.names.enumerated() {
        lines.append(Line(label: series == 0 ? label : "", name: name, value: bars.values[series][group]))
      }
    }
    return draw(lines, panel, width, style)
  }

  static func render(
    _ histogram: Figure.Histogram, _ panel: Figure.Panel, width: Int, _ style: TextStyle
  ) -> [String] {
    var lines: [Line] = []
    for bin in histogram.edges.indices.dropLast() {
      let label = "\(PlotNumber.short(histogram.edges[bin])) … \(PlotNumber.short(histogram.edges[bin + 1]))"
      for (series, name) in histogram.names.enumerated() {
        let count = Double(histogram.counts[series][bin])
        lines.append(Line(label: series == 0 ? label : "", name: name, value: count))
      }
    }
    let x = panel.x.label.isEmpty ? [] : [DisplayText.line(panel.x.label)]
    return x + draw(lines, panel, width, style)
  }

  private struct Line {
    var label: String
    var name: String
    var value: Double
  }

  private static func draw(
    _ lines: [Line], _ panel: Figure.Panel, _ width: Int, _ style: TextStyle
  ) -> [String] {
    let labels = lines.map { DisplayText.cut(DisplayText.line($0.label), to: width / 3) }
    let gutter = labels.map(DisplayText.width).max() ?? 0
    let values = lines.map { PlotNumber.short($0.value) }
    let room = max(width - gutter - 5 - (values.map(DisplayText.width).max() ?? 0), 4)
    // Bars show how far a value is from 0; the sign stands in the number.
    let most = lines.map { abs($0.value) }.filter(\.isFinite).max() ?? 0
    let isNamed = panel.names.count > 1
    let text = lines.indices.map { index in
      let line = lines[index]
      let label = DisplayText.pad(labels[index], to: gutter, right: true)
      let mark = isNamed ? String(style.mark(line.name)) + " " : ""
      let share = line.value.isFinite && most > 0 ? abs(line.value) / most : 0
      let bar = style.paint(mark + bar(share * Double(room)), style.place(line.name))
      return "\(label) │\(bar) \(values[index])"
    }
    return text + (isNamed ? style.legend(panel, width: width) : [])
  }

  /// A bar `length` cells long.
  private static func bar(_ length: Double) -> String {
    let eighths = Int((length * 8).rounded())
    let ends: [String] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + ends[eighths % 8]
  }
}
