/// How far confidence and accuracy are apart, counted batch by batch.
///
/// Samples are sorted by confidence into M bins of equal width, `((m−1)/M, m/M]`; a confidence of 0 is in the
/// first. `ECE = Σ_m |B_m|/n · |acc(B_m) − conf(B_m)|`, 0 to 1. Source: Guo et al. 2017, arXiv 1706.04599,
/// equation 3. Memory is that of the bins.
public struct CalibrationError: Sendable, Hashable {
  /// The samples of one bin; what a reliability diagram shows.
  public struct Bin: Sendable, Hashable {
    /// The confidences in it: above `low` (or 0), up to `high`.
    public let low: Double
    public let high: Double
    public internal(set) var count = 0
    public internal(set) var right = 0
    var sum = 0.0

    /// The share that was right; nil without samples.
    public var accuracy: Double? { count > 0 ? Double(right) / Double(count) : nil }
    /// The mean confidence; nil without samples.
    public var confidence: Double? { count > 0 ? sum / Double(count) : nil }
    /// How far they are apart, |accuracy − confidence|; nil without samples.
    var gap: Double? { count > 0 ? abs(Double(right) - sum) / Double(count) : nil }
  }

  /// The most bins there can be.
  public static let most = 10_000

  public private(set) var bins: [Bin]

  /// - Throws: ``ClassFailure/badBins(_:)`` for fewer than one bin or more than ``most``. The paper has 15.
  public init(bins count: Int = 15) throws(ClassFailure) {
    guard (1...Self.most).contains(count) else { throw .badBins(count) }
    bins = (0..<count).map {
      Bin(low: Double($0) / Double(count), high: Double($0 + 1) / Double(count))
    }
  }

  /// Counts one batch: how sure each prediction was, 0 to 1, and whether it was right.
  ///
  /// - Throws: ``ClassFailure`` for lists of different lengths or a confidence outside 0 to 1; nothing is counted.
  public mutating func add(confidences: [Double], isRight: [Bool]) throws(ClassFailure) {
    try ClassFailure.check("confidences", confidences.count, labels: isRight.count)
    // NaN is in no range, so it is caught here too.
    if let sample = confidences.firstIndex(where: { !(0...1).contains($0) }) {
      throw .badConfidence(sample: sample, value: confidences[sample])
    }
    for (confidence, isRight) in zip(confidences, isRight) {
      let bin = bin(of: confidence)
      bins[bin].count += 1
      bins[bin].sum += confidence
      if isRight { bins[bin].right += 1 }
    }
  }

  /// Counts one batch of probabilities (samples, classes); the largest is the prediction, the first among equals.
  ///
  /// - Throws: ``ClassFailure`` for lists of different lengths, a label outside the classes, a probability outside
  ///   0 to 1, and probabilities of a sample that do not add up to 1 (to a thousandth); nothing is counted.
  public mutating func add(probabilities: [[Double]], labels: [Int]) throws(ClassFailure) {
    try ClassFailure.check("rows of probabilities", probabilities.count, labels: labels.count)
    var confidences: [Double] = []
    var isRight: [Bool] = []
    for (sample, (row, label)) in zip(probabilities, labels).enumerated() {
      guard row.indices.contains(label) else {
        throw .outside(what: "label", sample: sample, value: label, classes: row.count)
      }
      if let bad = row.first(where: { !(0...1).contains($0) }) {
        throw .badConfidence(sample: sample, value: bad)
      }
      let sum = row.reduce(0, +)
      guard abs(sum - 1) <= 1e-3 else { throw .badSum(sample: sample, sum: sum) }
      let best = row.max() ?? 0
      confidences.append(best)
      isRight.append(row.firstIndex(of: best) == label)
    }
    try add(confidences: confidences, isRight: isRight)
  }

  private func bin(of confidence: Double) -> Int {
    // Rounding may put a confidence at an edge one bin too high; the edges themselves decide.
    let near = min(Int(confidence * Double(bins.count)), bins.count - 1)
    return confidence <= bins[near].low && near > 0 ? near - 1 : near
  }

  /// How many samples were counted.
  public var total: Int { bins.reduce(0) { $0 + $1.count } }

  /// The expected calibration error, 0 to 1; nil without samples.
  public var value: Double? {
    guard total > 0 else { return nil }
    return bins.reduce(0) { $0 + ($1.gap ?? 0) * Double($1.count) / Double(total) }
  }

  /// The maximum calibration error, the largest gap of a bin, 0 to 1 (the same paper, equation 5); nil without
  /// samples.
  public var maximum: Double? { bins.compactMap(\.gap).max() }
}
