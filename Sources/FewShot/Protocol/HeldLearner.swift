import Tensors

/// A learner whose every call is held to the rules of ``FewShotLearner``.
struct HeldLearner {
  /// What a learner gave for a batch: −∞ for classes that have not been seen.
  struct Scores {
    let masked: Tensor
    /// The same in row-major order.
    let values: [Float]
  }

  private let learner: any FewShotLearner
  private let base: LabelledFeatures
  private let baseVersion: Int
  private let weights: KeptTensors?
  private let classes: Int

  /// - Parameters:
  ///   - base: what it starts from, which other repeats and learners use too.
  ///   - weights: the network's tensors.
  ///   - classes: the number of all classes.
  init(_ learner: any FewShotLearner, base: LabelledFeatures, weights: KeptTensors?, classes: Int) {
    (self.learner, self.base, self.weights, self.classes) = (learner, base, weights, classes)
    baseVersion = base.features.version
  }

  var changesBase: Bool { learner.changesBase }

  func start() throws { try held("start") { try learner.start(base) } }

  func learn(_ support: LabelledFeatures) throws { try held("learn") { try learner.learn(support) } }

  /// The scores of a batch, with the classes masked that are not in `seen`.
  func scores(_ features: Tensor, seen: Tensor, session: Int) throws -> Scores {
    let samples = features.shape[0]
    let given = try held("scores") { try Recording.off { try learner.scores(features) } }
    guard given.shape == [samples, classes] else {
      throw fault(
        "scores has shape \(given.shape), expected [\(samples), \(classes)]: one row a sample, one column for "
          + "each of all classes")
    }
    let masked = try Where()(seen, given, Tensor(-.infinity, on: given.device))
    let values = try masked.floatValues
    if let problem = problem(values, session: session) { throw fault("scores \(problem)") }
    return Scores(masked: masked, values: values)
  }

  /// The error for base scores that did not stay as they were.
  func fault(_ turn: BaseRanking.Turn, session: Int) -> any Failure {
    fault(
      "in session \(session), scores puts base class \(turn.behind + 1) above base class \(turn.ahead + 1) for a "
        + "sample of the base test, and before the first session it was the other way round. What was learned of "
        + "the base stays as it was, and scores depend on the sample alone. Mend: leave the base's part as start "
        + "made it, or declare changes_base = true")
  }

  private func fault(_ what: String) -> any Failure { learner.fault(what, in: "scores") }

  private func held<Result>(_ function: String, _ body: () throws -> Result) throws -> Result {
    let result = try body()
    guard base.features.version == baseVersion else {
      throw learner.fault(
        "\(function) changed the base features in place, which other repeats and learners use too. "
          + "Mend: work on a copy, features:clone()", in: function)
    }
    guard learner.changesBase || weights?.haveChanged != true else {
      throw learner.fault(
        "\(function) changed the network's weights. Mend: declare changes_base = true, or train a network of the "
          + "learner's own", in: function)
    }
    return result
  }

  /// What is wrong with masked scores, in words; nil when nothing is.
  private func problem(_ values: [Float], session: Int) -> String? {
    // NaN is less than nothing.
    if let first = values.firstIndex(where: { !($0 < .infinity) }) {
      let isNaN = values[first].isNaN
      let count = values.count { isNaN ? $0.isNaN : $0 == .infinity }
      return "holds \(isNaN ? "NaN" : "infinity") in session \(session): \(count) of \(values.count) values, "
        + "the first for class \(first % classes + 1). Mend: "
        + (isNaN
          ? "look for 0/0, log or sqrt of negative numbers, or a rate too high"
          : "look for a division by 0 or exp of large numbers")
    }
    for row in stride(from: 0, to: values.count, by: classes)
    where !values[row..<row + classes].contains(where: { $0 > -.infinity }) {
      return
        "rules out every class that was seen in session \(session): all of a sample's scores are -infinity. "
        + "Mend: leave at least one of them a number"
    }
    return nil
  }
}
