/// Lines, bands and points as text.
enum CanvasText {
  static func render(_ panel: Figure.Panel, width: Int, _ style: TextStyle) -> [String] {
    let frame = PanelFrame(panel, xCount: max(width / 12, 2), yCount: 5)
    let gutter = frame.yTicks.map { DisplayText.width($0.label) }.max() ?? 0
    let rows = min(max(width / 5, 8), 18)
    var canvas = TextCanvas(columns: width - gutter - 3, rows: rows, x: frame.x, y: frame.y)
    switch panel.content {
    case .lines(let lines):
      for line in lines { shade(line, &canvas, style) }
      for line in lines { draw(line, &canvas, style) }
    case .scatter(let groups):
      for group in groups {
        for point in zip(group.x, group.y) where frame.x.contains(point.0) && frame.y.contains(point.1) {
          canvas.mark((point.0, point.1), style.mark(group.name), place: style.place(group.name))
        }
      }
    default: break
    }
    var labels: [Int: String] = [:]
    for tick in frame.yTicks { labels[canvas.row(tick.position)] = tick.label }
    var text = (0..<rows).map { row in
      let label = DisplayText.pad(labels[row] ?? "", to: gutter, right: true)
      return trimmed("\(label) \(labels[row] == nil ? "│" : "┤") " + canvas.text(row: row, style))
    }
    text += axis(frame, panel.x.label, canvas, gutter: gutter)
    return text + style.legend(panel, width: width)
  }

  private static func shade(_ line: Figure.Line, _ canvas: inout TextCanvas, _ style: TextStyle) {
    guard let low = line.low, let high = line.high else { return }
    for index in line.x.indices.dropFirst() {
      let ends = [index - 1, index]
      guard ends.allSatisfy({ line.x[$0].isFinite && low[$0].isFinite && high[$0].isFinite }) else {
        continue
      }
      let from = canvas.column(line.x[index - 1])
      let to = canvas.column(line.x[index])
      for column in min(from, to)...max(from, to) {
        let share = from == to ? 0 : Double(column - from) / Double(to - from)
        let between = { (values: [Double]) in values[index - 1] + (values[index] - values[index - 1]) * share
        }
        canvas.shade(column: column, low: between(low), high: between(high), place: style.place(line.name))
      }
    }
  }

  private static func draw(_ line: Figure.Line, _ canvas: inout TextCanvas, _ style: TextStyle) {
    let place = style.place(line.name)
    let points = line.x.indices.map { (x: line.x[$0], y: line.y[$0]) }
    let isDrawn = points.map { $0.x.isFinite && $0.y.isFinite }
    for index in points.indices.dropFirst() where isDrawn[index] && isDrawn[index - 1] {
      canvas.line(from: points[index - 1], to: points[index], place: place)
    }
    // Marks on every point of a short line; on a long one, a few that name it.
    let every = points.count <= canvas.columns / 4 ? 1 : max(points.count / 6, 1)
    for index in points.indices where isDrawn[index] && index % every == place % every {
      canvas.mark(points[index], style.mark(line.name), place: place)
    }
    if points.count == 1, isDrawn[0] { canvas.mark(points[0], style.mark(line.name), place: place) }
  }

  /// The axis below, its labels under their marks where there is room, and what it stands for.
  private static func axis(
    _ frame: PanelFrame, _ name: String, _ canvas: TextCanvas, gutter: Int
  ) -> [String] {
    var ruler = [Character](repeating: "─", count: canvas.columns + 1)
    var labels = ""
    var end = -1
    for tick in frame.xTicks {
      let column = canvas.column(tick.position)
      guard (0..<canvas.columns).contains(column) else { continue }
      let start = max(column + 1 - DisplayText.width(tick.label) / 2, 0)
      guard start > end else { continue }
      ruler[column + 1] = "┴"
      labels += String(repeating: " ", count: start - max(end, 0)) + tick.label
      end = start + DisplayText.width(tick.label)
    }
    let space = String(repeating: " ", count: gutter + 1)
    var text = [space + "└" + String(ruler), space + " " + labels]
    if !name.isEmpty {
      let name = DisplayText.cut(DisplayText.line(name), to: canvas.columns)
      let before = (canvas.columns - DisplayText.width(name)) / 2
      text.append(space + String(repeating: " ", count: max(before, 0) + 2) + name)
    }
    return text
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
