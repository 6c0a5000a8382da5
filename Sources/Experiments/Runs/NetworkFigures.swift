import FewShot
import Metrics

/// NeuroBench's static and workload metrics, under its keys. What was not measured is left out.
public struct NetworkStatistics: Codable, Sendable, Hashable {
  /// Bytes of parameters and buffers.
  public var footprint: Int?
  public var parameterCount: Int?
  /// Shares, 0 to 1.
  public var connectionSparsity: Double?
  public var activationSparsity: Double?
  public var classificationAccuracy: Double?
  public var synapticOperations: SynapticOperations?
  /// Membranes that change, of a sample.
  public var membraneUpdates: Double?
  /// Of a sample, under NeuroBench's names.
  public var neuronOperations: [String: Double]?
  /// Further metrics, plugins among them, by name.
  public var other: [String: Double] = [:]
  /// Metrics that could not be measured, with the reason.
  public var failures: [String: String] = [:]

  public init() {}

  /// Operations per sample.
  public struct SynapticOperations: Codable, Sendable, Hashable {
    public var effectiveMACs: Double
    public var effectiveACs: Double
    public var dense: Double

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
  /// What a run of the protocol found.
  init(_ base: FewShotResults.Base) {
    self.init()
    for (metric, value) in base.metrics {
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
    for (name, value) in base.layerMetrics {
      switch value {
      case .number(let number): other[name] = number
      case .parts(let parts): for part in parts { other["\(name).\(part.name)"] = part.value }
      case .failed(let reason): failures[name] = reason
      }
    }
  }
}

extension NetworkStatistics.SynapticOperations {
  /// From the parts NeuroBench's metric has; nil where it was not measured.
  init?(_ value: MetricValue) {
    guard let macs = value["Effective_MACs"], let acs = value["Effective_ACs"], let dense = value["Dense"]
    else { return nil }
    self.init(effectiveMACs: macs, effectiveACs: acs, dense: dense)
  }
}

/// What a sample of one session's test cost, the network and the learner together.
public struct SessionStatistics: Codable, Sendable, Hashable {
  public var synapticOperations: NetworkStatistics.SynapticOperations
  /// Of the network and the learner; nil where there are no activations.
  public var activationSparsity: Double?

  enum CodingKeys: String, CodingKey {
    case synapticOperations = "SynapticOperations"
    case activationSparsity = "ActivationSparsity"
  }

  /// Means over repeats: (repeats, sessions) → sessions.
  static func means(_ costs: [[SessionCost]]) -> [SessionStatistics] {
    (costs.first?.indices ?? 0..<0).compactMap { session in
      let figures = costs.map { $0[session].metrics }
      func mean(_ name: String) -> Double {
        Statistics.mean(figures.map { $0.synapticOperations[name] ?? 0 })
      }
      let shares = figures.compactMap { try? $0.activationSparsity() }
      return SessionStatistics(
        synapticOperations: .init(
          effectiveMACs: mean("Effective_MACs"), effectiveACs: mean("Effective_ACs"), dense: mean("Dense")),
        activationSparsity: shares.isEmpty ? nil : Statistics.mean(shares))
    }
  }
}
