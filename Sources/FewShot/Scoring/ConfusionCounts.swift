/// How many samples of each class were predicted as which class, in tests after the last session.
public struct ConfusionCounts: Sendable, Equatable, Codable {
  /// A class and a prediction.
  public struct Cell: Sendable, Hashable, Comparable, Codable {
    public let label: Int
    public let prediction: Int

    public static func < (one: Cell, other: Cell) -> Bool {
      (one.label, one.prediction) < (other.label, other.prediction)
    }
  }

  /// Only of what occurred.
  public private(set) var counts: [Cell: Int] = [:]

  public init() {}

  /// Counts the predictions of one test.
  ///
  /// - Parameter predictions: (samples), as the labels are.
  init(classes: Int, labels: [Int], predictions: [Int]) {
    // One number a pair is hashed faster than the pair.
    var packed: [Int: Int] = [:]
    for (label, prediction) in zip(labels, predictions) {
      packed[label * classes + prediction, default: 0] += 1
    }
    for (pair, count) in packed { counts[Cell(label: pair / classes, prediction: pair % classes)] = count }
  }

  /// Adds the counts of another test.
  mutating func add(_ other: ConfusionCounts) { counts.merge(other.counts, uniquingKeysWith: +) }
}
