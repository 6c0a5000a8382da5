import Networks
import Support
import Tensors

/// A learner outside of an experiment: it is taught classes whenever there are new ones, and tells which of those that
/// it was taught a sample is most like.
public final class IncrementalClassifier {
  /// A class with the score that a sample has for it.
  public typealias Score = (label: Int, score: Float)

  private let learner: ValidatedLearner
  private let classes: Int
  private let device: Device
  /// The classes that were learned, in their order.
  public private(set) var learned: [Int]

  /// Teaches a learner the base.
  ///
  /// - Parameters:
  ///   - learner: the learner, which has not been taught anything.
  ///   - base: samples of the base classes.
  ///   - module: the network that embedded them, whose weights must not change.
  ///   - classes: the number of all classes, those that are learned later among them.
  /// - Throws: the learner's errors and violations of ``FewShotLearner``'s rules; `TensorError`.
  public init(
    _ learner: any FewShotLearner, base: LabelledFeatures, module: any Module, classes: Int
  ) throws {
    self.learner = ValidatedLearner(
      learner, base: base, weights: try TensorSnapshot(module.state.map(\.tensor)), classes: classes)
    self.classes = classes
    device = base.features.device
    learned = base.classes
    try self.learner.start()
  }

  /// Teaches it classes that it has not learned yet.
  ///
  /// - Throws: as ``init(_:base:module:classes:)``.
  public func learn(_ support: LabelledFeatures) throws {
    precondition(Set(support.classes).isDisjoint(with: learned), "a class is learned once")
    if learner.isIncremental { try learner.learn(support) }
    learned += support.classes
  }

  /// The scores of the learned classes for each sample of `features`, (samples, embedding), the highest first.
  ///
  /// - Throws: as ``init(_:base:module:classes:)``.
  public func ranking(_ features: Tensor) throws -> [[Score]] {
    let seen = try SeenClasses(learned, of: classes, on: device)
    let scores = try learner.scores(features, seen: seen, session: 0).masked.floatValues
    let known = learned.sorted()
    return (0..<features.shape[0]).map { sample in
      let own = known.map { label -> Score in (label: label, score: scores[sample * classes + label]) }
      return own.sorted { $0.score > $1.score }
    }
  }
}
