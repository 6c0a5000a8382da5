import Support
import Tensors

/// A method that learns new classes from a few samples of each.
///
/// ``FewShotRun`` holds it to the protocol's rules:
/// - It sees the base samples and each session's support set with their classes, and the features to be scored
///   without, in a random order.
/// - It changes neither the samples it is given, nor (unless it declares so) the network and what it has learned of
///   the base: the base classes' scores of a sample keep their order from session to session.
/// - Its scores have one row per sample and one column per class. A class that was seen has a number, or −∞ where the
///   learner rules it out for a sample, but not all of them; NaN and +∞ are violations. The columns of classes not
///   seen yet are ignored.
/// - A sample's scores depend on what was learned and on this sample alone (`ScoringPurity`).
///
/// A recoverable error of one of its functions (`NightjarError.isRecoverable`) leaves the learner out of an experiment;
/// other errors end the experiment.
public protocol FewShotLearner: AnyObject {
  /// Whether it declares that it changes the network, or what it has learned of the base classes.
  var modifiesBase: Bool { get }
  /// Whether it learns in sessions. One that does not knows what ``start(_:)`` taught it: ``learn(_:)`` is never
  /// called, and each sample is scored once a repeat.
  var isIncremental: Bool { get }
  /// Learns the base classes.
  ///
  /// - Throws: the learner's own errors, such as that of a script.
  func start(_ base: LabelledFeatures) throws
  /// Learns the classes of one session.
  ///
  /// - Throws: the learner's own errors, such as that of a script.
  func learn(_ support: LabelledFeatures) throws
  /// (batch, embedding) → (batch, all classes).
  ///
  /// - Throws: the learner's own errors, such as that of a script.
  func scores(_ features: Tensor) throws -> Tensor
  /// The error for a rule that one of its functions violated, with the learner's name and location where known.
  func violation(_ message: ErrorMessage, in function: String) -> any NightjarError
}

extension FewShotLearner {
  public var modifiesBase: Bool { false }
  public var isIncremental: Bool { true }
  public func violation(_ message: ErrorMessage, in function: String) -> any NightjarError {
    ProtocolViolationError(message)
  }
}

/// What a learner is made with at the start of a repeat.
public struct LearnerContext: Sendable {
  /// The number of the repeat, from 0.
  public let number: Int
  /// The seed of everything the learner draws: the same whatever ran before it.
  public let seed: UInt64
  /// The sessions it will learn, in their order. For the host's use; a learner does not see them.
  public let sessions: [FewShotSession]
  /// Whether it only repeats what another one did, to compare their scores: what it logs and prints is dropped.
  public let isTwin: Bool
}

/// Makes a new learner for every repeat, so that nothing is remembered from one to the next.
public struct LearnerFactory {
  /// The name results have it under: `prototypical`.
  public let name: String
  /// The name failures are reported under: `learner/prototypical`.
  public let title: String
  /// Everything that its learners depend on, by which their results are kept in memory; nil where it is not known.
  let keyParts: [String]?
  let make: (LearnerContext) throws -> any FewShotLearner

  public init(
    _ name: String, title: String? = nil, keyParts: [String]? = nil,
    make: @escaping (LearnerContext) throws -> any FewShotLearner
  ) {
    self.name = name
    self.title = title ?? "learner/\(name)"
    self.keyParts = keyParts
    self.make = make
  }
}

/// A violation of the protocol's rules.
public struct ProtocolViolationError: NightjarError {
  public let message: ErrorMessage
  public init(_ message: ErrorMessage) { self.message = message }
  public var exitCode: ExitCode { .script }
}
