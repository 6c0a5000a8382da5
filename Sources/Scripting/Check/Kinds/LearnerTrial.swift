import FewShot
import LuaHost
import Support
import Tensors

/// A learner: taught two sessions, as a bench does it.
extension PluginTrial {
  func tryLearner() throws -> [CheckFinding] {
    _ = try experiment { plugins in plugins.learner(choice).wrapping { ProbedLearner($0) } }
    return []
  }
}

/// A learner whose samples are scored alone, and again, to see whether their scores depend on anything else.
private final class ProbedLearner: FewShotLearner {
  private let learner: any FewShotLearner
  private var isProbed = false

  init(_ learner: any FewShotLearner) { self.learner = learner }

  var modifiesBase: Bool { learner.modifiesBase }
  var isIncremental: Bool { learner.isIncremental }

  func start(_ base: LabelledFeatures) throws { try learner.start(base) }

  func learn(_ support: LabelledFeatures) throws {
    isProbed = false
    try learner.learn(support)
  }

  func scores(_ features: Tensor) throws -> Tensor {
    let scores = try learner.scores(features)
    let count = features.shape[0]
    guard !isProbed, count > 1, scores.rank == 2, scores.shape[0] == count else { return scores }
    isProbed = true
    if let other = try RowComparison.change(of: scores, { try learner.scores(features) }) {
      throw learner.violation(
        ErrorMessage(
          "scores changes the learner: the same sample is scored \(other.first) for class \(other.column + 1), and "
            + "\(other.second) when it is scored again", hint: "change self in start and learn only"),
        in: "scores")
    }
    let alone = try learner.scores(Slice(0, from: 0, count: 1)(features))
    guard alone.shape == [1, scores.shape[1]] else {
      throw learner.violation(
        ErrorMessage("scores has shape \(alone.shape) for one sample, expected \([1, scores.shape[1]])"),
        in: "scores")
    }
    if let other = try RowComparison.dependence(of: scores, on: features, learner.scores) {
      throw learner.violation(
        ErrorMessage(
          "a sample's scores depend on the other samples of its batch: \(other.first) or \(other.second) for class "
            + "\(other.column + 1) of the same sample",
          hint: "use what start and learn were given, not means over the features that are scored"),
        in: "scores")
    }
    return scores
  }

  func violation(_ message: ErrorMessage, in function: String) -> any NightjarError {
    learner.violation(message, in: function)
  }
}
