import Networks

/// NeuroBench's static metrics: what a network is, before it sees any data.
public enum StaticMetrics {
  /// Bytes of all parameters and buffers, tied ones once; integers in 8 bytes, as PyTorch keeps them.
  public static func footprint(_ model: any Module) -> Int {
    var seen: Set<[Int]> = []
    return model.state.reduce(0) { sum, entry in
      guard seen.insert([entry.tensor.block, entry.tensor.offset]).inserted else { return sum }
      return sum + entry.tensor.count * (entry.tensor.dtype == .float32 ? 4 : 8)
    }
  }

  /// Learned values.
  public static func parameterCount(_ model: any Module) -> Int { model.parameterCount }

  /// The share of weights that are 0, of linear layers, convolutions and recurrent layers.
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
