import Foundation

/// Charts of a report as inline SVG, which scales with the page and has its values on hover.
enum ReportChart {
  /// A line with its band, values in percent.
  struct Line {
    let name: String
    let x: [Double]
    let y: [Double]
    let low: [Double]
    let high: [Double]
  }

  private static let width = 640.0
  private static let height = 340.0
  private static let left = 48.0
  private static let right = 12.0
  private static let top = 12.0
  private static let bottom = 40.0

  /// Lines over integers, such as sessions or epochs; `alt` describes the chart for those who do not see it.
  static func lines(_ lines: [Line], x label: String, y unit: String, upTo limit: Double? = nil, alt: String)
    -> HTML
  {
    let xs = lines.flatMap(\.x).filter(\.isFinite)
    let ys = lines.flatMap { $0.y + $0.low + $0.high }.filter(\.isFinite)
    guard let firstX = xs.min(), let lastX = xs.max(), let lowest = ys.min(), let highest = ys.max() else {
      return "<p>There is nothing to draw.</p>"
    }
    // Accuracies have marks at multiples of 10 or 20, up to 100; all else has five equal parts.
    let step = limit.map { $0 - lowest > 50 ? 20.0 : 10.0 }
    let low = step.map { max(0, (lowest / $0).rounded(.down) * $0) } ?? lowest
    let high = max(limit ?? highest, low + 1e-12)
    let spacing: Double = step ?? (high - low) / 5
    let marks: [Double] = (0...5).map { low + Double($0) * spacing }.filter { $0 <= high + spacing / 100 }
    let px = { (x: Double) in left + (x - firstX) / max(lastX - firstX, 1e-12) * (width - left - right) }
    let py = { (y: Double) in top + (high - y) / (high - low) * (height - top - bottom) }
    var parts = axes(marks: marks, py: py, x: (firstX, lastX), px: px, label: label)
    for (index, line) in lines.enumerated() {
      parts += drawn(line, index, px: px, py: py, unit: unit, label: label)
    }
    return """
      <figure><svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(alt)">\(parts)</svg>
      <figcaption>\(legend(lines.map(\.name)))</figcaption></figure>
      """
  }

  /// Horizontal bars from 0 to 100 %, one group for each name and one bar for each series.
  static func bars(_ names: [String], _ series: [(name: String, values: [Double?])], alt: String) -> HTML {
    let bar = 14.0
    let group = bar * Double(series.count) + 10
    let height = group * Double(names.count) + 8
    let start = 90.0
    let scale = (width - start - 60) / 100
    let parts = names.enumerated().flatMap { index, name -> [HTML] in
      let y = Double(index) * group + 8
      let label: HTML = """
        <text class="tick" text-anchor="end" x="\(number(start - 8))" y="\(number(y + group / 2))">\(name)</text>
        """
      return [label]
        + series.enumerated().compactMap { position, one in
          guard let value = one.values[index] else { return nil }
          let top = y + Double(position) * bar
          let length = max(value * scale, 0)
          return """
            <g><title>\(name), \(one.name): \(fixed(value)) %</title>
            <rect class="s\(position % 8) fill" x="\(number(start))" y="\(number(top))" width="\(number(length))" \
            height="\(number(bar - 2))"/>
            <text class="tick" x="\(number(start + length + 4))" y="\(number(top + bar - 4))">\(fixed(value))</text></g>
            """
        }
    }
    return """
      <figure><svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(alt)">\(parts)</svg>
      <figcaption>\(legend(series.map(\.name)))</figcaption></figure>
      """
  }

  private static func axes(
    marks: [Double], py: (Double) -> Double, x: (first: Double, last: Double), px: (Double) -> Double,
    label: String
  ) -> [HTML] {
    let horizontal = marks.map { value -> HTML in
      """
      <line class="grid" x1="\(number(left))" x2="\(number(width - right))" y1="\(number(py(value)))" \
      y2="\(number(py(value)))"/><text class="tick" text-anchor="end" x="\(number(left - 6))" \
      y="\(number(py(value) + 4))">\(short(value))</text>
      """
    }
    let every = max(1, ((x.last - x.first) / 10).rounded(.up))
    let vertical = stride(from: x.first, through: x.last, by: every).map { value -> HTML in
      """
      <text class="tick" text-anchor="middle" x="\(number(px(value)))" y="\(number(height - bottom + 16))">\
      \(short(value))</text>
      """
    }
    return horizontal + vertical + [
      """
      <text class="tick" text-anchor="middle" x="\(number(width / 2))" y="\(number(height - 6))">\(label)</text>
      """
    ]
  }

  private static func drawn(
    _ line: Line, _ index: Int, px: (Double) -> Double, py: (Double) -> Double, unit: String, label: String
  ) -> [HTML] {
    let style = "s\(index % 8)"
    func points(_ ys: [Double]) -> [String] {
      zip(line.x, ys).filter { $0.1.isFinite }.map { "\(number(px($0.0))),\(number(py($0.1)))" }
    }
    var parts: [HTML] = []
    if line.low.count == line.x.count, line.high.count == line.x.count, line.low != line.high {
      let outline = points(line.high) + points(line.low).reversed()
      parts.append("<polygon class=\"\(style) band\" points=\"\(outline.joined(separator: " "))\"/>")
    }
    let dashes = index >= 4 ? " dashed" : ""
    parts.append(
      "<polyline class=\"\(style) line\(dashes)\" points=\"\(points(line.y).joined(separator: " "))\"/>")
    // Of very long series the line is enough.
    guard line.x.count <= 200 else { return parts }
    for (position, (x, y)) in zip(line.x, line.y).enumerated() where y.isFinite {
      let band =
        line.low.count == line.x.count && line.low != line.high
        ? " [\(short(line.low[position])) to \(short(line.high[position]))]" : ""
      parts.append(
        """
        <circle class="\(style) dot" cx="\(number(px(x)))" cy="\(number(py(y)))" r="4"><title>\(line.name), \(label) \
        \(short(x)): \(short(y))\(band)\(unit)</title></circle>
        """)
    }
    return parts
  }

  private static func legend(_ names: [String]) -> [HTML] {
    names.enumerated().map {
      "<span class=\"name\"><span class=\"key s\($0.offset % 8)\"></span> \($0.element)</span>"
    }
  }

  private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func fixed(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}
