import FewShot
import Tensors

/// A learner plugin in one repeat of the protocol.
final class PluginLearner: FewShotLearner {
  private let instance: PluginInstance
  private let model: ModuleHandle
  private let store: FeatureStore
  private var sessions: IndexingIterator<[FewShotSession]>

  /// A learner that will be taught `sessions`, in their order.
  init(_ instance: PluginInstance, model: ModuleHandle, store: FeatureStore, sessions: [FewShotSession]) {
    (self.instance, self.model, self.store) = (instance, model, store)
    self.sessions = sessions.makeIterator()
  }

  func start(_ base: LabelledFeatures) throws {
    let samples = Samples(base, model: model, clips: store.dataset.clips(.train), store: store)
    try instance.call("start", samples)
  }

  func learn(_ support: LabelledFeatures) throws {
    let clips = store.dataset.clips(.evaluation)
    let own = (sessions.next()?.support ?? []).map { clips[$0] }
    try instance.call("learn", Samples(support, model: model, clips: own, store: store))
  }

  func scores(_ features: Tensor) throws -> Tensor {
    let results = try instance.call("scores", features)
    guard let scores = results.first?.object(Tensor.self), scores.dtype == .float32 else {
      let kind = results.first?.object(Tensor.self).map { "a tensor of \($0.dtype)" }
      throw instance.plugin.fault(
        "scores gave \(kind ?? results.first?.typeName ?? "nothing"), expected a float32 tensor (batch, all classes)"
      )
    }
    return scores
  }
}

/// A metric plugin that watches one repeat.
final class PluginMetric: SessionObserver {
  private let instance: PluginInstance
  private let context: LuaTable
  private var isStarted = false

  init(_ instance: PluginInstance, context: LuaTable) { (self.instance, self.context) = (instance, context) }

  var name: String { instance.plugin.title }

  func observe(_ tested: TestedBatch) throws {
    if !isStarted { try instance.call("start", context) }
    isStarted = true
    try instance.call("update", tested.table())
  }

  func endSession(_ session: Int) {}

  func finish() throws -> [String: [Double]] {
    let value = try instance.call("value").first ?? .nil
    if let number = value.number { return [instance.plugin.name: [number]] }
    let fields = value.table?.fields ?? []
    if fields.isEmpty, let numbers = value.numbers, !numbers.isEmpty {
      return [instance.plugin.name: numbers]
    }
    guard !fields.isEmpty, value.list?.isEmpty != false, fields.allSatisfy({ $0.value.number != nil }) else {
      throw instance.plugin.fault(
        "value gave \(Self.shown(value)), expected a number, a list of numbers, or a table of named numbers")
    }
    return Dictionary(
      uniqueKeysWithValues: fields.map { ("\(instance.plugin.name).\($0.name)", [$0.value.number ?? 0]) })
  }
}

extension PluginMetric {
  /// What a plugin gave instead of numbers, in words.
  fileprivate static func shown(_ value: LuaValue) -> String {
    guard let table = value.table else { return value.typeName }
    if table.list.isEmpty, table.fields.isEmpty { return "an empty table" }
    let bad = table.fields.first { $0.value.number == nil }
    return bad.map { "a table whose '\($0.name)' is a \($0.value.typeName)" } ?? "a table that mixes things"
  }
}

/// A test plugin in the place of the standard test function, once a session.
final class PluginTest: SessionObserver {
  private let instance: PluginInstance
  private let state: LuaState
  private let context: LuaTable
  private var pending: [TestedBatch] = []
  private var numbers: [String: [Double]] = [:]

  init(_ instance: PluginInstance, context: LuaTable, in state: LuaState) {
    (self.instance, self.context, self.state) = (instance, context, state)
  }

  var name: String { instance.plugin.title }

  func observe(_ tested: TestedBatch) { pending.append(tested) }

  func endSession(_ session: Int) throws {
    guard let score = pending.first?.score else { return }
    var batches = pending.makeIterator()
    pending = []
    // Both are called on this thread, before the session's test is over.
    let next = Unshared { batches.next() }
    let scoring = Unshared { try score($0) }
    let model = try state.function(
      LuaFunction(
        "model", "Scores of embeddings; −∞ for classes not seen yet", [.tensor("features")], returns: "tensor"
      ) {
        try $0.give(scoring.call($0.tensor(1)))
      })
    let iterator = try state.function(
      LuaFunction("batches", "The next batch, nil at the end", [.rest("ignored")], returns: "table") { call in
        guard let batch = try next.call() else { return try call.give(LuaValue.nil) }
        return try call.give(batch.table())
      })
    var context = context
    context.fields.append(("session", .integer(session)))
    let value = try instance.call("run", model, iterator, context).first ?? .nil
    let results = value.table?.fields ?? []
    guard !results.isEmpty, results.allSatisfy({ $0.value.number != nil }) else {
      throw instance.plugin.fault(
        "run gave \(PluginMetric.shown(value)), expected a table of named numbers such as { accuracy = 0.5 }")
    }
    for (key, value) in results {
      numbers["\(instance.plugin.name).\(key)", default: []].append(value.number ?? 0)
    }
  }

  func finish() -> [String: [Double]] { numbers }
}

/// A closure that stays on the thread that runs the state, where host functions must be sendable.
///
/// `@unchecked`: host functions of a state are only called by the thread that runs it, which is the one that made this.
private struct Unshared<each Argument, Result>: @unchecked Sendable {
  private let body: (repeat each Argument) throws -> Result
  init(_ body: @escaping (repeat each Argument) throws -> Result) { self.body = body }
  func call(_ argument: repeat each Argument) throws -> Result { try body(repeat each argument) }
}

extension TestedBatch {
  /// As metrics and tests see it; classes from 1.
  fileprivate func table() throws -> LuaTable {
    let device = features.device
    func classes(_ values: [Int]) throws -> Tensor {
      try Tensor(values.map { Int32($0 + 1) }, shape: [values.count], on: device)
    }
    return LuaTable(fields: [
      ("inputs", features.luaValue), ("features", features.luaValue), ("outputs", scores.luaValue),
      ("predictions", try classes(predictions).luaValue), ("labels", try classes(labels).luaValue),
      ("session", .integer(session)), ("index", labels.indices.map { first + $0 + 1 }.luaValue),
    ])
  }
}
