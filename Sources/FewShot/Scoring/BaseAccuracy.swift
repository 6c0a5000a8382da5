import Algorithms
import Metrics
import Networks
import Support
import Tensors

/// How well a trained network's own readout tells the base words apart, on each split of them: 0 to 1.
public struct BaseAccuracy: Sendable, Hashable, Codable {
  public let training: Double
  /// Nil where the data set has no validation clips.
  public let validation: Double?
  public let test: Double

  public init(training: Double, validation: Double?, test: Double) {
    self.training = training
    self.validation = validation
    self.test = test
  }

  /// The means of several networks; nil without any. Validation counts where all have one.
  public static func mean(_ networks: [BaseAccuracy]) -> BaseAccuracy? {
    guard !networks.isEmpty else { return nil }
    let validations = networks.compactMap(\.validation)
    return BaseAccuracy(
      training: Statistics.mean(networks.map(\.training)),
      validation: validations.count == networks.count ? Statistics.mean(validations) : nil,
      test: Statistics.mean(networks.map(\.test)))
  }

  /// What the difference between the clips a network was trained on and others says of its training.
  public enum Fit: Sendable, Hashable {
    /// It knows its training clips, and others much less.
    case overtrained
    /// It does not know its training clips.
    case undertrained
    case balanced
  }

  /// Overtrained: others are wrong at least 5 points more often, and three times as often. Undertrained: at least a
  /// tenth of the training clips are wrong, and others not much more often. Judged on validation clips where there are
  /// any, so that the choice of a training does not look at the test.
  public var fit: Fit {
    let trainingErrors = 1 - training
    let otherErrors = 1 - (validation ?? test)
    if otherErrors - trainingErrors >= 0.05, otherErrors >= 3 * trainingErrors { return .overtrained }
    return trainingErrors >= 0.1 ? .undertrained : .balanced
  }
}

/// The accuracy of a network's readout on embedded samples.
struct ReadoutAccuracy {
  let network: BaseNetwork
  /// The base classes.
  let classes: [Int]

  /// Samples whose scores are computed together.
  private static let batch = 4096

  /// The fraction of samples whose highest score among the base classes is that of their own.
  ///
  /// - Throws: the network's violation for scores of another shape; `TensorError`.
  func callAsFunction(_ samples: LabelledFeatures) throws -> Double {
    var random = RandomStream(seed: UInt64(samples.labels.count), purpose: "readout order")
    var correct = 0
    for rows in random.permutation(samples.labels.count).chunks(ofCount: Self.batch) {
      let order = Array(rows)
      let scores = try Recording.off { try network.module.readout(samples.select(order)) }
      guard scores.rank == 2, scores.shape[0] == order.count, scores.dtype == .float32 else {
        throw network.violation(
          "the model's readout returns \(scores.shape) of \(scores.dtype) for \(order.count) embeddings, expected "
            + "(samples, classes) of float32")
      }
      correct += try Self.correct(scores, order.map { samples.labels[$0] }, among: classes)
    }
    return Double(correct) / Double(max(1, samples.labels.count))
  }

  /// How many rows of `scores`, (samples, classes), are highest for their label among some classes.
  ///
  /// - Throws: `TensorError` when the memory budget is exceeded.
  static func correct(_ scores: Tensor, _ labels: [Int], among classes: [Int]) throws -> Int {
    let width = scores.shape[1]
    let values = try scores.floatValues
    let own = classes.filter { $0 < width }
    return labels.indices.count { row in
      own.max { values[row * width + $0] < values[row * width + $1] } == labels[row]
    }
  }
}
