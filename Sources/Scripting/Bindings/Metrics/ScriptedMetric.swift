import Datasets
import LuaHost
import Metrics
import OrderedCollections
import Support
import Tensors

/// A metric in Lua that observes a network over batches: a metric plugin, or a function of a batch.
///
/// A metric that fails is left out from then on; ``value()`` has the reason.
final class ScriptedMetric {
  private enum Body {
    /// Failed; what it held is released.
    case none
    case plugin(PluginInvocation)
    /// Returns a number for each batch; the metric is the mean over samples.
    case function(LuaReference)
  }

  let name: String
  private var body: Body
  private unowned let state: LuaState
  private var sum = 0.0
  private var samples = 0
  private var failure: String?
  private let onError: (any Error) -> Void

  /// A metric plugin, whose `start` is called with `context`; `onError` is called with the error that ends it.
  init(
    _ choice: PluginChoice, context: LuaTable, seed: UInt64, in state: LuaState,
    onError: @escaping (any Error) -> Void = { _ in }
  ) throws {
    self.onError = onError
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
    onError = { _ in }
    body = .function(function)
  }

  /// Whether it observes calls of layers.
  var watchesLayers: Bool {
    if case .plugin(let actor) = body { actor.instance.has("on_layer") } else { false }
  }

  /// Calls its `on_layer` with a layer's call.
  ///
  /// - Throws: `ScriptError` for a metric that changed a tensor that the network continues with.
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

  /// Adds a batch.
  ///
  /// - Throws: `ScriptError` for a metric that changed a tensor of the batch.
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
            "\(name) returned \(result.single.map { "\($0)" } ?? result.typeName), expected a number",
            hint: result.returnHint)
        }
        sum += number * Double(count)
      }
      samples += count
    }
  }

  /// Its value over all batches.
  func value() -> MetricValue {
    var value = MetricValue.failed("\(name): there were no samples")
    if failure == nil, samples > 0 {
      guarded {
        switch body {
        case .none: break
        case .function: value = .number(sum / Double(samples))
        case .plugin(let actor):
          let result = try actor.act { try $0.call("value") }.first ?? .nil
          value = try Self.read(result) { actor.violation($0.what, hint: $0.hint, in: "value") }
        }
      }
    }
    return failure.map { .failed($0) } ?? value
  }

  private static func read(_ value: LuaValue, _ violation: (ErrorMessage) -> ScriptError) throws
    -> MetricValue
  {
    if let number = value.single {
      guard !number.isNaN else { throw violation(ErrorMessage("value returned NaN", hint: "check for 0/0")) }
      return .number(number)
    }
    let fields = value.table?.fields ?? []
    var parts: OrderedDictionary<String, Double> = [:]
    for (index, number) in (value.numbers ?? []).enumerated() { parts["\(index + 1)"] = number }
    for field in fields { parts[field.name] = field.value.single }
    guard !parts.isEmpty, parts.count == fields.count + (value.list?.count ?? 0),
      !parts.values.contains(where: \.isNaN)
    else {
      throw violation("value returned \(value.kindWithoutNumbers), expected a number or a table of numbers")
    }
    return .parts(parts)
  }

  /// Runs `work`, which must not change these tensors.
  private func unchanged(_ tensors: [Tensor], in function: String, _ work: () throws -> Void) throws {
    let versions = tensors.map(\.version)
    guarded(work)
    guard versions == tensors.map(\.version) else {
      let what = "\(function) changed a tensor in place that the network or other metrics continue with"
      let hint = "change a copy: x:clone()"
      if case .plugin(let actor) = body { throw actor.violation(what, hint: hint, in: function) }
      throw ScriptError("\(name): \(what)", hint: hint)
    }
  }

  /// Runs `work`; an error in it ends the metric, which releases what it held, not the benchmark. An error that
  /// ends the whole run is raised again by the next batch.
  private func guarded(_ work: () throws -> Void) {
    do { try work() } catch {
      onError(error)
      failure = "\(error)"
      body = .none
      state.collectGarbage()
    }
  }
}

extension LuaTable {
  /// A batch for metrics and tests in Lua; classes and rows count from 1.
  ///
  /// - Parameters:
  ///   - inputs: (samples, …).
  ///   - outputs: what postprocessing returned, mostly scores (samples, classes).
  ///   - predictions: classes; by default those of the highest scores, or the outputs where they are not scores.
  ///   - labels: classes, or the boxes of images.
  ///   - session: 0 before the first one, and where there are no sessions.
  ///   - rows: the samples' rows in their split, from 0; nil where they are unknown.
  init(
    batchOf inputs: Tensor, outputs: LuaValue, predictions: LuaValue? = nil, labels: LuaValue,
    session: Int = 0, rows: [Int]?
  ) throws {
    self.init(fields: [
      ("inputs", inputs.luaValue), ("features", inputs.luaValue), ("outputs", outputs),
      ("predictions", try predictions ?? outputs.object(Tensor.self)?.bestClasses()?.luaValue ?? outputs),
      ("labels", labels), ("session", .integer(session)),
      ("index", rows.map { $0.map { $0 + 1 }.luaValue } ?? .nil),
    ])
  }
}

extension Tensor {
  /// The class of the highest score in each row, from 1; nil unless the tensor has scores (batch, classes).
  fileprivate func bestClasses() throws -> Tensor? {
    guard dtype == .float32, rank == 2 else { return nil }
    let best = try Extremum(maximum: true, dimension: 1).positions(in: self).values(as: Int32.self)
    return try .classes(best, on: device)
  }
}
