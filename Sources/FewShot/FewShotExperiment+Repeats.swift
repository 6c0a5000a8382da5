import Support
import Tensors

/// The repeats of the learners, some of them run by other processes.
extension FewShotExperiment {
  /// Runs all repeats of one learner, or takes what is kept of them in memory.
  func repeatAll(
    _ index: Int, _ conditions: Conditions, _ checkpoint: EvaluationCheckpoint?, _ earlierReads: [StageRead],
    into outcome: inout FewShotResults.Learner
  ) throws {
    let learner = learners[index]
    let key = outcomeKey(of: learner, conditions.key)
    if let key, let kept = store.cache.kept(key, as: FewShotResults.Learner.self) {
      outcome = kept
      return
    }
    let (_, reads) = try store.cache.recording {
      if let checkpoint, outcome.repeats.isEmpty {
        for read in checkpoint.restore(&outcome) { store.cache.note(read) }
        if !outcome.repeats.isEmpty {
          store.console.say("\(learner.name): resuming after repeat \(outcome.repeats.count) of \(repeats)")
        }
      }
      try repeatParts(index, conditions, checkpoint, into: &outcome)
    }
    // A failure may be one of this time only, such as a limit's.
    if let key, outcome.failures.isEmpty { store.cache.keep(outcome, earlierReads + reads, for: key) }
  }

  /// Runs the repeats of one learner that are missing, but for those that helpers deliver.
  private func repeatParts(
    _ index: Int, _ conditions: Conditions, _ checkpoint: EvaluationCheckpoint?,
    into outcome: inout FewShotResults.Learner
  ) throws {
    var checkpoint = checkpoint
    let learner = learners[index]
    let team = conditions.team
    func run(_ range: Range<Int>, _ progress: Progress?) throws {
      try self.run(learner, conditions, range, progress, into: &outcome) {
        try checkpoint?.save($0, store.cache.readsSoFar)
      }
    }
    if let part {
      try run(part.range(of: repeats), nil)
      try checkpoint?.deliver(outcome, store.cache.readsSoFar)
      return
    }
    let missing = repeats - outcome.repeats.count
    if team.isUndecided, missing > 1 {
      // One repeat tells how long all of them will take, and how much of that the threads of one process wait.
      let processor = ProcessorTime()
      let duration = try ContinuousClock().measure { try run(0..<outcome.repeats.count + 1, nil) }
      let idle = duration - processor.sinceStart / store.device.threads
      team.start(repeats: repeats, idle: idle * (missing - 1 + repeats * (learners.count - index - 1)))
      // What the training left is memory for the others.
      if team.parts.count > 1 { store.device.pool.trim() }
    }
    let parts = team.parts
    let name = parts.count > 1 ? "\(learner.name), \(parts.count) processes" : learner.name
    let progress = Progress(
      name, total: parts[0].range(of: repeats).count, unit: "repeats", on: store.console)
    progress.advance(by: outcome.repeats.count - (repeats - missing))
    defer { if missing > 0 { progress.finish() } }
    for part in parts {
      let range = part.range(of: repeats)
      if part.index > 0, outcome.repeats.count == range.lowerBound, outcome.failures.isEmpty,
        let key = checkpoint?.key,
        let reads = try team.collect(
          part, of: repeats, from: EvaluationCheckpoint(in: store.cache, key, part: part), into: &outcome)
      {
        for read in reads { store.cache.note(read) }
        for number in range { onRepeat(outcome.name, number, outcome.repeats[number]) }
        try checkpoint?.save(outcome, store.cache.readsSoFar)
        progress.advance(by: range.count)
      } else {
        if part.index > 0, outcome.repeats.count < range.upperBound {
          store.console.say(
            "\(learner.name): repeats \(outcome.repeats.count + 1) to \(range.upperBound) are run here: "
              + "another process did not deliver them")
        }
        try run(0..<range.upperBound, progress)
      }
    }
  }

  /// Runs the repeats of one learner with numbers in `range` that are missing; its results have the first ones of them.
  func run(
    _ learner: LearnerFactory, _ conditions: Conditions, _ range: Range<Int>, _ progress: Progress?,
    into outcome: inout FewShotResults.Learner,
    saving: (FewShotResults.Learner) throws -> Void = { _ in }
  ) throws {
    let start = range.lowerBound + outcome.repeats.count
    guard start < range.upperBound else { return }
    var failed = Set(outcome.failures.keys)
    let budget = PurityBudget()
    for number in start..<range.upperBound {
      var one = try Device.withThreads(conditions.team.threads) {
        try self.one(learner, conditions, number, without: failed, budget)
      }
      outcome.confusion.add(one.result.confusion)
      one.result.confusion = ConfusionCounts()
      outcome.repeats.append(one.result)
      outcome.uncounted = outcome.uncounted ?? one.scoring.uncounted
      if let costs = conditions.costs {
        outcome.costs.append(costs.sessions(one.result, scoring: one.scoring.sessions))
      }
      for (name, reason) in one.result.failures.sorted(by: { $0.key < $1.key })
      where failed.insert(name).inserted {
        store.console.warn("no numbers of \(name) for \(outcome.name): \(reason)")
      }
      onRepeat(outcome.name, number, one.result)
      try saving(outcome)
      progress?.advance()
    }
  }

  /// Runs one repeat of one learner, with the metrics and tests that have not failed before.
  private func one(
    _ learner: LearnerFactory, _ conditions: Conditions, _ number: Int, without failed: Set<String>,
    _ budget: PurityBudget
  ) throws -> (result: FewShotRepeat, scoring: ScoringCounter) {
    let run = conditions.run
    let pretrained = conditions.pretrained
    let metrics = try observers(metrics, of: learner, number, without: failed)
    let tests = try observers(tests, of: learner, number, without: failed)
    try pretrained.restore()
    let counter = ScoringCounter()
    let twin = TwinLearner(isCertain: run.comparesTwin(repeat: number, of: repeats), budget: budget) {
      try pretrained.restore()
      return try make(learner, run, number, isTwin: true)
    }
    var one = try run.run(
      make(learner, run, number), repeat: number, observers: metrics, weights: pretrained.tensors,
      scoring: counter, twin: twin)
    if !tests.isEmpty {
      try pretrained.restore()
      do {
        let tested = try run.run(
          make(learner, run, number), repeat: number, observers: tests, weights: pretrained.tensors,
          twin: twin)
        one.measures.merge(tested.measures) { first, _ in first }
        one.failures.merge(tested.failures) { first, _ in first }
      } catch let failure as any NightjarError where failure.isRecoverable {
        for test in tests {
          one.failures[test.name] = "the learner failed after it was tested: \(failure.description)"
        }
      }
    }
    return (one, counter)
  }

  /// A new learner, which draws the same numbers whatever ran before it.
  private func make(
    _ learner: LearnerFactory, _ run: FewShotRun, _ number: Int, isTwin: Bool = false
  ) throws -> any FewShotLearner {
    var random = RandomStream(seed: seed, purpose: "learner", index: UInt64(number))
    return try learner.make(
      LearnerContext(
        number: number, seed: random.next(), sessions: run.sessions(repeat: number), isTwin: isTwin))
  }

  private func observers(
    _ factories: [ObserverFactory], of learner: LearnerFactory, _ number: Int, without failed: Set<String>
  ) throws -> [any SessionObserver] {
    try factories.filter { !failed.contains($0.title) }.map { factory in
      var random = RandomStream(seed: seed, purpose: factory.title, index: UInt64(number))
      return try factory.make(ObserverContext(learner: learner.name, number: number, seed: random.next()))
    }
  }
}
