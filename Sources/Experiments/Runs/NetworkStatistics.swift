import Metrics
import Scripting

/// NeuroBench's static and workload metrics, under its keys. Metrics that were not measured are nil.
public struct NetworkStatistics: Codable, Sendable, Hashable {
  /// The size of parameters and buffers in bytes.
  public var footprint: Int?
  public var parameterCount: Int?
  /// The fraction of weights that are zero, 0 to 1.
  public var connectionSparsity: Double?
  /// The fraction of activations that are zero, 0 to 1.
  public var activationSparsity: Double?
  /// 0 to 1.
  public var classificationAccuracy: Double?
  public var synapticOperations: SynapticOperations?
  /// Updates of membrane potentials per sample.
  public var membraneUpdates: Double?
  /// Per sample, under NeuroBench's names.
  public var neuronOperations: [String: Double]?
  /// Other metrics, including plugins, by name.
  public var other: [String: Double] = [:]
  /// Metrics that could not be measured, with the reason.
  public var failures: [String: String] = [:]

  /// Statistics without any metric.
  public init() {}

  /// Operations per sample.
  public struct SynapticOperations: Codable, Sendable, Hashable {
    public var effectiveMACs: Double
    public var effectiveACs: Double
    public var dense: Double

    /// Effective multiply-accumulates, effective accumulates, and dense operations.
    public init(effectiveMACs: Double, effectiveACs: Double, dense: Double) {
      self.effectiveMACs = effectiveMACs
      self.effectiveACs = effectiveACs
      self.dense = dense
    }

    enum CodingKeys: String, CodingKey {
      case effectiveMACs = "Effective_MACs"
      case effectiveACs = "Effective_ACs"
      case dense = "Dense"
    }
  }

  enum CodingKeys: String, CodingKey {
    case footprint = "Footprint"
    case parameterCount = "ParameterCount"
    case connectionSparsity = "ConnectionSparsity"
    case activationSparsity = "ActivationSparsity"
    case classificationAccuracy = "ClassificationAccuracy"
    case synapticOperations = "SynapticOperations"
    case membraneUpdates = "MembraneUpdates"
    case neuronOperations = "NeuronOperations"
    case other, failures
  }

  /// Decodes metrics, all of which may be missing.
  ///
  /// - Throws: `DecodingError` for malformed fields.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    footprint = try container.decodeIfPresent(Int.self, forKey: .footprint)
    parameterCount = try container.decodeIfPresent(Int.self, forKey: .parameterCount)
    connectionSparsity = try container.decodeIfPresent(Double.self, forKey: .connectionSparsity)
    activationSparsity = try container.decodeIfPresent(Double.self, forKey: .activationSparsity)
    classificationAccuracy = try container.decodeIfPresent(Double.self, forKey: .classificationAccuracy)
    synapticOperations = try container.decodeIfPresent(SynapticOperations.self, forKey: .synapticOperations)
    membraneUpdates = try container.decodeIfPresent(Double.self, forKey: .membraneUpdates)
    neuronOperations = try container.decodeIfPresent([String: Double].self, forKey: .neuronOperations)
    other = try container.decodeIfPresent([String: Double].self, forKey: .other) ?? [:]
    failures = try container.decodeIfPresent([String: String].self, forKey: .failures) ?? [:]
  }
}

extension NetworkStatistics {
  /// The metrics of the pre-trained network of a few-shot run.
  init(_ base: FewShotResults.Base) {
    self.init()
    for (metric, value) in base.figures {
      if case .failed(let reason) = value { failures[metric.rawValue] = reason }
      switch metric {
      case .footprint: footprint = value.number.map { Int($0) }
      case .parameterCount: parameterCount = value.number.map { Int($0) }
      case .connectionSparsity: connectionSparsity = value.number
      case .activationSparsity: activationSparsity = value.number
      case .classificationAccuracy: classificationAccuracy = value.number
      case .membraneUpdates: membraneUpdates = value.number
      case .synapticOperations: synapticOperations = SynapticOperations(value)
      case .neuronOperations: neuronOperations = value.parts
      case .activationSparsityByLayer, .mse, .smape, .r2, .cocoMap: break
      }
    }
    for (name, value) in base.scripted {
      switch value {
      case .number(let number): other[name] = number
      case .parts(let parts): for part in parts { other["\(name).\(part.name)"] = part.value }
      case .failed(let reason): failures[name] = reason
      }
    }
  }
}

extension NetworkStatistics.SynapticOperations {
  /// From the parts of NeuroBench's metric; nil when it was not measured.
  init?(_ value: MetricValue) {
    guard let macs = value["Effective_MACs"], let acs = value["Effective_ACs"], let dense = value["Dense"]
    else { return nil }
    self.init(effectiveMACs: macs, effectiveACs: acs, dense: dense)
  }
}

/// The cost per sample of one session's test, of network and learner together.
public struct SessionStatistics: Codable, Sendable, Hashable {
  public var synapticOperations: NetworkStatistics.SynapticOperations
  /// The fraction of activations that are zero, 0 to 1; nil without activations.
  public var activationSparsity: Double?

  enum CodingKeys: String, CodingKey {
    case synapticOperations = "SynapticOperations"
    case activationSparsity = "ActivationSparsity"
  }

  /// Means over repeats: (repeats, sessions) → sessions.
  static func means(_ costs: [[SessionCost]]) -> [SessionStatistics] {
    (costs.first?.indices ?? 0..<0).compactMap { session in
      let figures = costs.map { $0[session].figures }
      func mean(_ name: String) -> Double {
        Statistics.mean(figures.map { $0.synapticOperations[name] ?? 0 })
      }
      let sparsities = figures.compactMap { try? $0.activationSparsity() }
      return SessionStatistics(
        synapticOperations: .init(
          effectiveMACs: mean("Effective_MACs"), effectiveACs: mean("Effective_ACs"), dense: mean("Dense")),
        activationSparsity: sparsities.isEmpty ? nil : Statistics.mean(sparsities))
    }
  }
}
