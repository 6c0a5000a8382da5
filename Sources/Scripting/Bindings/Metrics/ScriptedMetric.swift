import Metrics
import Networks
import Tensors

/// A metric in Lua that watches a network over batches: a metric plugin, or a function of a batch.
///
/// One that fails is left out from then on; ``value()`` gives the reason.
final class ScriptedMetric {
  private enum Body {
    case plugin(PluginActor)
    /// Gives a number for each batch; the metric is the mean over samples.
    case function(LuaReference)
  }

  let name: String
  private let body: Body
  private unowned let state: LuaState
  private var sum = 0.0
  private var samples = 0
  private var failure: String?

  /// - Parameter context: what `start` gets.
  init(_ choice: PluginChoice, context: LuaTable, seed: UInt64, in state: LuaState) throws {
    name = choice.plugin.name
    self.state = state
    let instance = try choice.plugin.makeInstance(options: choice.options, seed: 0, in: state)
    let actor = try PluginActor(instance, as: .metric, seed: seed, in: state)
    body = .plugin(actor)
    guarded { _ = try actor.act { try $0.call("start", context) } }
  }

  init(_ name: String, _ function: LuaReference, in state: LuaState) {
    (self.name, self.state, body) = (name, state, .function(function))
  }

  /// Whether it wants to see layers at work.
  var watchesLayers: Bool {
    if case .plugin(let actor) = body { actor.instance.has("on_layer") } else { false }
  }

  /// Shows it a layer that has computed something.
  func see(_ call: LayerHook.Call) {
    guard failure == nil, case .plugin(let actor) = body, actor.instance.has("on_layer") else { return }
    guarded {
      let type = call.layer.description.prefix { $0 != "(" && $0 != " " }
      let layer = LuaTable(fields: [
        ("name", .string(call.name)), ("type", .string(String(type))),
        ("module", actor.session.handle(call.layer).luaValue),
      ])
      _ = try actor.act { try $0.call("on_layer", layer, call.input, call.output) }
    }
  }

  /// Shows it a batch.
  func update(_ batch: LuaTable, samples count: Int) {
    guard failure == nil else { return }
    guarded {
      switch body {
      case .plugin(let actor): _ = try actor.act { try $0.call("update", batch) }
      case .function(let function):
        let result = try state.call(function, [batch]).first ?? .nil
        guard let number = result.number, number.isFinite else {
          throw ScriptFailure(
            "\(name) gave \(result.number.map { "\($0)" } ?? result.typeName), expected a number")
        }
        sum += number * Double(count)
      }
      samples += count
    }
  }

  /// What it came to.
  func value() -> MetricValue {
    var found = MetricValue.failed("\(name): there were no samples")
    if failure == nil, samples > 0 {
      guarded {
        switch body {
        case .function: found = .number(sum / Double(samples))
        case .plugin(let actor):
          let value = try actor.act { try $0.call("value") }.first ?? .nil
          found = try Self.read(value) { actor.fault($0, in: "value") }
        }
      }
    }
    return failure.map { .failed($0) } ?? found
  }

  private static func read(_ value: LuaValue, _ fault: (String) -> ScriptFailure) throws -> MetricValue {
    if let number = value.number {
      guard !number.isNaN else { throw fault("value gave NaN. Mend: look for 0/0") }
      return .number(number)
    }
    let fields = value.table?.fields ?? []
    let listed = (value.numbers ?? []).enumerated().map { MetricValue.Part("\($0 + 1)", $1) }
    let parts =
      listed + fields.compactMap { field in field.value.number.map { MetricValue.Part(field.name, $0) } }
    guard !parts.isEmpty, parts.count == fields.count + (value.list?.count ?? 0),
      !parts.contains(where: \.value.isNaN)
    else { throw fault("value gave \(value.wordsWithoutNumbers), expected a number or a table of numbers") }
    return .parts(parts)
  }

  /// Runs `work`; a mistake in it ends the metric, not the benchmark. What ends the whole run is seen by the next
  /// batch.
  private func guarded(_ work: () throws -> Void) {
    do { try work() } catch { failure = "\(error)" }
  }
}
