/// The accuracy of each group of samples, such as each language's, counted batch by batch.
public struct GroupAccuracy: Sendable, Hashable, Codable {
  /// One group's samples.
  public struct Count: Sendable, Hashable, Codable {
    public internal(set) var right = 0
    public internal(set) var total = 0

    /// 0 to 1; a group has at least one sample.
    public var accuracy: Double { Double(right) / Double(total) }
  }

  /// By group; those that have samples.
  public private(set) var counts: [String: Count] = [:]

  public init() {}

  /// Counts one batch: labels, predictions and the group of each sample.
  ///
  /// - Throws: ``ClassFailure`` for lists of different lengths, and then counts nothing.
  public mutating func add(
    labels: [Int], predictions: [Int], groups: [String]
  ) throws(ClassFailure) {
    try ClassFailure.check("predictions", predictions.count, labels: labels.count)
    try ClassFailure.check("groups", groups.count, labels: labels.count)
    for (index, group) in groups.enumerated() {
      counts[group, default: Count()].total += 1
      if labels[index] == predictions[index] { counts[group, default: Count()].right += 1 }
    }
  }

  /// The share of each group that was right.
  public var accuracies: [String: Double] { counts.mapValues(\.accuracy) }

  /// The share of all samples that was right; nil without samples.
  public var overall: Double? {
    let total = counts.values.reduce(0) { $0 + $1.total }
    return total > 0 ? Double(counts.values.reduce(0) { $0 + $1.right }) / Double(total) : nil
  }

  /// The mean over groups, each counting the same; nil without samples.
  public var mean: Double? {
    // In the order of the names, so that the sum is the same every time.
    let values = counts.sorted { $0.key < $1.key }.map(\.value.accuracy)
    return values.isEmpty ? nil : Statistics.mean(values)
  }

  /// The group that is recognised worst, the first by name among equals; nil without samples.
  public var worst: String? {
    counts.min { ($0.value.accuracy, $0.key) < ($1.value.accuracy, $1.key) }?.key
  }
}
