import Datasets
import Tensors

/// A part of a session's test after it was scored.
public struct TestedBatch {
  /// 0 before the first session.
  public let session: Int
  /// The samples' positions in the session's test: base test samples first, then the queries of each session.
  public let positions: [Int]
  /// The split that all of these samples come from.
  public let split: Split
  /// The samples' rows in ``split``.
  public let rows: [Int]
  /// (samples, embedding).
  public let features: Tensor
  /// (samples, classes), −∞ for classes not seen yet.
  public let scores: Tensor
  /// The classes of the highest scores, from 0.
  public let predictions: [Int]
  public let labels: [Int]
  /// The masked scores of other embeddings, by what the learner knows now.
  public let score: (Tensor) throws -> Tensor
}
