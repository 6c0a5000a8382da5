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
  public func pick(_ rows: [Int]) throws -> Tensor {
    let index = try Tensor(rows.map { Int32($0) }, shape: [rows.count], on: features.device)
    return try IndexSelect(0)(features, index)
  }
}

/// What learns new classes from a few samples of each.
public protocol FewShotLearner: AnyObject {
  /// Sees the base classes.
  func start(_ base: LabelledFeatures) throws
  /// Learns one session's classes.
  func learn(_ support: LabelledFeatures) throws
  /// (batch, embedding) → (batch, all classes).
  func scores(_ features: Tensor) throws -> Tensor
}

/// What looks at every tested batch of a repeat: custom metrics and test functions.
public protocol SessionObserver: AnyObject {
  /// The name its numbers are reported under.
  var name: String { get }
  /// A session's test has been scored. `scores` are masked.
  func observe(_ tested: TestedBatch) throws
  /// All batches of a session's test were observed.
  func endSession(_ session: Int) throws
  /// The repeat is over; its numbers by name.
  func finish() throws -> [String: [Double]]
}

/// One session's test, scored.
public struct TestedBatch {
  /// 0 before the first session.
  public let session: Int
  /// The first sample's place in the session's test: base test samples first, then the queries of each session.
  public let first: Int
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
