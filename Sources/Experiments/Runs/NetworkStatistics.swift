import FewShot
import Metrics

/// NeuroBench's static and workload metrics, under its keys. Metrics that were not measured are left out.
public struct NetworkStatistics: Codable, Sendable, Hashable {
  /// The value of a metric that was measured.
  private enum Value: Codable, Sendable, Hashable {
    case number(Double)
    case parts([String: Double])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .parts(try container.decode([String: Double].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .parts(let parts): try container.encode(parts)
      }
    }
  }

  /// The metrics of `NetworkMetric.reported`, by name.
  private var values: [String: Value] = [:]
  /// The readout's accuracy on each split of the base words; nil for a model without a readout.
  public var accuracy: BaseAccuracy?
  /// Further metrics, plugins among them, by name.
  public var other: [String: Double] = [:]
  /// Metrics that could not be measured, with the reason.
  public var failures: [String: String] = [:]

  public init() {}

  /// The value of a metric that is a number.
  public subscript(metric: NetworkMetric) -> Double? {
    get { if case .number(let number)? = values[metric.name] { number } else { nil } }
    set { values[metric.name] = newValue.map { .number($0) } }
  }

  /// The value of a metric that has named parts.
  public subscript(parts metric: NetworkMetric) -> [String: Double]? {
    get { if case .parts(let parts)? = values[metric.name] { parts } else { nil } }
    set { values[metric.name] = newValue.map { .parts($0) } }
  }

  public var synapticOperations: SynapticOperations? {
    get {
      guard let parts = self[parts: .synapticOperations], let macs = parts["Effective_MACs"],
        let acs = parts["Effective_ACs"], let dense = parts["Dense"]
      else { return nil }
      return SynapticOperations(effectiveMACs: macs, effectiveACs: acs, dense: dense)
    }
    set {
      self[parts: .synapticOperations] = newValue.map {
        ["Effective_MACs": $0.effectiveMACs, "Effective_ACs": $0.effectiveACs, "Dense": $0.dense]
      }
    }
  }

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

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    static let accuracy = Key(stringValue: "accuracy")
    static let other = Key(stringValue: "other")
    static let failures = Key(stringValue: "failures")
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for metric in NetworkMetric.reported {
      values[metric.name] = try container.decodeIfPresent(Value.self, forKey: Key(stringValue: metric.name))
    }
    accuracy = try container.decodeIfPresent(BaseAccuracy.self, forKey: .accuracy)
    other = try container.decodeIfPresent([String: Double].self, forKey: .other) ?? [:]
    failures = try container.decodeIfPresent([String: String].self, forKey: .failures) ?? [:]
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (name, value) in values { try container.encode(value, forKey: Key(stringValue: name)) }
    try container.encodeIfPresent(accuracy, forKey: .accuracy)
    try container.encode(other, forKey: .other)
    try container.encode(failures, forKey: .failures)
  }
}

extension NetworkStatistics {
  /// The metrics of a run of the protocol.
  init(_ base: FewShotResults.Base) {
    self.init()
    accuracy = base.accuracy
    for (metric, value) in base.metrics {
      switch value {
      case .number(let number): self[metric] = number
      case .parts(let parts):
        self[parts: metric] = Dictionary(uniqueKeysWithValues: parts.map { ($0.key, $0.value) })
      case .failed(let reason): failures[metric.name] = reason
      }
    }
    for (name, value) in base.layerMetrics {
      switch value {
      case .number(let number): other[name] = number
      case .parts(let parts): for (part, value) in parts { other["\(name).\(part)"] = value }
      case .failed(let reason): failures[name] = reason
      }
    }
  }
}

extension NetworkStatistics {
  /// The means of what all networks have, one at least; failures are those of any.
  static func mean(_ networks: [NetworkStatistics]) -> NetworkStatistics {
    guard networks.count > 1 else { return networks[0] }
    var mean = NetworkStatistics()
    for (name, first) in networks[0].values {
      let all = networks.compactMap { $0.values[name] }
      guard all.count == networks.count else { continue }
      switch first {
      case .number:
        mean.values[name] = .number(
          Statistics.mean(all.map { if case .number(let value) = $0 { value } else { .nan } }))
      case .parts(let parts):
        let fields = all.map { if case .parts(let parts) = $0 { parts } else { [:] as [String: Double] } }
        mean.values[name] = .parts(
          parts.reduce(into: [:]) { result, part in
            result[part.key] = Statistics.mean(fields.map { $0[part.key] ?? .nan })
          })
      }
    }
    for (name, _) in networks[0].other where networks.allSatisfy({ $0.other[name] != nil }) {
      mean.other[name] = Statistics.mean(networks.compactMap { $0.other[name] })
    }
    mean.accuracy = BaseAccuracy.mean(networks.compactMap(\.accuracy))
    mean.failures = networks.reduce(into: [:]) { $0.merge($1.failures) { first, _ in first } }
    return mean
  }
}

/// The operations of a sample of one session's test, of the network and the learner together.
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
