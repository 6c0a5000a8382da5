import FewShot
import Figures
import LuaHost
import Support
import Tensors

/// What the `run` of a task plugin returns.
public enum TaskOutcome {
  /// The results of `nj.fscil.run`.
  case fewShot(FewShotResults)
  /// What any other benchmark measured.
  case measurements(TaskMeasurements)

  /// The outcome in a value that `plugin` returned.
  ///
  /// - Throws: the plugin's violation for a value that is neither, with its line.
  init(_ value: LuaValue, of plugin: Plugin, in state: LuaState) throws {
    if let results = value.object(FewShotResults.self) {
      self = .fewShot(results)
    } else if let table = value.table {
      do { self = .measurements(try TaskMeasurements(table)) } catch let error as ScriptError {
        throw plugin.violation("run returned a table whose \(error.message.what)", in: "run", state)
      }
    } else {
      throw plugin.violation(
        "run returned \(value.typeName), expected a table, or the results of nj.fscil.run",
        hint: "return nj.fscil.run { … }, or { metrics = { accuracy = 0.9 } }", in: "run", state)
    }
  }
}

/// What a benchmark measured: named numbers, curves, tables and figures.
public struct TaskMeasurements {
  /// Numbers by name, each with its value in every repeat.
  public let metrics: [String: [Double]]
  /// Lists of numbers by name, such as an accuracy by session: repeats × points.
  public let curves: [String: [[Double]]]
  /// Tables, sorted by name, which is their title.
  public let tables: [ResultTable]
  /// Figures, sorted by name.
  public let figures: [(name: String, figure: Figure)]

  /// What could not be measured, with the reason.
  public let failures: [String: String]

  /// The name of the metric that the task is judged by, for lists of runs; nil where it does not say.
  public let main: String?

  /// The most values that a metric or a curve has.
  public var repeats: Int {
    max(metrics.values.map(\.count).max() ?? 1, curves.values.map(\.count).max() ?? 1)
  }

  /// What a benchmark's run returns beside metrics.
  private static let partsOfRun = ["failures", "layers", "samples"]
  private static let fields = ["curves", "failures", "figures", "main", "metrics", "tables"]

  /// The measurements in `{ metrics =, curves =, tables =, figures =, failures =, main = }`, each of which may be
  /// missing. The metrics may be what the `run` of `nj.benchmark` returns: its layers become a table, and its failures
  /// are those of the task.
  ///
  /// - Throws: `ScriptError` that begins with the name of the field that does not fit.
  init(_ table: LuaTable) throws {
    for (name, _) in table.fields where !Self.fields.contains(name) {
      throw ScriptError("'\(name)' is not one of \(Self.fields.joined(separator: ", "))")
    }
    let measured = try Self.entries(table["metrics"], "metrics")
    // Of a benchmark's run; a metric of this name is a number.
    let isRun = measured["layers"]?.list != nil && measured["failures"]?.table != nil
    metrics = try Self.metrics(isRun ? measured.filter { !Self.partsOfRun.contains($0.key) } : measured)
    curves = try Self.entries(table["curves"], "curves").mapEntries { try Self.curve($1, "curves.\($0)") }
    var named = try Self.entries(table["tables"], "tables")
    if isRun, let layers = measured["layers"], layers.list?.isEmpty == false, named["layers"] == nil {
      named["layers"] = layers
    }
    tables = try named.sorted.map { name, value in
      guard let rows = value.list else {
        throw ScriptError("tables.\(name) is a \(value.typeName), expected rows")
      }
      return try RunTable.make(name, rows: rows, columns: nil)
    }
    figures = try Self.entries(table["figures"], "figures").sorted.map { name, value in
      guard let figure = value.object(Figure.self) else {
        throw ScriptError("figures.\(name) is a \(value.typeName), expected a figure of nj.plot")
      }
      return (name, figure)
    }
    let reasons = try Self.entries(table["failures"], "failures").merging(
      isRun ? Self.entries(measured["failures"] ?? .nil, "metrics.failures") : [:]
    ) { first, _ in first }
    failures = try reasons.mapEntries { name, value in
      guard let reason = value.string else {
        throw ScriptError("failures.\(name) is a \(value.typeName), expected the reason")
      }
      return reason
    }
    guard !metrics.isEmpty || !curves.isEmpty else {
      throw ScriptError("metrics and curves are empty: nothing was measured")
    }
    main = table["main"].string
    guard table["main"].isNil || main.map({ metrics[$0] != nil }) == true else {
      throw ScriptError(
        "main is \(main.map { "'\($0)'" } ?? "a " + table["main"].typeName), expected the name of a metric: "
          + metrics.keys.sorted().joined(separator: ", "))
    }
  }

  /// Numbers, lists of one number a repeat, and tables of named numbers, as metrics with several parts return them.
  private static func metrics(_ values: [String: LuaValue]) throws -> [String: [Double]] {
    var metrics: [String: [Double]] = [:]
    for (name, value) in values {
      if let parts = value.table, !parts.fields.isEmpty {
        for (part, value) in parts.fields {
          metrics["\(name).\(part)"] = try numbers(value, "metrics.\(name).\(part)")
        }
      } else {
        metrics[name] = try numbers(value, "metrics.\(name)")
      }
    }
    return metrics
  }

  private static func curve(_ value: LuaValue, _ name: String) throws -> [[Double]] {
    if let tensor = value.object(Tensor.self), tensor.rank == 2 {
      return try tensor.rows().map { try finite($0.map(Double.init), name) }
    }
    if let list = value.list, let first = list.first, first.list != nil {
      return try list.map { try numbers($0, name) }
    }
    return [try numbers(value, name)]
  }

  /// One number, a list of them, or a tensor of up to one dimension.
  private static func numbers(_ value: LuaValue, _ name: String) throws -> [Double] {
    if let number = value.number { return try finite([number], name) }
    if let tensor = value.object(Tensor.self), tensor.rank <= 1, tensor.count > 0 {
      return try finite(tensor.exactly(as: .float32, name).floatValues.map(Double.init), name)
    }
    if let list = value.list, !list.isEmpty {
      return try finite(
        list.map {
          guard let number = $0.number else {
            throw ScriptError("\(name) has a \($0.typeName) among its numbers")
          }
          return number
        }, name)
    }
    throw ScriptError(
      "\(name) is a \(value.typeName), expected a number, a list of numbers or a tensor of them")
  }

  private static func finite(_ values: [Double], _ name: String) throws -> [Double] {
    if let bad = values.first(where: { !$0.isFinite }) {
      throw ScriptError("\(name) is \(bad.isNaN ? "NaN" : "infinite")")
    }
    return values
  }

  private static func entries(_ value: LuaValue, _ field: String) throws -> [String: LuaValue] {
    if value.isNil { return [:] }
    guard let table = value.table, table.list.isEmpty else {
      throw ScriptError(
        "\(field) is a \(value.table == nil ? value.typeName : "list"), expected named values")
    }
    return Dictionary(table.fields.map { ($0.name, $0.value) }) { first, _ in first }
  }
}

extension [String: LuaValue] {
  fileprivate var sorted: [(String, LuaValue)] {
    self.sorted { RunTable.isBefore($0.key, $1.key) }.map { ($0.key, $0.value) }
  }

  fileprivate func mapEntries<Result>(
    _ make: (String, LuaValue) throws -> Result
  ) rethrows -> [String: Result] {
    var results: [String: Result] = [:]
    for (name, value) in self { results[name] = try make(name, value) }
    return results
  }
}

extension TaskOutcome {
  /// Runs a task plugin.
  ///
  /// - Throws: the plugin's error or violation.
  public static func run(
    _ choice: PluginChoice, _ task: TaskContext, seed: Int, in state: LuaState
  ) throws -> TaskOutcome {
    let instance = try choice.plugin.makeInstance(options: choice.options, seed: seed, in: state)
    return try TaskOutcome(instance.call("run", task).first ?? .nil, of: choice.plugin, in: state)
  }
}
