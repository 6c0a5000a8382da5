/// Writes the gnuplot script of a figure. Data and text are in the script; it reads and names no file.
struct GnuplotScript {
  /// What the picture is stored as.
  enum Format: String {
    case png, svg, pdf
  }

  let figure: Figure
  let layout: FigureLayout
  let colours: [String: Int]
  /// Commands that came so far.
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
    var colours: [String: Int] = [:]
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
      "set border 3 linewidth 0.8 linecolor rgb '#555555'",
      "set tics nomirror out scale 0.5 \(Self.tickColour)",
      "set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'",
      "unset key",
    ]
  }

  /// Has to be said whenever anything else of the tics is: they take the border's colour else.
  static let tickColour = "textcolor rgb '#333333'"

  /// Puts the next plot at `box` of the layout.
  mutating func place(_ box: FigureLayout.Box) {
    let share = { (value: Double, whole: Double) in GnuplotText.number(value / whole) }
    lines += [
      "set lmargin at screen \(share(box.left, layout.width))",
      "set rmargin at screen \(share(box.right, layout.width))",
      "set tmargin at screen \(share(layout.height - box.top, layout.height))",
      "set bmargin at screen \(share(layout.height - box.bottom, layout.height))",
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

  /// The mark of a series: full ones first.
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
    if !figure.title.isEmpty {
      texts.append(label(figure.title, layout.titleY, "font 'Arial:Bold,15' textcolor rgb '#222222'"))
    }
    if !figure.caption.isEmpty {
      texts.append(label(figure.caption, layout.captionY, "font ',10' textcolor rgb '#666666'"))
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
