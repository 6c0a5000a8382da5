/// A grid of terminal cells to draw on: braille dots (2 × 4 per cell) for lines, shades for bands, marks on
/// top.
struct TextCanvas {
  private struct Cell {
    var dots: UInt32 = 0
    var mark: Character?
    var shaded = false
    var place: Int?
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
  mutating func shade(column: Int, low: Double, high: Double, place: Int) {
    guard (0..<columns).contains(column) else { return }
    for row in max(row(high), 0)...max(min(row(low), rows - 1), max(row(high), 0)) where row < rows {
      cells[row * columns + column].shaded = true
      cells[row * columns + column].place = place
    }
  }

  /// Draws a straight line in dots.
  mutating func line(from: (x: Double, y: Double), to: (x: Double, y: Double), place: Int) {
    let start = (x: Self.scale(from.x, x, columns * 2), y: Self.scale(from.y, y, rows * 4))
    let end = (x: Self.scale(to.x, x, columns * 2), y: Self.scale(to.y, y, rows * 4))
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      let column = start.x + Int((Double(end.x - start.x) * share).rounded())
      let row = rows * 4 - 1 - (start.y + Int((Double(end.y - start.y) * share).rounded()))
      dot(column, row, place)
    }
  }

  /// Puts a mark at a point.
  mutating func mark(_ point: (x: Double, y: Double), _ mark: Character, place: Int) {
    let column = column(point.x)
    let row = row(point.y)
    guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
    cells[row * columns + column].mark = mark
    cells[row * columns + column].place = place
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
      text += style.paint(String(character), cell.place)
    }
    return text
  }

  // Braille's dots are numbered down the left column, then the right, the fourth row last (Unicode, U+2800).
  private static let dots: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private mutating func dot(_ column: Int, _ row: Int, _ place: Int) {
    guard (0..<columns * 2).contains(column), (0..<rows * 4).contains(row) else { return }
    let index = row / 4 * columns + column / 2
    cells[index].dots |= Self.dots[row % 4 * 2 + column % 2]
    cells[index].place = place
  }

  /// The step of `count` a value falls on; far outside values are held near the canvas.
  private static func scale(_ value: Double, _ range: ClosedRange<Double>, _ count: Int) -> Int {
    let share = PlotNumber.share(value, from: range.lowerBound, to: range.upperBound)
    return Int((min(max(share, -1), 2) * Double(count - 1)).rounded())
  }
}
