import FewShot
import Networks
import Tensors

/// One call of `nj.fscil.run`: embeddings first, then every learner over all repeats.
struct FewShotJob {
  let state: LuaState
  let session: Session
  let words: WordsHandle
  let encoder: PluginEncoder
  var model: ModuleHandle
  let settings: SessionSettings
  let learners: [PluginChoice]
  let tests: [PluginChoice]
  let metrics: [PluginChoice]
  let repeats: Int
  let seed: UInt64

  func run() throws -> FewShotResults {
    // What learners read as base.model.classes, also of a network that was not trained for these words.
    model.classes = words.dataset.words.count
    let embedder = Embedder(
      words: words, encoder: encoder, model: model, cache: session.cache, console: session.console)
    let (base, test, evaluation) = (
      try embedder.embedded(.train), try embedder.embedded(.test), try embedder.embedded(.evaluation)
    )
    let protocolRun = FewShotRun(
      base: base, test: test, evaluation: evaluation, classes: words.dataset.words.count,
      sampler: SessionSampler(words.dataset, settings), seed: seed)
    let baseAccuracy = try baseAccuracy(test, classes: base.classes)
    // A learner may train the network further; the next repeat starts from what was handed in.
    let pristine = try PristineWeights(model.module)
    defer { try? pristine.restore() }
    let outcomes = try learners.map { try outcome(of: $0, protocolRun, pristine) }
    return FewShotResults(
      learners: outcomes, words: words.dataset.words, settings: settings, baseAccuracy: baseAccuracy)
  }

  private func outcome(
    of choice: PluginChoice, _ run: FewShotRun, _ pristine: PristineWeights
  ) throws -> FewShotResults.Learner {
    let name = choice.plugin.name
    let progress = Progress(name, total: repeats, unit: "repeats", on: session.console)
    var outcome = FewShotResults.Learner(name: name)
    for index in 0..<repeats {
      try pristine.restore()
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
  private func baseAccuracy(_ test: LabelledFeatures, classes: [Int]) throws -> Double? {
    let scores: Tensor
    do { scores = try Recording.off { try model.module.readout(test.features) } } catch let error
      as NetworkError
    {
      switch error {
      case .noReadout, .noReadoutFunction: return nil
      default: throw error
      }
    }
    guard scores.rank == 2, scores.shape[0] == test.labels.count else {
      throw ScriptFailure(
        "the model's readout gives \(scores.shape) for embeddings \(test.features.shape), expected "
          + "(samples, classes)")
    }
    let (width, values) = (scores.shape[1], try scores.floatValues)
    let own = classes.filter { $0 < width }
    let right = test.labels.indices.count { row in
      own.max { values[row * width + $0] < values[row * width + $1] } == test.labels[row]
    }
    return Double(right) / Double(max(1, test.labels.count))
  }
}

/// A network's tensors as they were, to undo what a learner did to them.
private final class PristineWeights {
  private let module: any Module
  private var kept: [(tensor: Tensor, copy: Tensor, version: Int)]

  init(_ module: any Module) throws {
    self.module = module
    kept = try module.state.map { ($0.tensor, try $0.tensor.cloned(), $0.tensor.version) }
  }

  /// Puts back the tensors that were changed since, forgets gradients, and switches to evaluation.
  func restore() throws {
    for place in kept.indices where kept[place].tensor.version != kept[place].version {
      try kept[place].tensor.assign(kept[place].copy, operation: "restore")
      kept[place].version = kept[place].tensor.version
    }
    for parameter in module.namedParameters { parameter.tensor.gradient = nil }
    module.setTraining(false)
  }
}
