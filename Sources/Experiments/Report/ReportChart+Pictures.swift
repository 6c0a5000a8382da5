import Foundation

/// Charts of points and of cells.
extension ReportChart {
  /// A point of a scatter plot.
  struct Point {
    let x: Double
    let y: Double
    /// The index of its group.
    let group: Int
    /// The name on hover; the points of one name have their mean drawn.
    let name: String
  }

  private static let side = 560.0
  private static let margin = 14.0

  /// Points of several groups in a square, and the mean of those of each name. Axes have no unit, so they have no
  /// marks.
  static func scatter(_ points: [Point], groups: [String], alt: String) -> HTML {
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard let left = finite.map(\.x).min(), let right = finite.map(\.x).max(),
      let bottom = finite.map(\.y).min(), let top = finite.map(\.y).max()
    else { return "<p>There is nothing to draw.</p>" }
    // One scale for both directions: distances mean something.
    let scale = (side - 2 * margin) / max(right - left, top - bottom, 1e-12)
    let height = max(side / 3, (top - bottom) * scale + 2 * margin)
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
      (
        side / 2 + (x - (left + right) / 2) * scale, height / 2 - (y - (bottom + top) / 2) * scale
      )
    }
    var sums: [String: (x: Double, y: Double, count: Double, group: Int)] = [:]
    var names: [String] = []
    let dots = finite.map { point -> HTML in
      if sums[point.name] == nil { names.append(point.name) }
      let sum = sums[point.name] ?? (0, 0, 0, point.group)
      sums[point.name] = (sum.x + point.x, sum.y + point.y, sum.count + 1, point.group)
      let at = place(point.x, point.y)
      return
        "<circle class=\"s\(point.group) sample\" cx=\"\(number(at.x))\" cy=\"\(number(at.y))\" r=\"2\"/>"
    }
    let means = names.compactMap { name -> HTML? in
      guard let sum = sums[name] else { return nil }
      let at = place(sum.x / sum.count, sum.y / sum.count)
      return """
        <circle class="s\(sum.group) mean" cx="\(number(at.x))" cy="\(number(at.y))" r="5"><title>\(name), \
        \(groups[sum.group])</title></circle>
        """
    }
    return """
      <figure><svg viewBox="0 0 \(Int(side)) \(Int(height))" role="img" aria-label="\(alt)">\(dots + means)</svg>
      <figcaption>\(legend(groups.enumerated().map { ($0.element, $0.offset) }))</figcaption></figure>
      """
  }

  /// A square of fractions, 0 to 1, rows from the top; nil leaves a cell out.
  static func matrix(_ names: [String], _ rows: [[Double?]], alt: String) -> HTML {
    let longest = names.map(\.count).max() ?? 0
    let label = min(160, 12 + 8 * Double(longest))
    let cell = (side - label) / Double(max(names.count, 1))
    let size = max(7, min(13, cell * 0.8))
    let cells = rows.enumerated().flatMap { row, values in
      values.enumerated().compactMap { column, value -> HTML? in
        // Cells of less than one in a thousand cannot be seen.
        guard let value, value >= 0.001 else { return nil }
        let style: HTML = row == column ? "s2" : "s1"
        return """
          <rect class="\(style) fill" x="\(number(label + Double(column) * cell))" \
          y="\(number(label + Double(row) * cell))" width="\(number(cell))" height="\(number(cell))" \
          fill-opacity="\(String(format: "%.3f", value.squareRoot()))"><title>\(names[row]) predicted as \
          \(names[column]): \(String(format: "%.1f", value * 100)) %</title></rect>
          """
      }
    }
    let labels = names.enumerated().flatMap { index, name -> [HTML] in
      let middle = label + (Double(index) + 0.5) * cell
      let own = "x=\"\(number(label - 4))\" y=\"\(number(middle + size / 3))\" font-size=\"\(number(size))\""
      let place = "translate(\(number(middle + size / 3)) \(number(label - 4)))"
      let turned = "transform=\"\(place) rotate(-90)\" font-size=\"\(number(size))\""
      return [
        "<text class=\"mark\" text-anchor=\"end\" \(HTML(stringLiteral: own))>\(name)</text>",
        "<text class=\"mark\" \(HTML(stringLiteral: turned))>\(name)</text>",
      ]
    }
    let frame: HTML = """
      <rect class="frame" x="\(number(label))" y="\(number(label))" width="\(number(side - label))" \
      height="\(number(side - label))"/>
      """
    return """
      <figure><svg viewBox="0 0 \(Int(side)) \(Int(side))" role="img" aria-label="\(alt)">\(cells + labels + [frame])\
      </svg></figure>
      """
  }
}
