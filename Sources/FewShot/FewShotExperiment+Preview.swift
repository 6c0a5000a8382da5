import Support

/// The preview of an experiment that is run again after an edit.
extension FewShotExperiment {
  /// What is known of a learner before its turn.
  struct Begun {
    var outcome: FewShotResults.Learner
    /// What was read meanwhile.
    var reads: [StageRead] = []
    var failure: (any NightjarError)?
  }

  /// How long the repeats of a preview may take.
  private static let previewTime = Duration.milliseconds(700)

  /// Runs repeat after repeat of all learners whose results are not kept in memory, for a moment, and reports them
  /// where that was not enough for all.
  func preview(_ conditions: Conditions, _ base: FewShotResults.Base) throws -> [Begun] {
    var begun = learners.map { Begun(outcome: FewShotResults.Learner(name: $0.name)) }
    guard let onPreview else { return begun }
    for (index, learner) in learners.enumerated() {
      if let key = outcomeKey(of: learner, conditions.key),
        let kept: FewShotResults.Learner = store.cache.kept(key)
      {
        begun[index].outcome = kept
      }
    }
    func waiting() -> [Int] {
      begun.indices.filter { begun[$0].failure == nil && begun[$0].outcome.repeats.count < repeats }
    }
    let clock = ContinuousClock()
    let end = clock.now + Self.previewTime
    while !waiting().isEmpty, clock.now < end {
      for index in waiting() {
        do {
          let number = begun[index].outcome.repeats.count + 1
          let (_, reads) = try store.cache.recording {
            try run(
              learners[index], conditions, 0..<number, nil, into: &begun[index].outcome)
          }
          begun[index].reads += reads
        } catch let failure as any NightjarError where failure.isRecoverable {
          begun[index].failure = failure
          try conditions.pretrained.restore()
          if conditions.run.isModified { return begun }
        }
      }
    }
    if !waiting().isEmpty {
      try onPreview(
        FewShotResults(
          learners: begun.map(\.outcome), leftOut: [:], isComplete: false, words: store.dataset.words,
          settings: settings, base: base))
    }
    return begun
  }
}
