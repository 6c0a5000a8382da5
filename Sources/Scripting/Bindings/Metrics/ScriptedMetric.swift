import Datasets
import LuaHost
import Metrics
import Support
import Tensors

/// A metric in Lua that watches a network over batches: a metric plugin, or a function of a batch.
///
/// One that fails is left out from then on; ``value()`` gives the reason.
final class ScriptedMetric {
  private enum Body {
    /// One that failed, and holds nothing any more.
    case none
    case plugin(PluginInvocation)
    /// Gives a number for each batch; the metric is the mean over samples.
    case function(LuaReference)
  }

  let name: String
  private var body: Body
  private unowned let state: LuaState
  private var sum = 0.0
  private var samples = 0
  private var failure: String?

  /// - Parameter context: what `start` gets.
  init(_ choice: PluginChoice, context: LuaTable, seed: UInt64, in state: LuaState) throws {
    name = choice.plugin.name
    self.state = state
    let instance = try choice.plugin.makeInstance(options: choice.options, seed: 0, in: state)
    let actor = try PluginInvocation(instance, as: .metric, seed: seed, in: state)
    body = .plugin(actor)
    guarded { _ = try actor.act { try $0.call("start", context) } }
  }

  init(_ name: String, _ function: LuaReference, in state: LuaState) {
    self.name = name
    self.state = state
    body = .function(function)
  }

  /// Whether it wants to see layers at work.
  var watchesLayers: Bool {
    if case .plugin(let actor) = body { actor.instance.has("on_layer") } else { false }
  }

  /// Shows it a layer that has computed something.
  ///
  /// - Throws: for a metric that changed what the network goes on with.
  func see(_ call: LayerHook.Call) throws {
    guard failure == nil, case .plugin(let actor) = body, actor.instance.has("on_layer") else { return }
    try unchanged([call.input, call.output], in: "on_layer") {
      let type = call.layer.description.prefix { $0 != "(" && $0 != " " }
      let layer = LuaTable(fields: [
        ("name", .string(call.name)), ("type", .string(String(type))),
        ("module", actor.context.handle(call.layer).luaValue),
      ])
      _ = try actor.act { try $0.call("on_layer", layer, call.input, call.output) }
    }
  }

  /// Shows it a batch.
  ///
  /// - Throws: for a metric that changed what others see after it.
  func update(_ batch: LuaTable, samples count: Int) throws {
    guard failure == nil else { return }
    try unchanged(batch.fields.compactMap { $0.value.object(Tensor.self) }, in: "update") {
      switch body {
      case .none: return
      case .plugin(let actor): _ = try actor.act { try $0.call("update", batch) }
      case .function(let function):
        let result = try state.call(function, [batch]).first ?? .nil
        guard let number = result.single, number.isFinite else {
          throw ScriptError(
            "\(name) gave \(result.single.map { "\($0)" } ?? result.typeName), expected a number")
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
        case .none: break
        case .function: found = .number(sum / Double(samples))
        case .plugin(let actor):
          let value = try actor.act { try $0.call("value") }.first ?? .nil
          found = try Self.read(value) { actor.violation($0.what, hint: $0.hint, in: "value") }
        }
      }
    }
    return failure.map { .failed($0) } ?? found
  }

  private static func read(_ value: LuaValue, _ violation: (ErrorMessage) -> ScriptError) throws
    -> MetricValue
  {
    if let number = value.single {
      guard !number.isNaN else { throw violation(ErrorMessage("value gave NaN", hint: "look for 0/0")) }
      return .number(number)
    }
    let fields = value.table?.fields ?? []
    let listed = (value.numbers ?? []).enumerated().map { MetricValue.Part("\($0 + 1)", $1) }
    let parts =
      listed + fields.compactMap { field in field.value.single.map { MetricValue.Part(field.name, $0) } }
    guard !parts.isEmpty, parts.count == fields.count + (value.list?.count ?? 0),
      !parts.contains(where: \.value.isNaN)
    else {
      throw violation("value returned \(value.kindWithoutNumbers), expected a number or a table of numbers")
    }
    return .parts(parts)
  }

  /// Runs `work`, which must leave these tensors as they are.
  private func unchanged(_ tensors: [Tensor], in function: String, _ work: () throws -> Void) throws {
    let versions = tensors.map(\.version)
    guarded(work)
    guard versions == tensors.map(\.version) else {
      let what = "\(function) changed a tensor in place that the network or other metrics go on with"
      let hint = "x:clone() first"
      if case .plugin(let actor) = body { throw actor.violation(what, hint: hint, in: function) }
      throw ScriptError("\(name): \(what)", hint: hint)
    }
  }

  /// Runs `work`; a mistake in it ends the metric, which lets go of what it kept, not the benchmark. What ends the
  /// whole run is seen by the next batch.
  private func guarded(_ work: () throws -> Void) {
    do { try work() } catch {
      failure = "\(error)"
      body = .none
      state.collectGarbage()
    }
  }
}
