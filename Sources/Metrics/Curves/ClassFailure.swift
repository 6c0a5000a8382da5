import Tensors

/// Labels, predictions or confidences that cannot be counted. Samples and classes are counted from 0 here and from
/// 1 in the text.
public enum ClassFailure: Failure, Equatable {
  case badClasses(Int)
  case badSeen(Int, classes: Int)
  case lengths(what: String, count: Int, expected: Int)
  case outside(what: String, sample: Int, value: Int, classes: Int)
  case unseen(what: String, sample: Int, value: Int, seen: Int)
  case badConfidence(sample: Int, value: Double)
  case badSum(sample: Int, sum: Double)
  case badBins(Int)
  case different(Int, Int)

  public var exitCode: ExitCode { .script }

  public var description: String {
    switch self {
    case .badClasses(let count):
      "cannot count \(count) classes; give how many there are, 1 to \(ConfusionCounts.most)"
    case .badSeen(let value, let classes):
      "class \(Self.counted(value)) cannot have been seen, there are \(classes) classes; give the seen ones among them"
    case .lengths(let what, let count, let expected):
      "there are \(count) \(what) for \(expected) labels; give one for each"
    case .outside(let what, let sample, let value, let classes):
      "the \(what) of sample \(sample + 1) is \(Self.counted(value)), outside the \(classes) classes; leave samples out "
        + "that are to be ignored"
    case .unseen(let what, let sample, let value, let seen):
      "the \(what) of sample \(sample + 1) is class \(Self.counted(value)), which is not one of the \(seen) classes seen "
        + "so far; leave its samples out and mask its scores, or count it among the seen"
    case .badConfidence(let sample, let value):
      "the confidence of sample \(sample + 1) is \(value); give a probability from 0 to 1, as by softmax"
    case .badSum(let sample, let sum):
      "the probabilities of sample \(sample + 1) add up to \(sum), not 1; give scores through softmax"
    case .badBins(let bins):
      "cannot sort confidences into \(bins) bins; give 1 to \(CalibrationError.most)"
    case .different(let left, let right):
      "counts of \(left) and \(right) classes cannot be added; count the same classes in both"
    }
  }

  /// A class as people count; the largest number there is stays itself.
  private static func counted(_ value: Int) -> Int { value < .max ? value + 1 : value }

  /// Throws unless `what` has one value per label.
  static func check(_ what: String, _ count: Int, labels: Int) throws(ClassFailure) {
    guard count == labels else { throw .lengths(what: what, count: count, expected: labels) }
  }
}
