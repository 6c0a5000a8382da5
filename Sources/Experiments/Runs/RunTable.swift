import Figures
import Foundation
import RunStore
import Support

/// One row of a list of runs: a run and one of its learners. A run without results has one row.
public struct ListedRun: Sendable, Encodable {
  public let run: StoredRun
  /// The path of the run's folder.
  public let path: String
  public let learner: String?
  /// The mean over sessions and repeats on all words so far, 0 to 1.
  public let accuracy: Double?
  /// The same on new words.
  public let newAccuracy: Double?
  /// The options that the user gave another value than the default.
  public let options: [StoredSetting]
  /// Every option with its value, where conditions or columns name one.
  fileprivate let settings: [String: StoredSetting]
}

/// The runs of a catalog as a table: conditions, order and columns.
public struct RunTable: Sendable {
  /// What is displayed unless columns are named.
  public static let standardColumns = [
    "run", "state", "model", "learner", "recipe", "data", "ways", "shots", "seed", "options", "accuracy",
    "metric", "age",
  ]
  /// The columns besides the options of plugins, such as `recipe.epochs`.
  public static let columns =
    standardColumns + [
      "metric_value", "new_accuracy", "kind", "task", "encoder", "queries", "sessions", "repeats", "started",
      "seconds",
      "size",
      "clips", "words", "commit", "host", "version", "path",
    ]

  /// Options that have a column of their own.
  private static let withColumns: Set = ["task.ways", "task.shots"]

  /// The conditions that all rows meet.
  public var conditions: [RunCondition] = []
  /// The column to sort by; the start of the runs if it is nil.
  public var order: String?
  public var isDescending = false
  /// The number of rows, from the last one; nil for all.
  public var limit: Int?
  public var columns = standardColumns

  public init() {}

  /// The rows of a store.
  ///
  /// - Throws: ``RunTableError`` for a column that does not exist; `RunStoreError`.
  public func rows(of store: RunStore, in catalog: RunCatalog) throws -> [ListedRun] {
    let learners = try store.learners()
    let different = try store.settings(onlyDifferent: true)
    let runs = try store.runs()
    let named = (columns + conditions.map(\.column) + (order.map { [$0] } ?? [])).filter {
      !Self.columns.contains($0)
    }
    let all = named.isEmpty ? [:] : try store.settings()
    let known = Set(all.values.joined().map(\.name))
    if let unknown = named.first(where: { !known.contains($0) }), !runs.isEmpty {
      throw RunTableError.unknownColumn(unknown, known: Self.columns + known.sorted())
    }
    var rows: [ListedRun] = []
    for run in runs {
      let settings = Dictionary((all[run.folder] ?? []).map { ($0.name, $0) }) { first, _ in first }
      let own = learners[run.folder] ?? []
      func row(_ learner: StoredLearner?) -> ListedRun {
        // The options of other learners are none of this row's; its label states those that it was named with.
        let others = own.map(\.name).filter { $0 != learner?.name || $0.contains(":") }
        return ListedRun(
          run: run, path: catalog.path(run.folder), learner: learner?.name, accuracy: learner?.accuracy,
          newAccuracy: learner?.newAccuracy,
          options: (different[run.folder] ?? []).filter { option in
            !Self.withColumns.contains(option.name) && !others.contains { option.name.hasPrefix($0 + ".") }
          }, settings: settings)
      }
      rows += own.isEmpty ? [row(nil)] : own.map(row)
    }
    rows = rows.filter { row in conditions.allSatisfy { $0.holds(row[$0.column]) } }
    if let order { rows = sorted(rows, by: order) }
    return limit.map { Array(rows.suffix($0)) } ?? rows
  }

  /// The table of rows, one for each.
  public func table(_ rows: [ListedRun]) -> ResultTable {
    let right: Set = [
      "ways", "shots", "queries", "sessions", "repeats", "seed", "age", "size", "seconds", "clips", "words",
      "metric_value",
    ]
    // Only tasks that compare no learners have a metric.
    let hasMetric = self.columns != Self.standardColumns || rows.contains { $0.run.metric != nil }
    let columns = self.columns.filter { hasMetric || $0 != "metric" }
    return ResultTable(
      columns: columns.map { name in
        let isAccuracy = ["accuracy", "new_accuracy"].contains(name)
        return .init(
          isAccuracy ? "\(name), %" : name, decimals: isAccuracy ? 2 : nil, isRight: right.contains(name))
      },
      rows: rows.map { row in columns.map { cell(row, $0) } })
  }

  private func cell(_ row: ListedRun, _ column: String) -> ResultTable.Cell {
    switch column {
    case "accuracy", "new_accuracy": row[column]?.number.map { .number($0 * 100) } ?? .empty
    case "metric":
      row.run.metric.map { .text("\($0) \(String(format: "%.4g", row.run.metricValue ?? .nan))") } ?? .empty
    case "age": .text(RunAge.text(since: row.run.started))
    case "size": .text(ByteCount(row.run.bytes).description)
    case "commit":
      .text((row.run.gitCommit?.prefix(8)).map { $0 + ((row.run.gitChanges ?? 0) > 0 ? "+" : "") } ?? "")
    default: row[column].map { .text($0.text) } ?? .empty
    }
  }

  private func sorted(_ rows: [ListedRun], by column: String) -> [ListedRun] {
    let keyed = rows.map { (key: $0[column], row: $0) }
    let present = keyed.filter { $0.key != nil }.enumerated().sorted { one, other in
      guard let left = one.element.key, let right = other.element.key else { return false }
      let order = left.compare(right)
      if order == 0 { return one.offset < other.offset }
      return isDescending ? order > 0 : order < 0
    }
    // Rows without a value come last, in either order.
    return present.map(\.element.row) + keyed.filter { $0.key == nil }.map(\.row)
  }
}

extension ListedRun {
  /// The value of a column; nil for a run without one.
  public subscript(column: String) -> RunValue? {
    switch column {
    case "run": .text(run.name)
    case "state": .text(run.state)
    case "kind": .text(run.kind)
    case "task": run.task.map(RunValue.text)
    case "model": run.model.map(RunValue.text)
    case "learner": learner.map(RunValue.text)
    case "recipe": run.recipe.map(RunValue.text)
    case "encoder": run.encoder.map(RunValue.text)
    case "data": run.data.map(RunValue.text)
    case "ways": run.ways.map(RunValue.integer)
    case "shots": run.shots.map(RunValue.integer)
    case "queries": run.queries.map(RunValue.integer)
    case "sessions": run.sessions.map(RunValue.integer)
    case "repeats": run.repeats.map(RunValue.integer)
    case "clips": run.clips.map(RunValue.integer)
    case "words": run.words.map(RunValue.integer)
    case "size": .integer(run.bytes)
    case "seed": run.seed.map { Int($0).map(RunValue.integer) ?? .text($0) }
    case "accuracy": accuracy.map(RunValue.number)
    case "new_accuracy": newAccuracy.map(RunValue.number)
    case "metric": run.metric.map(RunValue.text)
    case "metric_value": run.metricValue.map(RunValue.number)
    case "seconds": run.seconds.map(RunValue.number)
    case "age": RunAge.seconds(since: run.started).map(RunValue.number)
    case "started": run.started.isEmpty ? nil : .text(run.started)
    case "commit": run.gitCommit.map(RunValue.text)
    case "host": run.host.map(RunValue.text)
    case "version": run.version.map(RunValue.text)
    case "path": .text(path)
    case "options":
      options.isEmpty ? nil : .text(options.map { "\($0.name)=\($0.text)" }.joined(separator: " "))
    default: settings[column].map { RunValue(parsing: $0.text) }
    }
  }
}

extension StoredSetting {
  /// The value with its type; nil for a damaged one.
  public var typedValue: SettingValue? { Self.decoded(value) }

  /// The default with its type; nil without one.
  public var typedDefault: SettingValue? { defaultValue.flatMap(Self.decoded) }

  /// The value as on the command line.
  public var text: String { typedValue?.text ?? value }

  /// The default as on the command line; nil without one.
  public var defaultText: String? { typedDefault?.text ?? defaultValue }

  private static func decoded(_ json: String) -> SettingValue? {
    try? ResultFile.decode(SettingValue.self, from: Data(json.utf8))
  }
}

extension ListedRun {
  private enum CodingKeys: String, CodingKey {
    case run, path, learner, accuracy, newAccuracy = "new_accuracy", options
  }

  /// One object a row: the run, the learner, its accuracies, and the options by name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(path, forKey: .path)
    try container.encodeIfPresent(learner, forKey: .learner)
    try container.encodeIfPresent(accuracy, forKey: .accuracy)
    try container.encodeIfPresent(newAccuracy, forKey: .newAccuracy)
    let values = options.compactMap { option in option.typedValue.map { (option.name, $0) } }
    try container.encode(Dictionary(values) { first, _ in first }, forKey: .options)
  }
}
