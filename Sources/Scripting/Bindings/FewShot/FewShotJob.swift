import FewShot
import Networks
import Tensors

/// One call of `nj.fscil.run`: embeddings first, then every learner over all repeats.
struct FewShotJob {
  let state: LuaState
  let session: Session
  let words: WordsHandle
  let encoder: PluginEncoder
  let model: ModuleHandle
  let settings: SessionSettings
  let learners: [PluginChoice]
  let tests: [PluginChoice]
  let metrics: [PluginChoice]
  let repeats: Int
  let seed: UInt64

  func run() throws -> FewShotResults {
    let embedder = Embedder(
      words: words, encoder: encoder, model: model, cache: session.cache, console: session.console)
    let (base, test, evaluation) = (
      try embedder.embedded(.train), try embedder.embedded(.test), try embedder.embedded(.evaluation)
    )
    let protocolRun = FewShotRun(
      base: base, test: test, evaluation: evaluation, classes: words.dataset.words.count,
      sampler: SessionSampler(words.dataset, settings), seed: seed)
    let outcomes = try learners.map { try outcome(of: $0, protocolRun) }
    return FewShotResults(
      learners: outcomes, words: words.dataset.words, settings: settings,
      baseAccuracy: try baseAccuracy(test, classes: Set(base.classes)))
  }

  private func outcome(of choice: PluginChoice, _ run: FewShotRun) throws -> FewShotResults.Learner {
    let name = choice.plugin.name
    let progress = Progress(name, total: repeats, unit: "repeats", on: session.console)
    var outcome = FewShotResults.Learner(name: name)
    for index in 0..<repeats {
      // A repeat's learner draws the same numbers whatever was run before it.
      var random = RandomStream(seed: seed, purpose: "learner", index: UInt64(index))
      let learnerSeed = Int(random.next() >> 2)
      let instance = try choice.plugin.makeInstance(options: choice.options, seed: learnerSeed, in: state)
      let learner = PluginLearner(
        instance, model: model, store: words.store, sessions: run.sessions(repeat: index))
      outcome.repeats.append(
        try named(choice.plugin) {
          try run.run(learner, repeat: index, observers: try observers(name, index))
        })
      state.collectGarbage()
      progress.advance()
    }
    progress.finish()
    return outcome
  }

  private func observers(_ learner: String, _ index: Int) throws -> [any SessionObserver] {
    let context = LuaTable(fields: [
      ("learner", .string(learner)), ("number", .integer(index + 1)), ("model", model.luaValue),
      ("classes", .integer(words.dataset.words.count)), ("base_classes", .integer(words.dataset.baseCount)),
    ])
    let made = { (choice: PluginChoice) in
      try choice.plugin.makeInstance(options: choice.options, seed: index, in: state)
    }
    return try metrics.map { PluginMetric(try made($0), context: context) }
      + tests.map { PluginTest(try made($0), context: context, in: state) }
  }

  private func named<Result>(_ plugin: Plugin, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let failure as LearnerFailure
      where !failure.description.hasPrefix("plugin ")
    {
      throw LearnerFailure("plugin \(plugin.title) (\(plugin.path)): \(failure.description)")
    }
  }

  /// The trained readout on the base test, among base classes; nil for a model without a readout.
  private func baseAccuracy(_ test: LabelledFeatures, classes: Set<Int>) throws -> Double? {
    let scores: Tensor
    do { scores = try Recording.off { try model.module.readout(test.features) } } catch NetworkError.noReadout
    {
      return nil
    }
    guard scores.rank == 2, scores.dtype == .float32 else {
      throw ScriptFailure(
        "the model's readout gave \(scores.shape) for \(test.features.shape), expected (samples, classes)")
    }
    let width = scores.shape[1]
    let values = try scores.floatValues
    let own = classes.filter { $0 < width }.sorted()
    let right = test.labels.indices.count { row in
      return own.max { values[row * width + $0] < values[row * width + $1] } == test.labels[row]
    }
    return Double(right) / Double(max(1, test.labels.count))
  }
}
