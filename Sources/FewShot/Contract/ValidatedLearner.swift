import Support
import Tensors

/// A learner whose every call is checked against the rules of ``FewShotLearner``.
struct ValidatedLearner {
  /// The scores of a batch.
  struct Scores {
    /// As the learner returned them, and with classes that have not been seen.
    private let scores: Tensor
    private let seen: SeenClasses
    /// The class with the highest score, of each sample, of the classes that have been seen.
    let predictions: [Int]

    fileprivate init(_ scores: Tensor, _ seen: SeenClasses, predictions: [Int]) {
      self.scores = scores
      self.seen = seen
      self.predictions = predictions
    }

    /// All of them, −∞ for classes that have not been seen: a copy of megabytes.
    var masked: Tensor { get throws { try seen.masked(scores) } }

    /// The scores of some samples, in row-major order, −∞ for classes that have not been seen.
    func values(_ rows: [Int]) throws -> [Float] { try seen.masked(scores, rows: rows) }
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
  var isIncremental: Bool { learner.isIncremental }

  func start() throws { try checked("start") { try learner.start(base) } }

  func learn(_ support: LabelledFeatures) throws { try checked("learn") { try learner.learn(support) } }

  /// The scores of a batch for all classes: (batch, classes).
  func scores(_ features: Tensor) throws -> Tensor {
    let samples = features.shape[0]
    let scores = try checked("scores") { try Recording.off { try learner.scores(features) } }
    guard scores.shape == [samples, classes] else {
      throw violation(
        ErrorMessage(
          "scores has shape \(scores.shape), expected [\(samples), \(classes)]: one row per sample, one column for "
            + "each of all classes"))
    }
    return scores
  }

  /// The scores of a batch for the classes in `seen`.
  func scores(_ features: Tensor, seen: SeenClasses, session: Int) throws -> Scores {
    try validated(scores(features), seen: seen, session: session)
  }

  /// Scores that the learner has returned, with the classes in `seen` checked.
  func validated(_ scores: Tensor, seen: SeenClasses, session: Int) throws -> Scores {
    let best = try BestColumns(of: scores, among: seen.flags)
    // Each problem shows in a sample's highest score.
    if !best.areFinite, let problem = problem(try seen.masked(scores).floatValues, session: session) {
      throw violation(problem.prefixed("scores "))
    }
    return Scores(scores, seen, predictions: best.columns)
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
