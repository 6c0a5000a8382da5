/// A figure as a plain value: what to draw, not how. Drawn by gnuplot (``Figure/save(to:)``) or as text
/// (``Figure/text(width:colour:)``).
public struct Figure: Sendable, Hashable {
  /// Shown above all panels; may be empty.
  public var title: String
  /// Shown small below all panels: where the numbers come from.
  public var caption: String
  /// Drawn side by side, in rows of up to three.
  public var panels: [Panel]

  public init(title: String = "", caption: String = "", panels: [Panel]) {
    self.title = title
    self.caption = caption
    self.panels = panels
  }

  /// The names in the legends, in order of first appearance; one name has one colour in all panels.
  public var names: [String] {
    var seen: Set<String> = []
    return panels.flatMap(\.legendNames).filter { seen.insert($0).inserted }
  }

  /// One pair of axes with what is drawn between them.
  public struct Panel: Sendable, Hashable {
    public var title: String
    public var x: Axis
    public var y: Axis
    public var legend: Legend
    public var content: Content

    public init(
      title: String = "", x: Axis = Axis(), y: Axis = Axis(), legend: Legend = .below, content: Content
    ) {
      self.title = title
      self.x = x
      self.y = y
      self.legend = legend
      self.content = content
    }
  }

  /// One axis. A range or ticks left out are chosen by the renderer.
  public struct Axis: Sendable, Hashable {
    public var label: String
    public var range: ClosedRange<Double>?
    /// Positions of the marks; nil lets the renderer choose.
    public var ticks: [Double]?

    public init(_ label: String = "", range: ClosedRange<Double>? = nil, ticks: [Double]? = nil) {
      self.label = label
      self.range = range
      self.ticks = ticks
    }
  }

  /// Where the names of the series stand; never over data.
  public enum Legend: Sendable, Hashable {
    /// Below all panels, shared by those that ask for it.
    case below
    /// Beside the panel.
    case right
    case hidden
  }

  /// What a panel shows.
  public enum Content: Sendable, Hashable {
    case lines([Line])
    case bars(Bars)
    case heatmap(Heatmap)
    case scatter([Points])
    case histogram(Histogram)
  }
}

extension Figure {
  /// A line, with a band around it when `low` and `high` are given. NaN is a gap.
  public struct Line: Sendable, Hashable {
    public var name: String
    public var x: [Double]
    public var y: [Double]
    public var low: [Double]?
    public var high: [Double]?

    public init(_ name: String, x: [Double], y: [Double], low: [Double]? = nil, high: [Double]? = nil) {
      self.name = name
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  /// Groups of bars: one group per label, one bar of each series in it. NaN is a missing bar.
  public struct Bars: Sendable, Hashable {
    public var labels: [String]
    public var names: [String]
    /// (series, labels).
    public var values: [[Double]]

    public init(labels: [String], names: [String], values: [[Double]]) {
      self.labels = labels
      self.names = names
      self.values = values
    }
  }

  /// A matrix of shaded cells, first row on top. NaN is an empty cell.
  public struct Heatmap: Sendable, Hashable {
    public var rows: [String]
    public var columns: [String]
    /// (rows, columns).
    public var values: [[Double]]
    /// What stands in a cell, (rows, columns); nil writes the value.
    public var cellText: [[String]]?
    /// What the colours mean, beside the scale.
    public var scale: String

    public init(
      rows: [String], columns: [String], values: [[Double]], cellText: [[String]]? = nil, scale: String = ""
    ) {
      self.rows = rows
      self.columns = columns
      self.values = values
      self.cellText = cellText
      self.scale = scale
    }
  }

  /// Points of one group.
  public struct Points: Sendable, Hashable {
    public var name: String
    public var x: [Double]
    public var y: [Double]

    public init(_ name: String, x: [Double], y: [Double]) { (self.name, self.x, self.y) = (name, x, y) }
  }

  /// Counts in bins of one width, shared by all series.
  public struct Histogram: Sendable, Hashable {
    /// Ends of the bins, one more than bins.
    public var edges: [Double]
    public var names: [String]
    /// (series, bins).
    public var counts: [[Int]]

    public init(edges: [Double], names: [String], counts: [[Int]]) {
      self.edges = edges
      self.names = names
      self.counts = counts
    }
  }
}

extension Figure.Panel {
  /// The names of the series, in order.
  public var names: [String] {
    switch content {
    case .lines(let lines): lines.map(\.name)
    case .bars(let bars): bars.names
    case .heatmap: []
    case .scatter(let groups): groups.map(\.name)
    case .histogram(let histogram): histogram.names
    }
  }

  /// The names worth a legend: none when there is one series without a name.
  var legendNames: [String] {
    legend == .hidden ? [] : names.filter { !$0.isEmpty }
  }
}
