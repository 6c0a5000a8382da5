import FewShot
import LuaHost
import Metrics
import Networks
import Support
import Tensors

/// One call of `nj.fscil.run`: embeddings first, then every learner over all repeats.
///
/// A learner that fails is left out, and a metric or test that fails is left out for its learner; the others go on.
/// What ends the whole run (a limit of it, Ctrl-C) ends the call, after ``ScriptContext/noteResults`` was told what is done.
struct FewShotJob {
  let state: LuaState
  let context: ScriptContext
  let words: WordsHandle
  let encoder: PluginEncoder
  var model: ModuleHandle
  let settings: SessionSettings
  let learners: [PluginChoice]
  let tests: [PluginChoice]
  let metrics: [PluginChoice]
  let repeats: Int
  let seed: UInt64
  /// Whether base samples are embedded as in NeuroBench's example, ``Embedder/embeddedInTrainMode(_:)``.
  let prototypesInTrainMode: Bool
  /// Embeddings of clips that tests have altered.
  let altered: PerturbedEmbeddings

  func run() throws -> FewShotResults {
    // What learners read as base.model.classes, also of a network that was not trained for these words.
    model.classes = words.dataset.words.count
    for remark in settings.warnings { context.console.warn(remark.description) }
    let handedIn = try WeightSnapshot(model.module)
    defer { try? handedIn.restore() }
    let (protocolRun, costs) = try protocolRun(handedIn)
    let base = try baseMetrics(protocolRun, costs)
    // A learner may train the network further; the next repeat starts from what was handed in.
    let pristine = try WeightSnapshot(model.module)
    defer { try? pristine.restore() }
    return try context.guarding(model.module) { try run(protocolRun, costs, pristine, handedIn, base) }
  }

  private func run(
    _ protocolRun: FewShotRun, _ costs: ClipCosts?, _ pristine: WeightSnapshot,
    _ handedIn: WeightSnapshot, _ base: FewShotResults.Base
  ) throws -> FewShotResults {
    var protocolRun = protocolRun
    var outcomes: [FewShotResults.Learner] = []
    var leftOut: [String: String] = [:]
    var firstFailure: (any NightjarError)?
    func results(isWhole: Bool) -> FewShotResults {
      FewShotResults(
        learners: outcomes, leftOut: leftOut, isWhole: isWhole, words: words.dataset.words,
        settings: settings, base: base)
    }
    for (place, choice) in learners.enumerated() {
      outcomes.append(FewShotResults.Learner(name: choice.plugin.name))
      let own = outcomes.count - 1
      do { try run(choice, protocolRun, costs, pristine, into: &outcomes[own]) } catch let failure
        as any NightjarError
        where failure.isRecoverable
      {
        outcomes.removeLast()
        leftOut[choice.plugin.title] = failure.description
        firstFailure = firstFailure ?? failure
        if learners.count > 1 { context.console.warn("left out of the run: \(failure.description)") }
        try pristine.restore()
        if protocolRun.isModified { protocolRun = try self.protocolRun(handedIn).run }
      } catch {
        context.noteResults?(results(isWhole: false), error)
        throw error
      }
      context.noteResults?(results(isWhole: place == learners.count - 1), nil)
    }
    if let firstFailure, outcomes.isEmpty { throw firstFailure }
    return results(isWhole: true)
  }

  private func protocolRun(
    _ handedIn: WeightSnapshot
  ) throws -> (run: FewShotRun, costs: ClipCosts?) {
    try handedIn.restore()
    let embedder = Embedder(
      words: words, encoder: encoder, model: model, cache: context.cache, console: context.console,
      state: state)
    let base =
      prototypesInTrainMode ? try embedder.embeddedInTrainMode(.train) : try embedder.embedded(.train)
    let test = try embedder.counted(.test)
    let evaluation = try embedder.counted(.evaluation)
    var costs: ClipCosts?
    if let test = test.counts, let evaluation = evaluation.counts {
      costs = ClipCosts(test: test, evaluation: evaluation)
    }
    let run = try FewShotRun(
      base: base, test: test.features, evaluation: evaluation.features,
      classes: words.dataset.words.count, sampler: SessionSampler(words.dataset, settings), seed: seed)
    return (run, costs)
  }

  /// Runs all repeats of one learner.
  private func run(
    _ choice: PluginChoice, _ run: FewShotRun, _ costs: ClipCosts?, _ pristine: WeightSnapshot,
    into outcome: inout FewShotResults.Learner
  ) throws {
    let progress = Progress(choice.plugin.name, total: repeats, unit: "repeats", on: context.console)
    defer { progress.finish() }
    var failed: Set<String> = []
    for index in 0..<repeats {
      let observers = try observers(of: outcome.name, index, without: failed)
      try pristine.restore()
      let counter = ScoringCounter()
      var one = try run.run(
        learner(choice, run, index), repeat: index, observers: observers.metrics, weights: pristine.tensors,
        witness: counter)
      if !observers.tests.isEmpty {
        // Tests may ask the learner whatever they like: they get one of their own, taught the same.
        try pristine.restore()
        do {
          let tested = try run.run(
            learner(choice, run, index), repeat: index, observers: observers.tests, weights: pristine.tensors)
          one.measures.merge(tested.measures) { first, _ in first }
          one.failures.merge(tested.failures) { first, _ in first }
        } catch let failure as any NightjarError where failure.isRecoverable {
          for test in observers.tests {
            one.failures[test.name] = "the learner failed after it was tested: \(failure.description)"
          }
        }
      }
      outcome.repeats.append(one)
      outcome.uncounted = outcome.uncounted ?? counter.uncounted
      if let costs { outcome.costs.append(costs.sessions(one, scoring: counter.sessions)) }
      for (name, reason) in one.failures.sorted(by: { $0.key < $1.key }) where failed.insert(name).inserted {
        context.console.warn("no numbers of \(name) for \(outcome.name): \(reason)")
      }
      state.collectGarbage()
      progress.advance()
    }
  }

  /// A learner for one repeat, from a file that is loaded anew: it remembers nothing of the repeats before.
  private func learner(_ choice: PluginChoice, _ run: FewShotRun, _ index: Int) throws -> PluginLearner {
    // It draws the same numbers whatever was run before it.
    var random = RandomStream(seed: seed, purpose: "learner", index: UInt64(index))
    let own = random.next()
    let instance = try choice.plugin.reloaded(in: state)
      .makeInstance(options: choice.options, seed: Int(own >> 2), in: state)
    return PluginLearner(
      try PluginInvocation(instance, as: .learner, seed: own, in: state), model: model, store: words.store,
      sessions: run.sessions(repeat: index))
  }

  private func observers(
    of learner: String, _ index: Int, without failed: Set<String>
  ) throws -> (metrics: [any SessionObserver], tests: [any SessionObserver]) {
    let context = LuaTable(fields: [
      ("learner", .string(learner)), ("number", .integer(index + 1)), ("model", model.luaValue),
      ("classes", .integer(words.dataset.words.count)), ("base_classes", .integer(words.dataset.baseCount)),
    ])
    func actors(_ choices: [PluginChoice], _ role: Role) throws -> [PluginInvocation] {
      try choices.filter { !failed.contains($0.plugin.title) }.map { choice in
        var random = RandomStream(seed: seed, purpose: choice.plugin.title, index: UInt64(index))
        let instance = try choice.plugin.makeInstance(options: choice.options, seed: index, in: state)
        return try PluginInvocation(instance, as: role, seed: random.next(), in: state)
      }
    }
    return (
      try actors(metrics.filter { !$0.plugin.watchesLayers }, .metric).map {
        PluginMetric($0, context: context)
      },
      try actors(tests, .test).map {
        PluginTest($0, context: context, clips: altered, of: words.dataset, in: state)
      }
    )
  }

  /// What the network is and does on the base test.
  private func baseMetrics(_ run: FewShotRun, _ costs: ClipCosts?) throws -> FewShotResults.Base {
    let readout = try baseReadout(run)
    let figures = BaseMetrics(
      state: state, context: context, words: words, encoder: encoder, model: model)
    let watching = metrics.filter(\.plugin.watchesLayers)
    var base = FewShotResults.Base(accuracy: readout?.accuracy)
    if context.followsNeuroBench || !watching.isEmpty {
      base.scripted = try watched(watching, figures)
      if context.followsNeuroBench { base.figures = try figures.passed([], hosted: true).hosted }
    }
    if !context.followsNeuroBench {
      base.figures = figures.figures(
        costs: costs, samples: words.dataset.clips(.test).count, readout: readout?.counts,
        accuracy: readout?.accuracy)
    }
    for (name, value) in base.scripted {
      guard case .failed(let reason) = value else { continue }
      context.console.warn("no number of \(name): \(reason)")
    }
    return base
  }

  /// What metrics that watch layers found. When one of them spoilt the pass, each gets a pass of its own.
  private func watched(
    _ watching: [PluginChoice], _ figures: BaseMetrics
  ) throws -> [(name: String, value: MetricValue)] {
    guard !watching.isEmpty else { return [] }
    let before = try WeightSnapshot(model.module)
    defer { try? before.restore() }
    func failed(_ reason: ErrorMessage) throws -> [(name: String, value: MetricValue)] {
      guard watching.count > 1 else { return [(watching[0].plugin.name, .failed(reason.description))] }
      try before.restore()
      return try watching.flatMap { try watched([$0], figures) }
    }
    do {
      let found = try context.guarding(model.module) { try figures.passed(watching, hosted: false).scripted }
      guard before.tensors.haveChanged else { return found }
      return try failed(
        ErrorMessage(
          "it changed the network's weights, which were put back", hint: "only look, or work on a copy"))
    } catch let failure as any NightjarError where failure.isRecoverable {
      return try failed(ErrorMessage(failure.description))
    }
  }

  /// The trained readout on the base test, among base classes, with what it cost; nil for a model without a readout.
  private func baseReadout(_ run: FewShotRun) throws -> (accuracy: Double, counts: SampleCounts)? {
    let observer = ModelObserver(model.module)
    var sum = SampleCounts()
    do {
      let accuracy = try run.baseAccuracy { features in
        let (scores, counts) = try observer.counting(samples: features.shape[0]) {
          try Recording.off { try model.module.readout(features) }
        }
        for one in counts { sum += one }
        guard scores.rank == 2, scores.shape[0] == features.shape[0], scores.dtype == .float32 else {
          throw model.violation(
            "the model's readout gives \(scores.shape) of \(scores.dtype) for embeddings \(features.shape), expected "
              + "(samples, classes) of float32", state)
        }
        guard try scores.isFinite else {
          throw model.violation("the model's readout holds NaN or infinity for clips of test", state)
        }
        return scores
      }
      return (accuracy, sum)
    } catch let error as NetworkError {
      switch error {
      case .noReadout, .noReadoutFunction:
        context.console.warn("what the model gives is taken for its embedding: \(error.description)")
        return nil
      default: throw error
      }
    }
  }
}

/// A network as it was, to undo what a learner did to them.
private final class WeightSnapshot {
  let tensors: TensorSnapshot
  private let module: any Module
  private let frozen: [Bool]
  private let randomPlaces: [(module: any Module, place: UInt64)]

  init(_ module: any Module) throws {
    self.module = module
    tensors = try TensorSnapshot(module.state.map(\.tensor))
    frozen = module.namedParameters.map { !$0.tensor.requiresGradient }
    randomPlaces = module.descendants.compactMap { part in part.module.randomPosition.map { (part.module, $0) } }
  }

  /// Puts back the tensors that were changed since, which are frozen, and what layers drew; forgets gradients, and
  /// switches to evaluation.
  func restore() throws {
    try tensors.restore()
    for (module, place) in randomPlaces { module.randomPosition = place }
    for (parameter, isFrozen) in zip(module.namedParameters, frozen) {
      parameter.tensor.gradient = nil
      var tensor = parameter.tensor
      try tensor.requireGradient(!isFrozen)
    }
    module.setTraining(false)
  }
}
