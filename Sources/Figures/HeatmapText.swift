/// A heatmap as text: in each cell a shade and the value.
enum HeatmapText {
  private static let shades = [" ", "░", "▒", "▓", "█"]

  static func render(_ map: Figure.Heatmap, _ panel: Figure.Panel, width: Int) -> [String] {
    let finite = map.values.joined().filter(\.isFinite)
    let low = finite.min() ?? 0
    let high = finite.max() ?? 1
    let texts = map.rows.indices.map { row in
      map.columns.indices.map { DisplayText.line(map.text(row, $0)) }
    }
    let rows = map.rows.map { DisplayText.cut(DisplayText.line($0), to: width / 3) }
    let columns = map.columns.map(DisplayText.line)
    let gutter = rows.map(DisplayText.width).max() ?? 0
    let room = max((width - gutter - 2) / columns.count - 1, 2)
    let widest = (texts.joined().map(DisplayText.width).max() ?? 0) + 3
    // Without room for values, shades alone.
    let showsText = widest <= room
    let cell = min(max(widest, columns.map(DisplayText.width).max() ?? 0), room)
    let line = { (label: String, cells: [String]) in
      DisplayText.pad(label, to: gutter, right: true) + " │" + cells.joined(separator: " ")
    }
    var text = map.rows.indices.map { row in
      line(
        rows[row],
        map.columns.indices.map { column in
          let value = map.values[row][column]
          guard value.isFinite else { return String(repeating: "·", count: cell) }
          let shade = shade(PlotNumber.share(value, from: low, to: high))
          guard showsText else { return String(repeating: shade, count: cell) }
          return shade + shade + DisplayText.pad(texts[row][column], to: cell - 2, right: true)
        })
    }
    text.insert(
      line("", columns.map { DisplayText.pad(DisplayText.cut($0, to: cell), to: cell, right: true) }), at: 0)
    let axes = [panel.x.label, panel.y.label].map(DisplayText.line)
    if !axes[0].isEmpty || !axes[1].isEmpty { text.insert("\(axes[1]) ↓  \(axes[0]) →", at: 0) }
    let scale = shades.dropFirst().joined()
    text.append("\(PlotNumber.short(low)) \(scale) \(PlotNumber.short(high))  \(DisplayText.line(map.scale))")
    return text.map { $0.last == " " ? String($0.reversed().drop { $0 == " " }.reversed()) : $0 }
  }

  /// The lowest value has the lightest shade, not none: an empty cell is another thing.
  private static func shade(_ share: Double) -> String { shades[min(Int(share * 4), 3) + 1] }
}
