/// How often each class was taken for each, counted batch by batch. Classes are counted from 0.
public struct ConfusionCounts: Sendable, Hashable {
  /// The most classes that are counted.
  public static let most = 10_000

  /// How many classes there are.
  public let classes: Int
  /// Which classes may occur, in a session that has not met all; nil: all.
  public let seen: Set<Int>?
  /// (classes, classes): row = label, column = prediction.
  public private(set) var counts: [[Int]]

  /// - Parameter seen: the classes that may occur; nil for all of them.
  /// - Throws: ``ClassFailure`` for no classes or more than ``most``, or a seen one outside them.
  public init(classes: Int, seen: Set<Int>? = nil) throws(ClassFailure) {
    guard (1...Self.most).contains(classes) else { throw .badClasses(classes) }
    if let stray = seen?.filter({ !(0..<classes).contains($0) }).min() {
      throw .badSeen(stray, classes: classes)
    }
    (self.classes, self.seen) = (classes, seen)
    counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
  }

  /// Counts one batch. Nothing is counted when it throws.
  ///
  /// - Throws: ``ClassFailure`` for lists of different lengths, and for a label or prediction outside the classes
  ///   (such as PyTorch's −100 for "ignored") or not among the seen ones.
  public mutating func add(labels: [Int], predictions: [Int]) throws(ClassFailure) {
    try ClassFailure.check("predictions", predictions.count, labels: labels.count)
    try check(labels, "label")
    try check(predictions, "prediction")
    for (label, prediction) in zip(labels, predictions) { counts[label][prediction] += 1 }
  }

  /// Adds what another has counted, as of another part of the data.
  public mutating func add(_ other: ConfusionCounts) throws(ClassFailure) {
    guard other.classes == classes else { throw .different(classes, other.classes) }
    for label in 0..<classes {
      for prediction in 0..<classes { counts[label][prediction] += other.counts[label][prediction] }
    }
  }

  private func check(_ values: [Int], _ what: String) throws(ClassFailure) {
    for (sample, value) in values.enumerated() {
      guard (0..<classes).contains(value) else {
        throw .outside(what: what, sample: sample, value: value, classes: classes)
      }
      if let seen, !seen.contains(value) {
        throw .unseen(what: what, sample: sample, value: value, seen: seen.count)
      }
    }
  }

  /// How many samples were counted.
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share that was right; nil without samples.
  public var accuracy: Double? { Self.share((0..<classes).reduce(0) { $0 + counts[$1][$1] }, total) }

  /// The share of each class that was recognised, its accuracy: `TP / (TP + FN)`; nil where it has no samples.
  public var recalls: [Double?] { (0..<classes).map { Self.share(counts[$0][$0], counts[$0].reduce(0, +)) } }

  /// The share of each class's predictions that were right: `TP / (TP + FP)`; nil where it was never predicted.
  public var precisions: [Double?] {
    (0..<classes).map { column in
      Self.share(counts[column][column], counts.reduce(0) { $0 + $1[column] })
    }
  }

  /// `F1 = 2 TP / (2 TP + FP + FN)` of each class; nil where it neither has samples nor was predicted.
  public var f1: [Double?] {
    (0..<classes).map { index in
      let both = counts[index].reduce(0, +) + counts.reduce(0) { $0 + $1[index] }
      return Self.share(2 * counts[index][index], both)
    }
  }

  /// The mean accuracy over the classes that have samples (balanced accuracy); nil without samples.
  public var balancedAccuracy: Double? { Self.mean(recalls) }

  /// The mean of ``f1`` over the classes that have one; nil without samples.
  public var macroF1: Double? { Self.mean(f1) }

  private static func share(_ part: Int, _ whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
  }

  private static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap(\.self)
    return known.isEmpty ? nil : Statistics.mean(known)
  }
}
