import Support

extension Figure {
  /// The figure as lines of text for a terminal `width` cells wide, at least 32, one panel under the other.
  ///
  /// With `colour`, series are marked with ANSI colours; without, each has a mark of its own.
  public func text(width: Int = 80, colour: Bool = false) -> String {
    let width = max(width, 32)
    let names = panels.flatMap(\.names)
    var style = TextStyle(colour: colour)
    for name in names where style.indices[name] == nil { style.indices[name] = style.indices.count }
    var blocks: [String] = []
    if !title.isEmpty { blocks.append(DisplayText.cut(DisplayText.line(title), to: width)) }
    blocks += panels.map { panel in
      let body = panel.content.kind.text(panel, width: width, style)
      return (heading(panel, width) + body).joined(separator: "\n")
    }
    if !caption.isEmpty { blocks.append(DisplayText.line(caption)) }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private func heading(_ panel: Panel, _ width: Int) -> [String] {
    let y = panel.content.kind.namesAxes ? "" : DisplayText.line(panel.y.label)
    let title = DisplayText.line(panel.title)
    let line = [title, y].filter { !$0.isEmpty }.joined(separator: " — ")
    return line.isEmpty ? [] : [DisplayText.cut(line, to: width)]
  }
}

/// How the series of a figure are distinguished in text.
package struct TextStyle {
  let colour: Bool
  /// The index of each series by name.
  var indices: [Name: Int] = [:]

  private static let marks: [Character] = ["●", "■", "▲", "◆", "○", "□", "△", "◇", "✕"]
  /// ANSI's 256-colour codes nearest to the palette.
  private static let codes = [32, 166, 36, 175, 178, 74, 245]

  init(colour: Bool) { self.colour = colour }

  func index(of name: String) -> Int { indices[name] ?? 0 }
  func mark(_ name: String) -> Character { Self.marks[index(of: name) % Self.marks.count] }

  /// `text` in the colour of a series.
  func paint(_ text: String, _ series: Int?) -> String {
    guard colour, let series else { return text }
    return "\u{1B}[38;5;\(Self.codes[series % Self.codes.count])m\(text)\u{1B}[0m"
  }

  /// `● prototypical   ■ ridge`, broken to the width.
  func legend(_ panel: Figure.Panel, width: Int) -> [String] {
    var lines: [String] = []
    var used: Int = 0
    for name in panel.legendNames {
      let text = DisplayText.cut(DisplayText.line(name), to: max(width - 4, 8))
      let entry = paint(String(mark(name)), index(of: name)) + " " + text
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

/// Bars as text: one bar per line, in eighths of a terminal cell.
enum BarText {
  struct Line {
    var label: String
    var name: String
    var value: Double
  }

  static func render(
    _ lines: [Line], _ panel: Figure.Panel, width: Int, _ style: TextStyle
  ) -> [String] {
    let labels = lines.map { DisplayText.cut(DisplayText.line($0.label), to: width / 3) }
    let gutter = labels.map(DisplayText.width).max() ?? 0
    let values = lines.map { PlotNumber.short($0.value) }
    let room = max(width - gutter - 5 - (values.map(DisplayText.width).max() ?? 0), 4)
    // Bars show how far a value is from 0; the number has the sign.
    let largest = lines.map { abs($0.value) }.filter(\.isFinite).max() ?? 0
    let isNamed = panel.names.count > 1
    let text = lines.indices.map { index in
      let line = lines[index]
      let label = DisplayText.pad(labels[index], to: gutter, right: true)
      let mark = isNamed ? String(style.mark(line.name)) + " " : ""
      let fraction = line.value.isFinite && largest > 0 ? abs(line.value) / largest : 0
      let bar = style.paint(mark + bar(fraction * Double(room)), style.index(of: line.name))
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
