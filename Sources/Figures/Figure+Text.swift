extension Figure {
  /// The figure as lines of text for a terminal `width` cells wide, one panel under the other.
  ///
  /// - Parameter colour: marks series with ANSI colours; without, each has a mark of its own.
  public func text(width: Int = 80, colour: Bool = false) -> String {
    let width = max(width, 32)
    let names = panels.flatMap(\.names)
    var style = TextStyle(colour: colour)
    for name in names where style.places[name] == nil { style.places[name] = style.places.count }
    var blocks: [String] = []
    if !title.isEmpty { blocks.append(DisplayText.cut(DisplayText.line(title), to: width)) }
    blocks += panels.map { panel in
      let body =
        switch panel.content {
        case .lines, .scatter: CanvasText.render(panel, width: width, style)
        case .bars(let bars): BarText.render(bars, panel, width: width, style)
        case .histogram(let histogram): BarText.render(histogram, panel, width: width, style)
        case .heatmap(let map): HeatmapText.render(map, panel, width: width)
        }
      return (heading(panel, width) + body).joined(separator: "\n")
    }
    if !caption.isEmpty { blocks.append(DisplayText.line(caption)) }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private func heading(_ panel: Panel, _ width: Int) -> [String] {
    // A heatmap names both axes itself.
    let isHeatmap = if case .heatmap = panel.content { true } else { false }
    let y = isHeatmap ? "" : DisplayText.line(panel.y.label)
    let title = DisplayText.line(panel.title)
    let line = [title, y].filter { !$0.isEmpty }.joined(separator: " — ")
    return line.isEmpty ? [] : [DisplayText.cut(line, to: width)]
  }
}

/// How the series of a figure are told apart in text.
struct TextStyle {
  let colour: Bool
  /// The place of each series' name, from 0.
  var places: [String: Int] = [:]

  private static let marks: [Character] = ["●", "■", "▲", "◆", "○", "□", "△", "◇", "✕"]
  /// ANSI's 256-colour codes nearest to the palette.
  private static let codes = [32, 166, 36, 175, 178, 74, 245]

  init(colour: Bool) { self.colour = colour }

  func place(_ name: String) -> Int { places[name] ?? 0 }
  func mark(_ name: String) -> Character { Self.marks[place(name) % Self.marks.count] }

  /// `text` in the colour of the series at `place`.
  func paint(_ text: String, _ place: Int?) -> String {
    guard colour, let place else { return text }
    return "\u{1B}[38;5;\(Self.codes[place % Self.codes.count])m\(text)\u{1B}[0m"
  }

  /// `● prototypical   ■ ridge`, broken to the width.
  func legend(_ panel: Figure.Panel, width: Int) -> [String] {
    var lines: [String] = []
    var used: Int = 0
    for name in panel.legendNames {
      let text = DisplayText.cut(DisplayText.line(name), to: max(width - 4, 8))
      let entry = paint(String(mark(name)), place(name)) + " " + text
      let size = DisplayText.width(text) + 5
      if lines.isEmpty || used + size > width {
        lines.append("  " + entry)
        used = size + 2
      } else {
        lines[lines.count - 1] += "   " + entry
        used += size
      }
    }
    return lines
  }
}
