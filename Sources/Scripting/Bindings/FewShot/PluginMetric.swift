import FewShot
import LuaHost
import Metrics
import Support
import Tensors

/// A metric plugin that observes one repeat.
final class PluginMetric: SessionObserver {
  private let invocation: PluginInvocation
  private let context: LuaTable
  private var isStarted = false
  /// The function that was called last.
  private var function = "start"

  init(_ invocation: PluginInvocation, context: LuaTable) {
    self.invocation = invocation
    self.context = context
  }

  var name: String { invocation.plugin.title }

  func observe(_ tested: TestedBatch) throws {
    if !isStarted { _ = try call("start", context) }
    isStarted = true
    _ = try call("update", tested.table())
  }

  func endSession(_ session: Int) {}

  func finish() throws -> [String: [Double]] {
    guard isStarted else {
      throw invocation.violation("update was never called: there was no test to measure", in: "update")
    }
    function = "value"
    let value = try invocation.act { try $0.call(function) }.first ?? .nil
    let name = invocation.plugin.name
    if let number = value.single { return [name: [number]] }
    let fields = value.table?.fields ?? []
    if fields.isEmpty, let numbers = value.numbers, !numbers.isEmpty { return [name: numbers] }
    guard !fields.isEmpty, value.list?.isEmpty != false, fields.allSatisfy({ $0.value.single != nil }) else {
      throw invocation.violation(
        "value returned \(value.kindWithoutNumbers), expected a number, a list of numbers, or a table of named numbers",
        hint: value.returnHint, in: "value")
    }
    return try Dictionary(fields.map { ("\(name).\($0.name)", [$0.value.single ?? 0]) }) { _, _ in
      throw invocation.violation(
        "value returned two names that differ only in how their characters are composed", in: "value")
    }
  }

  func violation(_ message: ErrorMessage) -> any NightjarError {
    invocation.violation(message.what, hint: message.hint, in: function)
  }

  private func call(_ function: String, _ argument: LuaTable) throws -> [LuaValue] {
    self.function = function
    return try invocation.act { try $0.call(function, argument) }
  }
}

extension LuaValue {
  /// A number, or that of a tensor of one element.
  var single: Double? {
    number ?? object(Tensor.self).flatMap { $0.count == 1 ? try? $0.item() : nil }
  }

  /// The kind of a value that a plugin returned instead of numbers, in words.
  var kindWithoutNumbers: String {
    guard let table else { return typeName }
    if table.list.isEmpty, table.fields.isEmpty { return "an empty table" }
    let bad = table.fields.first { $0.value.single == nil }
    return bad.map { "a table whose '\($0.name)' is a \($0.value.typeName)" }
      ?? "a table that mixes a list and names"
  }
}

extension TestedBatch {
  /// As metrics and tests see it; classes from 1.
  func table() throws -> LuaTable {
    func classes(_ values: [Int]) throws -> LuaValue {
      try Tensor.classes(values, on: features.device).luaValue
    }
    return try LuaTable(
      batchOf: features, outputs: scores.luaValue, predictions: classes(predictions), labels: classes(labels),
      session: session, rows: positions)
  }
}

/// A metric plugin with `on_layer` observes the trained network on the base test.
extension ScriptedMetric: LayerMetric {
  func observe(_ call: LayerHook.Call) throws { try see(call) }

  func observe(_ batch: BaseTestBatch) throws {
    let labels = try Tensor.classes(batch.labels, on: batch.inputs.device)
    try update(
      LuaTable(
        batchOf: batch.inputs, outputs: batch.outputs.luaValue, labels: labels.luaValue, rows: batch.rows),
      samples: batch.rows.count)
  }
}
