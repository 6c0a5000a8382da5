import Datasets
import Support
import Tensors

/// Samples with their classes, as a learner gets them.
public struct LabelledFeatures: Sendable {
  /// (samples, embedding).
  public let features: Tensor
  /// The class of every sample, from 0.
  public let labels: [Int]
  /// The classes there are, in order of their first sample.
  public let classes: [Int]
  private let rowsOfClass: [Int: [Int]]

  public init(features: Tensor, labels: [Int]) {
    self.features = features
    self.labels = labels
    rowsOfClass = Dictionary(grouping: labels.indices) { labels[$0] }
    var seen: Set<Int> = []
    classes = labels.filter { seen.insert($0).inserted }
  }

  /// The rows of one class: (samples of it, embedding); nil for a class that is not here.
  public func features(of label: Int) throws -> Tensor? {
    guard let rows = rowsOfClass[label], let first = rows.first else { return nil }
    if rows.count == (rows.last ?? 0) - first + 1 {
      return try Slice(0, from: first, count: rows.count)(features)
    }
    return try pick(rows)
  }

  /// The samples at `rows`.
  public func pick(_ rows: [Int]) throws -> Tensor { try features.picked(rows) }
}

extension Tensor {
  /// A copy of the rows at these places of the first dimension.
  func picked(_ rows: [Int]) throws -> Tensor {
    try IndexSelect(0)(self, Tensor(rows.map { Int32($0) }, shape: [rows.count], on: device))
  }
}

/// What learns new classes from a few samples of each.
///
/// ``FewShotRun`` holds it to the protocol's rules:
/// - It sees the base samples and each session's support set with their classes, and the features to be scored
///   without, in a random order.
/// - It changes neither the samples it is given, nor (unless it says so) the network and what it has learned of
///   the base: the base classes' scores of a sample keep their order from session to session.
/// - Its scores are one row a sample and one column a class. A class that was seen has a number, or −∞ where the
///   learner rules it out for a sample, but not all of them; NaN and +∞ are none. What stands in the columns of
///   classes not seen yet is not looked at.
public protocol FewShotLearner: AnyObject {
  /// Whether it says of itself that it changes the network, or what it has learned of the base classes.
  var modifiesBase: Bool { get }
  /// Sees the base classes.
  func start(_ base: LabelledFeatures) throws
  /// Learns one session's classes.
  func learn(_ support: LabelledFeatures) throws
  /// (batch, embedding) → (batch, all classes).
  func scores(_ features: Tensor) throws -> Tensor
  /// The error for a rule that one of its functions broke, with its name and place where it has them.
  func violation(_ message: ErrorMessage, in function: String) -> any NightjarError
}

extension FewShotLearner {
  public var modifiesBase: Bool { false }
  public func violation(_ message: ErrorMessage, in function: String) -> any NightjarError {
    ProtocolViolationError(message)
  }
}

/// What looks at every tested batch of a repeat: custom metrics and test functions.
///
/// It sees the labels, and must leave the network alone. What it is given is its own, to change as it likes.
public protocol SessionObserver: AnyObject {
  /// The name its failure is reported under: `metric/forgetting`.
  var name: String { get }
  /// A session's test has been scored. `scores` are masked.
  func observe(_ tested: TestedBatch) throws
  /// All batches of a session's test were observed.
  func endSession(_ session: Int) throws
  /// The repeat is over; its numbers by name.
  func finish() throws -> [String: [Double]]
  /// The error for a rule that it broke, with its place where it has one.
  func violation(_ message: ErrorMessage) -> any NightjarError
}

extension SessionObserver {
  public func violation(_ message: ErrorMessage) -> any NightjarError {
    ProtocolViolationError(message.prefixed("\(name): "))
  }
}

/// A plugin broke the protocol's rules.
public struct ProtocolViolationError: NightjarError {
  public let message: ErrorMessage
  public init(_ message: ErrorMessage) { self.message = message }
  public var exitCode: ExitCode { .script }
}

/// One part of a session's test, scored.
public struct TestedBatch {
  /// 0 before the first session.
  public let session: Int
  /// The samples' places in the session's test: base test samples first, then the queries of each session.
  public let places: [Int]
  /// Where the samples come from: all of one split, and their rows in it.
  public let split: Split
  public let rows: [Int]
  /// (samples, embedding).
  public let features: Tensor
  /// (samples, classes), −∞ for classes not seen yet.
  public let scores: Tensor
  /// From 0.
  public let predictions: [Int]
  public let labels: [Int]
  /// Gives the masked scores of other embeddings, by what the learner knows now.
  public let score: (Tensor) throws -> Tensor
}
