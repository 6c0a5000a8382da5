import Networks

extension NetworkMetric {
  /// NeuroBench's static metrics: what a network is, before it sees any data.
  public static let staticMetrics = [footprint, parameterCount, connectionSparsity]

  public static let footprint = NetworkMetric(
    name: "Footprint", summary: "bytes of parameters and buffers", isReported: true,
    kind: .static { model, _ in .number(Double(StaticMetrics.footprint(model))) })

  public static let parameterCount = NetworkMetric(
    name: "ParameterCount", summary: "number of learned values", isReported: true,
    kind: .static { model, _ in .number(Double(model.parameterCount)) })

  public static let connectionSparsity = NetworkMetric(
    name: "ConnectionSparsity", summary: "fraction of weights that are 0", isReported: true,
    kind: .static { model, rules in
      let fraction = try StaticMetrics.connectionSparsity(model)
      // NeuroBench rounds to four decimals.
      return .number(rules == .perSample ? fraction : (fraction * 1e4).rounded(.toNearestOrEven) / 1e4)
    })
}

/// The computations of NeuroBench's static metrics.
public enum StaticMetrics {
  /// Bytes of all parameters and buffers, tied ones once; integers in 8 bytes, as PyTorch stores them.
  public static func footprint(_ model: any Module) -> Int {
    var seen: Set<[Int]> = []
    return model.state.reduce(0) { sum, entry in
      guard seen.insert([entry.tensor.block, entry.tensor.offset]).inserted else { return sum }
      return sum + entry.tensor.count * (entry.tensor.dtype == .float32 ? 4 : 8)
    }
  }

  /// The fraction of weights that are 0, 0 to 1, of linear layers, convolutions and recurrent layers.
  ///
  /// - Throws: ``MetricError/nothingToMeasure(metric:missing:)`` for a network without such layers.
  public static func connectionSparsity(_ model: any Module) throws -> Double {
    var zeros = 0
    var count = 0
    for part in model.descendants {
      for tensor in (part.module as? any ConnectedLayer)?.connections ?? [] {
        zeros += tensor.count - (try tensor.detached().nonZeroCounts(samples: 1).first ?? 0)
        count += tensor.count
      }
    }
    guard count > 0 else {
      throw MetricError.nothingToMeasure(
        metric: "ConnectionSparsity", missing: "linear, convolutional or recurrent layer of the host's")
    }
    return Double(zeros) / Double(count)
  }
}
