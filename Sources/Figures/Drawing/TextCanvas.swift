/// A panel with two axes of numbers as text.
enum CanvasText {
  static func render(
    _ panel: Figure.Panel, width: Int, _ style: TextStyle,
    _ draw: (_ canvas: inout TextCanvas, _ frame: PanelFrame) -> Void
  ) -> [String] {
    let frame = PanelFrame(panel, xCount: max(width / 12, 2), yCount: 5)
    let gutter = frame.yTicks.map { DisplayText.width($0.label) }.max() ?? 0
    let rows = min(max(width / 5, 8), 18)
    var canvas = TextCanvas(columns: width - gutter - 3, rows: rows, x: frame.x, y: frame.y)
    draw(&canvas, frame)
    var labels: [Int: String] = [:]
    for tick in frame.yTicks { labels[canvas.row(tick.position)] = tick.label }
    var text = (0..<rows).map { row in
      let label = DisplayText.pad(labels[row] ?? "", to: gutter, right: true)
      return trimmed("\(label) \(labels[row] == nil ? "│" : "┤") " + canvas.text(row: row, style))
    }
    text += axis(frame, panel.x.label, canvas, gutter: gutter)
    return text + style.legend(panel, width: width)
  }

  /// The x axis, its labels under their marks where there is room, and its name.
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

/// A grid of terminal cells to draw on: braille dots (2 × 4 per cell) for lines, shades for bands, marks on
/// top.
struct TextCanvas {
  private struct Cell {
    var dots: UInt32 = 0
    var mark: Character?
    var shaded = false
    var series: Int?
  }

  let columns: Int
  let rows: Int
  private let x: ClosedRange<Double>
  private let y: ClosedRange<Double>
  private var cells: [Cell]

  init(columns: Int, rows: Int, x: ClosedRange<Double>, y: ClosedRange<Double>) {
    self.columns = columns
    self.rows = rows
    self.x = x
    self.y = y
    cells = [Cell](repeating: Cell(), count: columns * rows)
  }

  /// The column of a value, whether or not it is on the canvas.
  func column(_ value: Double) -> Int { Self.scale(value, x, columns) }

  /// The row of a value, counted from the top.
  func row(_ value: Double) -> Int { rows - 1 - Self.scale(value, y, rows) }

  /// Shades the cells between two values at one column.
  mutating func shade(column: Int, low: Double, high: Double, series: Int) {
    guard (0..<columns).contains(column) else { return }
    for row in max(row(high), 0)...max(min(row(low), rows - 1), max(row(high), 0)) where row < rows {
      cells[row * columns + column].shaded = true
      cells[row * columns + column].series = series
    }
  }

  /// Draws a straight line in dots.
  mutating func line(from: (x: Double, y: Double), to: (x: Double, y: Double), series: Int) {
    let start = (x: Self.scale(from.x, x, columns * 2), y: Self.scale(from.y, y, rows * 4))
    let end = (x: Self.scale(to.x, x, columns * 2), y: Self.scale(to.y, y, rows * 4))
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      let fraction = Double(step) / Double(steps)
      let column = start.x + Int((Double(end.x - start.x) * fraction).rounded())
      let row = rows * 4 - 1 - (start.y + Int((Double(end.y - start.y) * fraction).rounded()))
      dot(column, row, series)
    }
  }

  /// Puts a mark at a point.
  mutating func mark(_ point: (x: Double, y: Double), _ mark: Character, series: Int) {
    let column = column(point.x)
    let row = row(point.y)
    guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
    cells[row * columns + column].mark = mark
    cells[row * columns + column].series = series
  }

  /// One row as text.
  func text(row: Int, _ style: TextStyle) -> String {
    var text = ""
    for cell in cells[row * columns..<(row + 1) * columns] {
      let character: Character =
        if let mark = cell.mark {
          mark
        } else if cell.dots > 0, let scalar = Unicode.Scalar(0x2800 + cell.dots) {
          Character(scalar)
        } else {
          cell.shaded ? "░" : " "
        }
      text += style.paint(String(character), cell.series)
    }
    return text
  }

  // Braille's dots are numbered down the left column, then the right, the fourth row last (Unicode, U+2800).
  private static let dots: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private mutating func dot(_ column: Int, _ row: Int, _ series: Int) {
    guard (0..<columns * 2).contains(column), (0..<rows * 4).contains(row) else { return }
    let index = row / 4 * columns + column / 2
    cells[index].dots |= Self.dots[row % 4 * 2 + column % 2]
    cells[index].series = series
  }

  /// The step of `count` a value falls on; values far outside are clamped near the canvas.
  private static func scale(_ value: Double, _ range: ClosedRange<Double>, _ count: Int) -> Int {
    let fraction = PlotNumber.fraction(value, from: range.lowerBound, to: range.upperBound)
    return Int((min(max(fraction, -1), 2) * Double(count - 1)).rounded())
  }
}
