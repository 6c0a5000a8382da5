import Tensors

extension NetworkMetric {
  /// Metrics that compare outputs with labels.
  public static let outputMetrics = [classificationAccuracy, mse, smape, r2]

  public static let classificationAccuracy = NetworkMetric(
    name: "ClassificationAccuracy", summary: "fraction of samples that are correct", isReported: true,
    kind: .output { _ in ClassificationAccuracy() })

  public static let mse = NetworkMetric(
    name: "MSE", summary: "mean squared error", kind: .output { _ in MeanSquaredError() })

  public static let smape = NetworkMetric(
    name: "SMAPE", summary: "symmetric mean absolute percentage error, 0 to 200",
    kind: .output { SymmetricPercentageError(rules: $0) })

  public static let r2 = NetworkMetric(
    name: "R2", summary: "coefficient of determination",
    kind: .output { CoefficientOfDetermination(rules: $0) })
}

/// A metric that compares outputs with labels, batch by batch.
public protocol OutputMetric: Sendable {
  /// Adds a batch: outputs after postprocessing, and labels.
  ///
  /// - Throws: ``MetricError`` for shapes or values that cannot be compared.
  mutating func add(_ outputs: Tensor, _ labels: Tensor) throws
  /// The value over all batches so far.
  ///
  /// - Throws: ``MetricError`` where nothing was measured.
  func value() throws -> Double
}

/// The fraction of samples that are correct, 0 to 1.
///
/// Outputs are classes, of the labels' shape, or scores (batch, classes), whose highest counts.
public struct ClassificationAccuracy: OutputMetric {
  private var correct = 0
  private var total = 0

  public init() {}

  public mutating func add(_ outputs: Tensor, _ labels: Tensor) throws {
    var classes = outputs
    if outputs.dtype == .float32, labels.dtype == .int32, outputs.rank == labels.rank + 1 {
      try check(outputs, labels)
      classes = try Extremum(maximum: true, dimension: -1).positions(in: outputs).reshaped(
        outputs.shape.dropLast())
    }
    guard labels.dtype == .int32 || outputs.rank != labels.rank + 1 else {
      throw MetricError.values(
        metric: "ClassificationAccuracy",
        reason: "the labels are \(labels.dtype), classes are int32", hint: "convert the labels to int32")
    }
    guard classes.shape == labels.shape else {
      throw MetricError.shapes(
        metric: "ClassificationAccuracy", outputs: outputs.shape, labels: labels.shape,
        hint: "pass scores (batch, classes), or classes of the labels' shape")
    }
    correct +=
      try classes.count - Comparison.ne(classes, labels).converted(to: .float32).nonZeroCounts(samples: 1)[0]
    total += labels.count
  }

  private func check(_ scores: Tensor, _ labels: Tensor) throws {
    guard try !scores.floatValues.contains(where: \.isNaN) else {
      throw MetricError.values(
        metric: "ClassificationAccuracy", reason: "the outputs contain NaN", hint: "check the model's weights"
      )
    }
    let count = scores.shape[scores.rank - 1]
    if let label = try labels.values(as: Int32.self).first(where: { !(0..<count ~= Int($0)) }) {
      throw MetricError.values(
        metric: "ClassificationAccuracy",
        reason: "a label is class \(label + 1), the outputs have \(count) classes",
        hint: "count classes from 1"
      )
    }
  }

  public func value() throws -> Double {
    guard total > 0 else { throw MetricError.noSamples(metric: "ClassificationAccuracy") }
    return Double(correct) / Double(total)
  }
}

/// The mean of squared differences over all elements.
public struct MeanSquaredError: OutputMetric {
  private var sum = 0.0
  private var count = 0

  public init() {}

  public mutating func add(_ outputs: Tensor, _ labels: Tensor) throws {
    for (output, label) in try pairs("MSE", outputs, labels) { sum += (output - label) * (output - label) }
    count += outputs.count
  }

  public func value() throws -> Double {
    guard count > 0 else { throw MetricError.noSamples(metric: "MSE") }
    return sum / Double(count)
  }
}

/// Symmetric mean absolute percentage error, 0 to 200: 200 · mean(|p − y| / (|p| + |y|)).
///
/// Where both are 0 they agree, and the element counts as 0. By NeuroBench 2.3.0 the whole batch counts as 200 then;
/// ``ModelObserver/Rules/neuroBench`` does so too. Source: Makridakis 1993, with the factor of NeuroBench's harness.
public struct SymmetricPercentageError: OutputMetric {
  private let rules: ModelObserver.Rules
  private var sum = 0.0
  private var count = 0

  public init(rules: ModelObserver.Rules = .perSample) { self.rules = rules }

  public mutating func add(_ outputs: Tensor, _ labels: Tensor) throws {
    var batch = 0.0
    for (output, label) in try pairs("SMAPE", outputs, labels) {
      let size = abs(output) + abs(label)
      batch += size == 0 ? (rules == .perSample ? 0 : .nan) : abs(output - label) / size
    }
    sum += batch.isNaN ? Double(outputs.count) : batch
    count += outputs.count
  }

  public func value() throws -> Double {
    guard count > 0 else { throw MetricError.noSamples(metric: "SMAPE") }
    return 200 * sum / Double(count)
  }
}

/// The coefficient of determination, 1 − Σ(p − y)² / Σ(y − ȳ)², the mean over output columns: (samples, columns).
///
/// NeuroBench 2.3.0 uses columns 0 and 1 only; ``ModelObserver/Rules/neuroBench`` does so too.
/// Source: NeuroBench's harness, and scikit-learn's `r2_score`.
public struct CoefficientOfDetermination: OutputMetric {
  private struct Column {
    var labels = 0.0
    var squares = 0.0
    var errors = 0.0
  }

  private let rules: ModelObserver.Rules
  private var columns: [Column] = []
  private var count = 0

  public init(rules: ModelObserver.Rules = .perSample) { self.rules = rules }

  public mutating func add(_ outputs: Tensor, _ labels: Tensor) throws {
    let width = labels.rank == 1 ? 1 : labels.shape.last ?? 1
    if columns.isEmpty { columns = Array(repeating: Column(), count: width) }
    guard width == columns.count, rules == .perSample || width >= 2 else {
      throw MetricError.shapes(
        metric: "R2", outputs: outputs.shape, labels: labels.shape,
        hint: rules == .perSample ? "all batches have the same columns" : "NeuroBench's R2 needs two columns")
    }
    for (index, pair) in try pairs("R2", outputs, labels).enumerated() {
      let column = index % width
      columns[column].labels += pair.1
      columns[column].squares += pair.1 * pair.1
      columns[column].errors += (pair.0 - pair.1) * (pair.0 - pair.1)
    }
    count += labels.count / max(1, width)
  }

  public func value() throws -> Double {
    guard count > 0 else { throw MetricError.noSamples(metric: "R2") }
    let used = rules == .perSample ? columns[...] : columns.prefix(2)
    let values = try used.enumerated().map { number, column in
      let spread = column.squares - column.labels * column.labels / Double(count)
      guard spread > 0 else {
        throw MetricError.values(
          metric: "R2",
          reason: "column \(number + 1) of the labels is constant, so there is no variance to explain")
      }
      return 1 - column.errors / spread
    }
    return values.reduce(0, +) / Double(values.count)
  }
}

extension OutputMetric {
  /// The elements of outputs and labels in pairs.
  fileprivate func pairs(
    _ metric: String, _ outputs: Tensor, _ labels: Tensor
  ) throws -> Zip2Sequence<[Double], [Double]> {
    guard outputs.shape == labels.shape else {
      throw MetricError.shapes(
        metric: metric, outputs: outputs.shape, labels: labels.shape,
        hint: "pass outputs of the labels' shape")
    }
    let left = try outputs.converted(to: .float32).floatValues.map(Double.init)
    let right = try labels.converted(to: .float32).floatValues.map(Double.init)
    guard left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite) else {
      throw MetricError.values(
        metric: metric, reason: "outputs or labels contain NaN or infinity", hint: "check the model's weights"
      )
    }
    return zip(left, right)
  }
}
