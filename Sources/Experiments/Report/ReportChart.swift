import Foundation

/// Charts of a report as inline SVG, which scales with the page and has its values on hover.
enum ReportChart {
  /// A line with its band.
  struct Line {
    let name: String
    let x: [Double]
    let y: [Double]
    var low: [Double] = []
    var high: [Double] = []
    /// Whether it stands behind the others: values that another line is a mean of.
    var isFaint = false
    /// Which of the colours it has; nil for that of its position.
    var color: Int?
  }

  /// What a chart of lines shows besides its lines.
  struct Axes {
    /// The name of the horizontal axis.
    let x: String
    /// The unit of the values, such as " %".
    var unit = ""
    /// The upper end of the vertical axis; nil for the highest value.
    var limit: Double?
    /// Whether the vertical axis is logarithmic, where all values are above 0.
    var isLogarithmic = false
    /// Whether a heading names the line of a chart with one.
    var isTitled = false
    /// Whether the page has a script that displays values at the pointer. Otherwise each point has its own text.
    var isInteractive = false
  }

  private static let width = 640.0
  private static let height = 340.0
  private static let left = 62.0
  private static let right = 12.0
  private static let top = 12.0
  private static let bottom = 40.0

  /// Lines over integers, such as sessions or epochs; `alt` describes the chart for those who do not see it.
  static func lines(_ lines: [Line], _ axes: Axes, alt: String) -> HTML {
    let values = lines.flatMap { $0.y + $0.low + $0.high }.filter(\.isFinite)
    let isLogarithmic = axes.isLogarithmic && values.allSatisfy { $0 > 0 }
    let height = { (value: Double) in isLogarithmic ? log10(value) : value }
    let xs = lines.flatMap(\.x).filter(\.isFinite)
    guard let firstX = xs.min(), let lastX = xs.max(), let lowest = values.min(), let highest = values.max()
    else { return "<p>There is nothing to draw.</p>" }
    let x = ChartScale(firstX, lastX, marks: 10, isInteger: true)
    let y =
      axes.limit.map { ChartScale(max(0, min((lowest / 10).rounded(.down) * 10, $0 - 10)), $0) }
      ?? ChartScale(rounding: height(lowest), height(highest), marks: 7)
    let frame = Frame(x: x, y: y, height: height, label: axes.x, unit: axes.unit)
    var parts = gridLines(frame, isLogarithmic: isLogarithmic)
    var names: [(name: String, color: Int)] = []
    for (index, line) in lines.enumerated() {
      let color = (line.color ?? index) % 8
      parts += drawn(line, color, frame, isInteractive: axes.isInteractive)
      if !line.isFaint { names.append((line.name, color)) }
    }
    let interaction: HTML =
      axes.isInteractive ? " tabindex=\"0\" data-x=\"\(axes.x)\" data-unit=\"\(axes.unit)\"" : ""
    let caption: HTML = names.count > 1 || !axes.isTitled ? "<figcaption>\(legend(names))</figcaption>" : ""
    return """
      <figure><svg viewBox="0 0 \(Int(width)) \(Int(Self.height))" role="img" aria-label="\(alt)"\(interaction)>\
      \(parts)</svg>\(caption)</figure>
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
      <figcaption>\(legend(series.enumerated().map { ($0.element.name, $0.offset % 8) }))</figcaption></figure>
      """
  }

  /// Where values are on the drawing.
  private struct Frame {
    let x: ChartScale
    let y: ChartScale
    /// A value on the vertical scale.
    let height: (Double) -> Double
    let label: String
    let unit: String

    func left(_ value: Double) -> Double {
      ReportChart.left + x.position(value) * (ReportChart.width - ReportChart.left - ReportChart.right)
    }

    func top(_ value: Double) -> Double { top(scaled: height(value)) }

    func top(scaled value: Double) -> Double {
      ReportChart.top
        + (1 - y.position(value)) * (ReportChart.height - ReportChart.top - ReportChart.bottom)
    }
  }

  private static func gridLines(_ frame: Frame, isLogarithmic: Bool) -> [HTML] {
    let horizontal = frame.y.marks.map { value -> HTML in
      let text = isLogarithmic ? short(pow(10, value)) : frame.y.text(value)
      let y = frame.top(scaled: value)
      return """
        <line class="grid" x1="\(number(left))" x2="\(number(width - right))" y1="\(number(y))" y2="\(number(y))"/>\
        <text class="tick" text-anchor="end" x="\(number(left - 6))" y="\(number(y + 4))">\(text)</text>
        """
    }
    let vertical = frame.x.marks.map { value -> HTML in
      """
      <text class="tick" text-anchor="middle" x="\(number(frame.left(value)))" y="\(number(height - bottom + 16))">\
      \(frame.x.text(value))</text>
      """
    }
    return horizontal + vertical + [
      """
      <text class="tick" text-anchor="middle" x="\(number(width / 2))" y="\(number(height - 6))">\(frame.label)</text>
      """
    ]
  }

  private static func drawn(_ line: Line, _ color: Int, _ frame: Frame, isInteractive: Bool) -> [HTML] {
    let style = "s\(color)"
    let finite = line.y.indices.filter { line.y[$0].isFinite }
    func points(_ ys: [Double]) -> [String] {
      finite.filter { ys[$0].isFinite }.map {
        "\(number(frame.left(line.x[$0]))),\(number(frame.top(ys[$0])))"
      }
    }
    var parts: [HTML] = []
    let hasBand = line.low.count == line.x.count && line.high.count == line.x.count && line.low != line.high
    if hasBand {
      let outline = points(line.high) + points(line.low).reversed()
      parts.append("<polygon class=\"\(style) band\" points=\"\(outline.joined(separator: " "))\"/>")
    }
    let kind = line.isFaint ? " faint" : color >= 4 ? " dashed" : ""
    let data: HTML =
      isInteractive && !line.isFaint
      ? """
       data-name="\(line.name)" data-x="\(finite.map { short(line.x[$0]) }.joined(separator: " "))" \
      data-y="\(finite.map { short(line.y[$0]) }.joined(separator: " "))"
      """ : ""
    let band: HTML =
      isInteractive && hasBand
      ? " data-band=\"\(finite.map { "\(short(line.low[$0]))–\(short(line.high[$0]))" }.joined(separator: " "))\""
      : ""
    parts.append(
      """
      <polyline class="\(style) line\(kind)" points="\(points(line.y).joined(separator: " "))"\(data)\(band)/>
      """)
    if line.isFaint { return parts }
    // One point is no line; and of very long series the line is enough.
    let dots = finite.count == 1 || (!isInteractive && line.x.count <= 200) ? finite : []
    for position in dots {
      let spread = hasBand ? " [\(short(line.low[position])) to \(short(line.high[position]))]" : ""
      parts.append(
        """
        <circle class="\(style) dot" cx="\(number(frame.left(line.x[position])))" \
        cy="\(number(frame.top(line.y[position])))" r="4"><title>\(line.name), \(frame.label) \
        \(short(line.x[position])): \(short(line.y[position]))\(spread)\(frame.unit)</title></circle>
        """)
    }
    return parts
  }

  static func legend(_ names: [(name: String, color: Int)]) -> [HTML] {
    names.map { "<span class=\"name\"><span class=\"key s\($0.color)\"></span> \($0.name)</span>" }
  }

  static func number(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func fixed(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func short(_ value: Double) -> String { String(format: "%.5g", value) }
}
