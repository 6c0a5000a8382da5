import Support

/// The list of runs, from the store.
///
/// An actor of its own: bringing the store up to date may take seconds, in which the pages of runs go on.
actor ListedRuns {
  /// Which runs a list has.
  struct Filter: Sendable, Hashable {
    var conditions: [RunCondition] = []
    var order: String?
    var isDescending = false
  }

  nonisolated let catalog: RunCatalog
  private var lists: [Filter: (rows: [ListedRun], until: ContinuousClock.Instant)] = [:]

  /// How long a list is used again; longer where it takes long, so that reading takes a fifth of the time at most.
  private static let patience = Duration.milliseconds(1500)

  init(_ catalog: RunCatalog) { self.catalog = catalog }

  /// The rows of a list, the newest run first unless the filter has another order.
  ///
  /// - Throws: `RunTableError` for a column that does not exist; `RunStoreError`.
  func rows(_ filter: Filter) throws -> [ListedRun] {
    let begin = ContinuousClock.now
    if let known = lists[filter], known.until > begin { return known.rows }
    var table = RunTable()
    table.conditions = filter.conditions
    table.order = filter.order
    table.isDescending = filter.isDescending
    var rows = try catalog.reading { try table.rows(of: $0, in: catalog) }
    if filter.order == nil { rows.reverse() }
    let end = ContinuousClock.now
    lists = lists.filter { $0.value.until > end }
    lists[filter] = (rows, end + max(Self.patience, (end - begin) * 4))
    return rows
  }
}
