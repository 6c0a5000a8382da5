import Support
import Tensors

/// A learner whose every call is held to the rules of ``FewShotLearner``.
struct ValidatedLearner {
  /// What a learner gave for a batch: −∞ for classes that have not been seen.
  struct Scores {
    let masked: Tensor
    /// The same in row-major order.
    let values: [Float]
  }

  private let learner: any FewShotLearner
  private let base: LabelledFeatures
  private let baseVersion: Int
  private let weights: TensorSnapshot?
  private let classes: Int

  /// - Parameters:
  ///   - base: what it starts from, which other repeats and learners use too.
  ///   - weights: the network's tensors.
  ///   - classes: the number of all classes.
  init(_ learner: any FewShotLearner, base: LabelledFeatures, weights: TensorSnapshot?, classes: Int) {
    self.learner = learner
    self.base = base
    self.weights = weights
    self.classes = classes
    baseVersion = base.features.version
  }

  var modifiesBase: Bool { learner.modifiesBase }

  func start() throws { try held("start") { try learner.start(base) } }

  func learn(_ support: LabelledFeatures) throws { try held("learn") { try learner.learn(support) } }

  /// The scores of a batch, with the classes masked that are not in `seen`.
  func scores(_ features: Tensor, seen: Tensor, session: Int) throws -> Scores {
    let samples = features.shape[0]
    let given = try held("scores") { try Recording.off { try learner.scores(features) } }
    guard given.shape == [samples, classes] else {
      throw violation(
        ErrorMessage(
          "scores has shape \(given.shape), expected [\(samples), \(classes)]: one row a sample, one column for "
            + "each of all classes"))
    }
    let masked = try Where()(seen, given, Tensor(-.infinity, on: given.device))
    let values = try masked.floatValues
    if let problem = problem(values, session: session) {
      throw violation(problem.prefixed("scores "))
    }
    return Scores(masked: masked, values: values)
  }

  /// The error for base scores that did not stay as they were.
  func violation(_ turn: BaseRanking.Turn, session: Int) -> any NightjarError {
    violation(
      ErrorMessage(
        "in session \(session), scores puts base class \(turn.behind + 1) above base class \(turn.ahead + 1) for a "
          + "sample of the base test, and before the first session it was the other way round. What was learned of "
          + "the base stays as it was, and scores depend on the sample alone",
        hint: "leave the base's part as start "
          + "made it, or declare modifies_base = true"))
  }

  private func violation(_ message: ErrorMessage) -> any NightjarError {
    learner.violation(message, in: "scores")
  }

  private func held<Result>(_ function: String, _ body: () throws -> Result) throws -> Result {
    let result = try body()
    guard base.features.version == baseVersion else {
      throw learner.violation(
        ErrorMessage(
          "\(function) changed the base features in place, which other repeats and learners use too",
          hint: "work on a copy, features:clone()"), in: function)
    }
    guard learner.modifiesBase || weights?.haveChanged != true else {
      throw learner.violation(
        ErrorMessage(
          "\(function) changed the network's weights",
          hint: "declare modifies_base = true, or train a network of the "
            + "learner's own"), in: function)
    }
    return result
  }

  /// What is wrong with masked scores, in words; nil when nothing is.
  private func problem(_ values: [Float], session: Int) -> ErrorMessage? {
    // NaN is less than nothing.
    if let first = values.firstIndex(where: { !($0 < .infinity) }) {
      let isNaN = values[first].isNaN
      let count = values.count { isNaN ? $0.isNaN : $0 == .infinity }
      return ErrorMessage(
        "holds \(isNaN ? "NaN" : "infinity") in session \(session): \(count) of \(values.count) values, "
          + "the first for class \(first % classes + 1)",
        hint: isNaN
          ? "look for 0/0, log or sqrt of negative numbers, or a rate too high"
          : "look for a division by 0 or exp of large numbers")
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
