import Algorithms
import Synchronization
import Tensors

/// Samples with their classes, as a learner gets them.
public struct LabelledFeatures: Sendable {
  /// (samples, embedding).
  public let features: Tensor
  /// The class of every sample, from 0.
  public let labels: [Int]
  /// The classes of these samples, in order of their first sample.
  public let classes: [Int]
  private let rowsOfClass: [Int: [Int]]
  private let knownMeans = KnownMeans()

  /// The class means once they have been computed, of features that may have been changed since: every repeat of a
  /// learner asks for those of the base.
  private final class KnownMeans: Sendable {
    let value = Mutex<(means: Tensor, version: Int)?>(nil)
  }

  public init(features: Tensor, labels: [Int]) {
    self.features = features
    self.labels = labels
    rowsOfClass = Dictionary(grouping: labels.indices) { labels[$0] }
    classes = Array(labels.uniqued())
  }

  /// The features of one class, (samples of it, embedding); nil for a class without samples.
  ///
  /// - Throws: `TensorError` when memory is exhausted.
  public func features(of label: Int) throws -> Tensor? {
    guard let rows = rowsOfClass[label], let first = rows.first else { return nil }
    if rows.count == (rows.last ?? 0) - first + 1 {
      return try Slice(0, from: first, count: rows.count)(features)
    }
    return try select(rows)
  }

  /// A copy of the features at `rows`, in their order: (rows, embedding).
  ///
  /// - Throws: `TensorError` for a row outside the samples.
  public func select(_ rows: [Int]) throws -> Tensor { try features.selectingRows(rows) }
}

extension Tensor {
  /// A copy of these rows, indices of the first dimension.
  func selectingRows(_ rows: [Int]) throws -> Tensor {
    try IndexSelect(0)(self, Tensor(rows.map { Int32($0) }, shape: [rows.count], on: device))
  }
}

extension LabelledFeatures {
  /// The mean embedding of every class: (classes, embedding), in the order of ``classes``.
  ///
  /// - Throws: `TensorError`.
  public func classMeans() throws -> Tensor {
    if let known = knownMeans.value.withLock({ $0 }), known.version == features.version {
      return try known.means.cloned()
    }
    let parts = try classes.compactMap { try features(of: $0).map { try Reduction(.mean, over: [0])($0) } }
    let means = try Tensor.stack(parts, 0)
    // What a script computes with gradients has a history of its own.
    if !features.requiresGradient {
      let copy = try means.cloned()
      knownMeans.value.withLock { $0 = (copy, features.version) }
    }
    return means
  }
}
