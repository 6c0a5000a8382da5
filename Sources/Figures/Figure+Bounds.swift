// What a figure may hold: enough for any picture, little enough to draw at once.
extension Figure {
  /// The most points, bars and cells of all panels.
  public static let maxPoints = 200_000
  /// The most series of all panels, and the most marks on an axis.
  public static let maxSeries = 1000
  /// The most panels.
  public static let maxPanels = 100

  /// Points, bars and cells of all panels.
  public var pointCount: Int { panels.reduce(0) { $0 + $1.content.pointCount } }

  /// About how many bytes it takes.
  public var byteCount: Int { 512 * panels.count + panels.reduce(0) { $0 + $1.byteCount } }

  /// Itself.
  ///
  /// - Throws: ``FigureError/tooMuch(plot:what:count:most:)`` when it holds more than a figure may.
  public func bounded(_ plot: String) throws(FigureError) -> Figure {
    try Self.check(plot, "panels", panels.count, atMost: Self.maxPanels)
    try Self.check(plot, "points", pointCount, atMost: Self.maxPoints)
    try Self.check(plot, "series", panels.reduce(0) { $0 + $1.names.count }, atMost: Self.maxSeries)
    for axis in panels.flatMap({ [$0.x, $0.y] }) {
      try Self.check(plot, "marks on an axis", axis.ticks?.count ?? 0, atMost: Self.maxSeries)
    }
    return self
  }

  /// Throws when there are more of something than there may be.
  public static func check(
    _ plot: String, _ what: String, _ count: Int, atMost most: Int
  ) throws(FigureError) {
    guard count <= most else { throw .tooMuch(plot: plot, what: what, count: count, most: most) }
  }
}

extension Figure.Panel {
  fileprivate var byteCount: Int {
    let labels: [String] =
      switch content {
      case .bars(let bars): bars.labels
      case .heatmap(let map): map.rows + map.columns + (map.cellText ?? []).joined()
      default: []
      }
    return 32 * content.pointCount + (labels + names).reduce(0) { $0 + 16 + $1.utf8.count }
  }
}

extension Figure.Content {
  fileprivate var pointCount: Int {
    switch self {
    case .lines(let lines): lines.reduce(0) { $0 + $1.y.count }
    case .bars(let bars): bars.labels.count * bars.names.count
    case .heatmap(let map): map.rows.count * map.columns.count
    case .scatter(let groups): groups.reduce(0) { $0 + $1.x.count }
    case .histogram(let histogram): histogram.edges.count * histogram.names.count
    }
  }
}
