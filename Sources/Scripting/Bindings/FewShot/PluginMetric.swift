import FewShot
import LuaHost
import Support
import Tensors

/// A metric plugin that watches one repeat.
final class PluginMetric: SessionObserver {
  private let actor: PluginInvocation
  private let context: LuaTable
  private var isStarted = false
  /// The function that was called last.
  private var function = "start"

  init(_ actor: PluginInvocation, context: LuaTable) { (self.actor, self.context) = (actor, context) }

  var name: String { actor.plugin.title }

  func observe(_ tested: TestedBatch) throws {
    if !isStarted { _ = try call("start", context) }
    isStarted = true
    _ = try call("update", tested.table())
  }

  func endSession(_ session: Int) {}

  func finish() throws -> [String: [Double]] {
    guard isStarted else {
      throw actor.violation("update never ran: there was no test to measure", in: "update")
    }
    function = "value"
    let value = try actor.act { try $0.call(function) }.first ?? .nil
    let name = actor.plugin.name
    if let number = value.single { return [name: [number]] }
    let fields = value.table?.fields ?? []
    if fields.isEmpty, let numbers = value.numbers, !numbers.isEmpty { return [name: numbers] }
    guard !fields.isEmpty, value.list?.isEmpty != false, fields.allSatisfy({ $0.value.single != nil }) else {
      throw actor.violation(
        "value gave \(value.wordsWithoutNumbers), expected a number, a list of numbers, or a table of named numbers",
        in: "value")
    }
    return Dictionary(uniqueKeysWithValues: fields.map { ("\(name).\($0.name)", [$0.value.single ?? 0]) })
  }

  func violation(_ message: ErrorMessage) -> any NightjarError {
    actor.violation(message.what, hint: message.hint, in: function)
  }

  private func call(_ function: String, _ argument: LuaTable) throws -> [LuaValue] {
    self.function = function
    return try actor.act { try $0.call(function, argument) }
  }
}

extension LuaValue {
  /// A number, or that of a tensor of one element: what a metric measured.
  var single: Double? {
    number ?? object(Tensor.self).flatMap { $0.count == 1 ? try? $0.item() : nil }
  }

  /// What a plugin gave instead of numbers, in words.
  var wordsWithoutNumbers: String {
    guard let table else { return typeName }
    if table.list.isEmpty, table.fields.isEmpty { return "an empty table" }
    let bad = table.fields.first { $0.value.single == nil }
    return bad.map { "a table whose '\($0.name)' is a \($0.value.typeName)" } ?? "a table that mixes things"
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
      session: session, rows: places)
  }
}
