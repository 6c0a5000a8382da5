import Support
import Tensors

/// A learner whose every call is checked against the rules of ``FewShotLearner``.
struct ValidatedLearner {
  /// The scores of a batch, −∞ for classes that have not been seen.
  struct Scores {
    let masked: Tensor
    /// The class with the highest score, of each sample.
    let predictions: [Int]

    /// The scores of some samples, in row-major order. All of them are seldom needed, and are megabytes.
    func values(_ rows: [Int]) throws -> [Float] { try masked.selectingRows(rows).floatValues }
  }

  private let learner: any FewShotLearner
  private let base: LabelledFeatures
  private let baseVersion: Int
  private let weights: TensorSnapshot?
  private let classes: Int

  /// Checks `learner` on the samples `base`, which other repeats and learners use too, and on the number of all
  /// `classes`. `weights` are the network's tensors; nil does not check them.
  init(_ learner: any FewShotLearner, base: LabelledFeatures, weights: TensorSnapshot?, classes: Int) {
    self.learner = learner
    self.base = base
    self.weights = weights
    self.classes = classes
    baseVersion = base.features.version
  }

  var modifiesBase: Bool { learner.modifiesBase }

  func start() throws { try checked("start") { try learner.start(base) } }

  func learn(_ support: LabelledFeatures) throws { try checked("learn") { try learner.learn(support) } }

  /// The scores of a batch, with the classes masked that are not in `seen`.
  func scores(_ features: Tensor, seen: Tensor, session: Int) throws -> Scores {
    let samples = features.shape[0]
    let scores = try checked("scores") { try Recording.off { try learner.scores(features) } }
    guard scores.shape == [samples, classes] else {
      throw violation(
        ErrorMessage(
          "scores has shape \(scores.shape), expected [\(samples), \(classes)]: one row per sample, one column for "
            + "each of all classes"))
    }
    let masked = try Where()(seen, scores, Tensor(-.infinity, on: scores.device))
    let best = try Extremum(maximum: true, dimension: 1).positions(in: masked)
    // Each problem shows in a sample's highest score: NaN is higher than all numbers there.
    if try !Gather(1)(masked, best).floatValues.allSatisfy(\.isFinite),
      let problem = problem(try masked.floatValues, session: session)
    {
      throw violation(problem.prefixed("scores "))
    }
    return Scores(masked: masked, predictions: try best.values(as: Int32.self).map { Int($0) })
  }

  /// The error for two base classes whose scores changed their order.
  func violation(_ swap: BaseRanking.Swap, session: Int) -> any NightjarError {
    violation(
      ErrorMessage(
        "in session \(session), scores puts base class \(swap.behind + 1) above base class \(swap.ahead + 1) for a "
          + "sample of the base test, and before the first session it was the other way round. What was learned of "
          + "the base must not change, and scores depend on the sample alone",
        hint: "leave the base classes as start learned them, or declare modifies_base = true"))
  }

  /// The error for scores that depend on other samples.
  func impurity(_ what: String) -> any NightjarError {
    violation(
      ErrorMessage(
        what + ": a sample's scores depend on what was learned and on this sample alone",
        hint:
          "keep nothing in scores (in self, a variable, a module or a coroutine), draw nothing, and normalise by "
          + "what start and learn saw instead of the batch"))
  }

  private func violation(_ message: ErrorMessage) -> any NightjarError {
    learner.violation(message, in: "scores")
  }

  private func checked<Result>(_ function: String, _ body: () throws -> Result) throws -> Result {
    let result = try body()
    guard base.features.version == baseVersion else {
      throw learner.violation(
        ErrorMessage(
          "\(function) changed the base features in place, which other repeats and learners use too",
          hint: "work on a copy, features:clone()"), in: function)
    }
    guard learner.modifiesBase || weights?.isModified != true else {
      throw learner.violation(
        ErrorMessage(
          "\(function) changed the network's weights",
          hint: "declare modifies_base = true, or train a network of the learner's own"), in: function)
    }
    return result
  }

  /// The first problem of masked scores; nil when they are valid.
  private func problem(_ values: [Float], session: Int) -> ErrorMessage? {
    // NaN is less than no number.
    if let first = values.firstIndex(where: { !($0 < .infinity) }) {
      let isNaN = values[first].isNaN
      let count = values.count { isNaN ? $0.isNaN : $0 == .infinity }
      return ErrorMessage(
        "holds \(isNaN ? "NaN" : "infinity") in session \(session): \(count) of \(values.count) values, "
          + "the first for class \(first % classes + 1)",
        hint: isNaN
          ? "check for 0/0, log or sqrt of negative numbers, or a learning rate that is too high"
          : "check for a division by 0 or exp of large numbers")
    }
    for row in stride(from: 0, to: values.count, by: classes)
    where !values[row..<row + classes].contains(where: { $0 > -.infinity }) {
      return ErrorMessage(
        "rules out every class that was seen in session \(session): all of a sample's scores are -infinity",
        hint: "leave at least one of them a number")
    }
    return nil
  }
}
