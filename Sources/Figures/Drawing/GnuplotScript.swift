import Support

/// Writes the gnuplot script of a figure. Data and text are in the script; it reads and names no file.
package struct GnuplotScript {
  /// What the picture is stored as.
  enum Format: String {
    case png, svg, pdf
  }

  let figure: Figure
  let layout: FigureLayout
  let colours: [Name: Int]
  /// The commands so far.
  var lines: [String] = []
  var blocks = 0

  /// The script that writes `figure` to standard output of `format`, into the file `output` of the working
  /// folder.
  static func text(_ figure: Figure, format: Format, output: String) -> String {
    var script = GnuplotScript(figure)
    script.begin(format, output)
    for (index, panel) in figure.panels.enumerated() { script.add(panel, index) }
    script.addLegend()
    script.addTexts()
    return (script.lines + ["unset multiplot", "unset output"]).joined(separator: "\n") + "\n"
  }

  private init(_ figure: Figure) {
    self.figure = figure
    layout = FigureLayout(figure)
    let names = figure.panels.flatMap(\.names)
    var colours: [Name: Int] = [:]
    for name in names where colours[name] == nil { colours[name] = colours.count }
    self.colours = colours
  }

  private mutating func begin(_ format: Format, _ output: String) {
    let width = layout.width
    let height = layout.height
    let number = GnuplotText.number
    lines.append("set encoding utf8")
    // One unit of the layout is two dots of a PNG, one of an SVG, 1/96 inch of a PDF.
    switch format {
    case .png:
      lines.append(
        "set terminal pngcairo noenhanced size \(number(width * 2)),\(number(height * 2)) font 'Arial,12' "
          + "fontscale 2 linewidth 2 pointscale 2 background rgb 'white'")
    case .svg:
      lines.append(
        "set terminal svg noenhanced size \(number(width)),\(number(height)) font 'Arial,12' "
          + "linewidth 1 background rgb 'white'")
    case .pdf:
      lines.append(
        "set terminal pdfcairo noenhanced size \(number(width / 96))in,\(number(height / 96))in "
          + "font 'Arial,12' fontscale 0.75 linewidth 0.5 pointscale 0.5 background rgb 'white'")
    }
    lines += [
      "set output \(GnuplotText.quoted(output))",
      "set multiplot",
      Self.border, Self.tics, Self.grid, "unset key",
    ]
  }

  static let border = "set border 3 linewidth 0.8 linecolor rgb '#555555'"
  static let grid = "set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'"
  static let tics = "set tics nomirror out scale 0.5 \(tickColour)"
  /// Has to be repeated whenever anything else of the tics is set: they take the border's colour otherwise.
  static let tickColour = "textcolor rgb '#333333'"

  /// Puts the next plot at `box` of the layout.
  mutating func place(_ box: FigureLayout.Box) {
    let fraction = { (value: Double, whole: Double) in GnuplotText.number(value / whole) }
    lines += [
      "set lmargin at screen \(fraction(box.left, layout.width))",
      "set rmargin at screen \(fraction(box.right, layout.width))",
      "set tmargin at screen \(fraction(layout.height - box.top, layout.height))",
      "set bmargin at screen \(fraction(layout.height - box.bottom, layout.height))",
    ]
  }

  /// Stores rows of numbers; an empty row breaks a line. Returns the name to plot.
  mutating func block(_ rows: [[Double]]) -> String {
    blocks += 1
    lines.append("$data\(blocks) << END")
    lines += rows.map { $0.map(GnuplotText.number).joined(separator: " ") }
    lines.append("END")
    return "$data\(blocks)"
  }

  /// Stores points, with an empty row where one of a point's numbers is not finite.
  mutating func block(points: [[Double]]) -> String {
    var rows: [[Double]] = []
    for point in points {
      if point.allSatisfy(\.isFinite) {
        rows.append(point)
      } else if rows.last?.isEmpty == false {
        rows.append([])
      }
    }
    if rows.last?.isEmpty == true { rows.removeLast() }
    return block(rows)
  }

  func colour(of name: String) -> UInt32 { Palette.series(colours[name] ?? 0) }

  /// The mark of a series: filled ones first.
  func mark(of name: String) -> Int {
    let marks = [7, 5, 9, 13, 11, 6, 4, 8, 12, 10]
    return marks[(colours[name] ?? 0) % marks.count]
  }

  /// Series beyond the palette repeat its colours with other dashes.
  func dash(of name: String) -> Int { 1 + (colours[name] ?? 0) / Palette.series.count % 4 }

  private mutating func addTexts() {
    var texts: [String] = []
    func label(_ text: String, _ y: Double, _ style: String) -> String {
      let height = GnuplotText.number((layout.height - y) / layout.height)
      return "set label \(GnuplotText.quoted(text)) at screen 0.5,\(height) center \(style)"
    }
    for line in layout.titleLines {
      texts.append(label(line.text, line.y, "font 'Arial:Bold,15' textcolor rgb '#222222'"))
    }
    for line in layout.captionLines {
      texts.append(label(line.text, line.y, "font ',10' textcolor rgb '#666666'"))
    }
    guard !texts.isEmpty else { return }
    lines += ["unset key", "unset label"] + texts + emptyAxes + ["plot NaN notitle"]
  }

  /// A plot without axes, to carry a legend or labels.
  var emptyAxes: [String] {
    [
      "unset title", "unset xlabel", "unset ylabel", "unset border", "unset tics", "unset grid",
      "set xrange [0:1]", "set yrange [0:1]",
    ]
  }
}

extension GnuplotScript {
  /// One panel: its axes, then what is between them.
  mutating func add(_ panel: Figure.Panel, _ index: Int) {
    let frame = PanelFrame(panel)
    let box = layout.panels[index]
    place(box)
    lines += [
      "set title \(Self.title(panel.title, .panelTitle)) font 'Arial:Bold,13' "
        + "offset 0,-0.2 textcolor rgb '#222222'",
      "set xlabel \(Self.title(panel.x.label, .axis)) textcolor rgb '#222222'",
      "set ylabel \(Self.title(panel.y.label, .axis)) textcolor rgb '#222222'",
      "set xrange [\(range(frame.x))]",
      "set yrange [\(range(frame.y))]",
      "set xtics \(layout.turned[index] ? "rotate by 35 right " : "norotate ")(\(ticks(frame.xTicks)))",
      "set ytics (\(ticks(frame.yTicks)))",
    ]
    panel.content.kind.plot(panel, in: box, frame, by: &self)
    lines += ["unset label", "unset key"]
    if panel.legend == .right, !panel.legendNames.isEmpty { addLegend(of: panel, beside: box) }
  }

  /// The title of an axis or a panel.
  static func title(_ text: String, _ style: TextMeasure) -> String {
    GnuplotText.quoted(style.cut(text, to: FigureLayout.widestTitle))
  }

  private func range(_ range: ClosedRange<Double>) -> String {
    GnuplotText.number(range.lowerBound) + ":" + GnuplotText.number(range.upperBound)
  }

  func ticks(_ ticks: [PanelFrame.Tick]) -> String {
    ticks.map { "\(GnuplotText.tick($0.label)) \(GnuplotText.number($0.position))" }.joined(separator: ", ")
  }

  /// One plot command of several parts.
  mutating func plot(_ parts: [String]) { lines.append("plot " + parts.joined(separator: ", \\\n  ")) }

  /// How boxes of a series are drawn, from a block of ``block(boxes:)``.
  func boxStyle(_ name: String, opacity: Double = 1) -> String {
    let paint = GnuplotText.colour(colour(of: name), opacity: opacity)
    return "boxxyerror fillstyle solid noborder fillcolor rgb \(paint)"
  }

  /// Stores boxes, rows of left, right, bottom, top and what else follows, as `boxxyerror` takes them: centre first.
  mutating func block(boxes: [[Double]]) -> String {
    block(
      boxes.map { [($0[0] + $0[1]) / 2, ($0[2] + $0[3]) / 2, $0[0], $0[1], $0[2], $0[3]] + $0.dropFirst(4) })
  }
}

extension GnuplotScript {
  /// The legend below all panels: each name once.
  mutating func addLegend() {
    var seen: Set<Name> = []
    var samples: [String] = []
    for panel in figure.panels where panel.legend == .below {
      samples += entries(panel) { seen.insert(Name($0)).inserted }
    }
    guard !samples.isEmpty else { return }
    let y = GnuplotText.number((layout.height - layout.legendY) / layout.height)
    place(FigureLayout.Box(left: 0, top: 0, right: layout.width, bottom: layout.height))
    lines += emptyAxes
    lines += [
      "set key at screen 0.5,\(y) center center horizontal maxcols \(layout.legendColumns) Left reverse "
        + "samplen 2.5 spacing 1.1 width 1 textcolor rgb '#222222'"
    ]
    plot(samples)
    restoreAxes()
  }

  /// The legend of one panel, to its right.
  mutating func addLegend(of panel: Figure.Panel, beside box: FigureLayout.Box) {
    let x = GnuplotText.number((box.right + 10) / layout.width)
    let y = GnuplotText.number((layout.height - box.top) / layout.height)
    lines += emptyAxes
    lines += [
      "set key at screen \(x),\(y) left top vertical Left reverse "
        + "samplen 2.5 spacing 1.2 textcolor rgb '#222222'"
    ]
    plot(entries(panel) { _ in true })
    restoreAxes()
  }

  private mutating func restoreAxes() {
    lines += ["unset key", Self.border, Self.tics, Self.grid]
  }

  /// Samples without data, one per name that `isWanted`.
  private func entries(_ panel: Figure.Panel, _ isWanted: (String) -> Bool) -> [String] {
    panel.names.enumerated().filter { !$0.element.isEmpty && isWanted($0.element) }.map { index, name in
      let style = panel.content.kind.legendStyle(index, by: self)
      return
        "NaN with \(style) title \(GnuplotText.quoted(TextMeasure.legend.cut(name, to: FigureLayout.widestName)))"
    }
  }
}

/// Text and numbers as gnuplot's script takes them.
enum GnuplotText {
  /// `text` as a double-quoted string in which every ASCII sign that could mean something to gnuplot (quotes,
  /// backquotes, backslashes, braces, macros) is its octal code. gnuplot puts the signs back only when the
  /// string is made, so nothing of the text is ever read as a command; the terminal is set to `noenhanced`,
  /// so `_`, `^` and `@` are plain characters. Line ends become spaces.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in DisplayText.cut(DisplayText.line(text), to: 300).unicodeScalars {
      let isPlain =
        scalar.value > 0x7F || scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
      if isPlain || plain.contains(scalar) {
        quoted.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 8)
        quoted += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return quoted + "\""
  }

  private static let plain: Set<Unicode.Scalar> = [" ", ",", ".", ":", "(", ")", "+", "-", "/", "=", "%"]

  /// `text` as the label of a tick, where `%` would begin a number format.
  static func tick(_ text: String) -> String {
    quoted(TextMeasure.tick.cut(text, to: FigureLayout.widestTick).replacing("%", with: "%%"))
  }

  /// A number with 10 significant digits: more than a picture can display, and the same on every machine.
  static func number(_ value: Double) -> String { PlotNumber.short(value, digits: 10) }

  /// `'#0072B2'`; `opacity` from 0 to 1.
  static func colour(_ rgb: UInt32, opacity: Double = 1) -> String {
    let transparency = UInt32(((1 - opacity) * 255).rounded())
    let digits = hexadecimal(rgb, 6)
    return transparency == 0 ? "'#\(digits)'" : "'#\(hexadecimal(transparency, 2))\(digits)'"
  }

  private static func hexadecimal(_ value: UInt32, _ count: Int) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(count - digits.count, 0)) + digits
  }
}
