import Networks
import OrderedCollections

/// A metric of NeuroBench: everything that is known of it, in one record.
///
/// The benchmark, the results of a run, the help and `nj.metrics` read these records. A new metric is one record,
/// in the file of its family (``staticMetrics``, ``workloadMetrics``, ``outputMetrics``, ``detectionMetrics``).
/// Source of names and definitions: Yik et al., "NeuroBench", arXiv 2304.04640, and its harness 2.3.0.
public struct NetworkMetric: Sendable {
  /// What a metric is computed from.
  public enum Kind: Sendable {
    /// The network alone.
    case `static`(@Sendable (any Module, ModelObserver.Rules) throws -> MetricValue)
    /// What is counted while the network runs.
    case counted(ModelObserver.Count, @Sendable (WorkloadMetrics) throws -> MetricValue)
    /// Outputs and labels, batch by batch.
    case output(@Sendable (ModelObserver.Rules) -> any OutputMetric)
    /// Boxes in images, batch by batch.
    case detection(@Sendable () -> any DetectionMetric)
  }

  /// NeuroBench's name, which is its key in results.
  public let name: String
  /// What it measures, in one line.
  public let summary: String
  /// Whether the results of a keyword experiment have it.
  public let isReported: Bool
  public let kind: Kind

  /// A metric, which the results of a keyword experiment only have if it `isReported`.
  public init(name: String, summary: String, isReported: Bool = false, kind: Kind) {
    self.name = name
    self.summary = summary
    self.isReported = isReported
    self.kind = kind
  }

  /// All metrics, in the order of help and results.
  public static let all = staticMetrics + workloadMetrics + outputMetrics + detectionMetrics
  /// Those that the results of a keyword experiment have.
  public static let reported = all.filter(\.isReported)

  /// The metric with this name; nil for an unknown name.
  public init?(named name: String) {
    guard let metric = Self.all.first(where: { $0.name == name }) else { return nil }
    self = metric
  }

  /// Whether it needs no data.
  public var isStatic: Bool { if case .static = kind { true } else { false } }

  /// Whether it is counted while the network runs.
  public var isCounted: Bool { if case .counted = kind { true } else { false } }
}

// Metrics are identified by their names.
extension NetworkMetric: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// The result of a metric.
public enum MetricValue: Sendable, Equatable {
  case number(Double)
  /// Named parts, in order.
  case parts(OrderedDictionary<String, Double>)
  /// Not measured, and why; never 0.
  case failed(String)

  /// The number of a metric that is one.
  public var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// The numbers of a metric that has named parts.
  public var parts: OrderedDictionary<String, Double>? {
    if case .parts(let parts) = self { parts } else { nil }
  }

  /// A part by its name.
  public subscript(name: String) -> Double? { parts?[name] }
}
