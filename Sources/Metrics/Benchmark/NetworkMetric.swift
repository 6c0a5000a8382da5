/// The metrics of NeuroBench, under its names.
public enum NetworkMetric: String, CaseIterable, Sendable {
  case footprint = "Footprint"
  case parameterCount = "ParameterCount"
  case connectionSparsity = "ConnectionSparsity"
  case activationSparsity = "ActivationSparsity"
  case activationSparsityByLayer = "ActivationSparsityByLayer"
  case synapticOperations = "SynapticOperations"
  case membraneUpdates = "MembraneUpdates"
  case neuronOperations = "NeuronOperations"
  case classificationAccuracy = "ClassificationAccuracy"
  case mse = "MSE"
  case smape = "SMAPE"
  case r2 = "R2"
  case cocoMap = "CocoMap"

  /// Whether it needs no data.
  public var isStatic: Bool { [.footprint, .parameterCount, .connectionSparsity].contains(self) }

  /// Whether it is counted while the network runs.
  public var isCounted: Bool { count != nil }

  /// What it is made of, for metrics that are counted while the network runs.
  var count: ModelObserver.Count? {
    switch self {
    case .synapticOperations: .synapses
    case .activationSparsity, .activationSparsityByLayer: .activations
    case .membraneUpdates, .neuronOperations: .membranes
    default: nil
    }
  }

  /// What it says, in a line.
  public var summary: String {
    switch self {
    case .footprint: "bytes of parameters and buffers"
    case .parameterCount: "learned values"
    case .connectionSparsity: "share of weights that are 0"
    case .activationSparsity: "share of activations that are 0"
    case .activationSparsityByLayer: "the same, layer by layer"
    case .synapticOperations: "multiply-accumulates, accumulates and dense operations of a sample"
    case .membraneUpdates: "membranes that change, of a sample"
    case .neuronOperations: "operations of neurons, effective and dense, of a sample"
    case .classificationAccuracy: "share of samples that are right"
    case .mse: "mean squared error"
    case .smape: "symmetric mean absolute percentage error, 0 to 200"
    case .r2: "coefficient of determination"
    case .cocoMap: "COCO's mean average precision of boxes"
    }
  }

  /// A fresh one, for metrics of outputs.
  func outputMetric(_ rules: ModelObserver.Rules) -> (any OutputMetric)? {
    switch self {
    case .classificationAccuracy: ClassificationAccuracy()
    case .mse: MeanSquaredError()
    case .smape: SymmetricPercentageError(rules: rules)
    case .r2: CoefficientOfDetermination(rules: rules)
    default: nil
    }
  }
}

/// What a metric came to.
public enum MetricValue: Sendable, Equatable {
  case number(Double)
  /// Named parts, in order.
  case parts([Part])
  /// Not measured, and why; never 0.
  case failed(String)

  /// A named part of a metric.
  public struct Part: Sendable, Equatable {
    public let name: String
    public let value: Double

    public init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
  }

  /// The number of a metric that is one.
  public var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// The numbers of a metric that has named parts.
  public var parts: [String: Double]? {
    guard case .parts(let parts) = self else { return nil }
    return Dictionary(parts.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// A part by its name.
  public subscript(name: String) -> Double? {
    guard case .parts(let parts) = self else { return nil }
    return parts.first { $0.name == name }?.value
  }
}
