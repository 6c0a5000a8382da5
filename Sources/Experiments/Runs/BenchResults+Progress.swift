import Metrics
import Support

/// Results of a bench that is not done.
extension BenchResults {
  /// The results in a run's folder. Of a bench that goes on, or was killed, they are those of the repeats that are
  /// done, marked as incomplete; nil where there are none.
  public static func read(run folder: String) -> BenchResults? {
    read(run: folder, try? ResultFile.read(RunSettings.self, from: folder + "/settings.json"))
  }

  static func read(run folder: String, _ settings: RunSettings?) -> BenchResults? {
    let written = try? ResultFile.read(BenchResults.self, from: folder + "/results.json")
    if let written, written.incomplete == nil { return written }
    let progress = LearnerProgress.read(run: folder)
    guard let experiment = settings?.experiment, !progress.isEmpty else { return written }
    var results =
      written
      ?? BenchResults(
        task: experiment.task, data: experiment.data, model: experiment.model, recipe: experiment.recipe,
        encoder: experiment.encoder, base: NetworkStatistics(), learners: [],
        seed: experiment.seeds?.first ?? settings?.seed ?? 0, repeats: experiment.repeats)
    results.seeds = experiment.seeds
    results.sessions = results.sessions ?? experiment.sessions
    results.incomplete = results.incomplete ?? "the run was killed, or is still running"
    for learner in progress {
      let index = results.learners.firstIndex { $0.name == learner.learner }
      // What is written of a learner that is done has more than its accuracies.
      if let index, results.learners[index].all.repeats >= learner.all.count { continue }
      guard let measured = LearnerResults(learner) else { continue }
      if let index { results.learners[index] = measured } else { results.learners.append(measured) }
    }
    return results.learners.isEmpty ? written : results
  }
}

extension LearnerResults {
  /// The accuracies of the repeats that are done; nil for a damaged file.
  fileprivate init?(_ progress: LearnerProgress) {
    guard let all = try? AccuracyCurve(progress.all) else { return nil }
    self.init(name: progress.learner, all: all, new: try? AccuracyCurve(progress.new))
  }
}
