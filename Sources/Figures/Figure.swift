import Algorithms

/// A figure as a plain value: what to draw, not how. Drawn by gnuplot (``Figure/save(to:search:)``) or as text
/// (``Figure/text(width:colour:)``).
public struct Figure: Sendable, Hashable {
  /// Displayed above all panels; may be empty.
  public var title: String
  /// Displayed small below all panels: the source of the numbers.
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
    Array(panels.flatMap(\.legendNames).uniqued())
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

  /// One axis. The renderer chooses a range or ticks that are nil.
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

  /// Where the names of the series appear; never over data.
  public enum Legend: Sendable, Hashable {
    /// Below all panels, one legend for all panels with this value.
    case below
    /// Beside the panel.
    case right
    case hidden
  }

  /// The content of a panel; each kind has a function that makes it, such as ``lines(_:)``.
  public struct Content: Sendable, Hashable {
    package let kind: any FigureKind

    package init(_ kind: any FigureKind) { self.kind = kind }

    public static func == (left: Self, right: Self) -> Bool {
      AnyHashable(left.kind) == AnyHashable(right.kind)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(kind)) }
  }
}

extension Figure.Panel {
  /// The names of the series, in order.
  public var names: [String] { content.kind.names }

  /// The names that a legend has: those that are not empty.
  var legendNames: [String] {
    legend == .hidden ? [] : names.filter { !$0.isEmpty }
  }

  /// About how many bytes it takes.
  fileprivate var byteCount: Int {
    32 * content.kind.pointCount
      + (content.kind.labels + names + [title, x.label, y.label]).reduce(0) { $0 + 16 + $1.utf8.count }
  }
}

// What a figure may hold: enough for any picture, little enough to draw at once.
extension Figure {
  /// The largest number of points, bars and cells of all panels.
  public static let maxPoints = 200_000
  /// The largest number of series of all panels, and of marks on an axis.
  public static let maxSeries = 1000
  /// The largest number of panels.
  public static let maxPanels = 100

  /// Points, bars and cells of all panels.
  public var pointCount: Int { panels.reduce(0) { $0 + $1.content.kind.pointCount } }

  /// About how many bytes it takes.
  public var byteCount: Int {
    512 * panels.count + title.utf8.count + caption.utf8.count + panels.reduce(0) { $0 + $1.byteCount }
  }

  /// Returns the figure unchanged.
  ///
  /// - Throws: ``FigureError/tooMuch(plot:what:count:limit:)`` when it holds more than a figure may.
  public func bounded(_ plot: String) throws(FigureError) -> Figure {
    try Self.check(plot, "panels", panels.count, atMost: Self.maxPanels)
    try Self.check(plot, "points", pointCount, atMost: Self.maxPoints)
    try Self.check(plot, "series", panels.reduce(0) { $0 + $1.names.count }, atMost: Self.maxSeries)
    for axis in panels.flatMap({ [$0.x, $0.y] }) {
      try Self.check(plot, "marks on an axis", axis.ticks?.count ?? 0, atMost: Self.maxSeries)
    }
    return self
  }

  /// - Throws: ``FigureError/tooMuch(plot:what:count:limit:)`` when `count` is above `limit`.
  public static func check(
    _ plot: String, _ what: String, _ count: Int, atMost limit: Int
  ) throws(FigureError) {
    guard count <= limit else { throw .tooMuch(plot: plot, what: what, count: count, limit: limit) }
  }

  /// - Throws: ``FigureError/lengths(plot:name:of:count:expected:)`` when two lists differ in length.
  static func checkLength(
    _ plot: String, _ name: String, _ count: Int, equal other: String, _ expected: Int
  ) throws(FigureError) {
    guard count == expected else {
      throw .lengths(plot: plot, name: name, of: other, count: count, expected: expected)
    }
  }
}
