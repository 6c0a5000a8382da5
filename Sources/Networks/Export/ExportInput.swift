/// The sizes of an exported model's input. The number of samples is left open.
public enum ExportInput: Equatable, Sendable {
  /// Features (batch, time, channels).
  case sequence(time: Int, channels: Int)
  /// Features (batch, channels).
  case vector(channels: Int)
  /// Integers (batch, time), for a model that begins with an Embedding.
  case indices(time: Int)

  /// The largest size: far beyond any sound, and the product of two fits an integer.
  public static let maxSize = 1 << 24

  /// The input with these sizes: channels alone make a vector, time steps alone indices.
  ///
  /// - Throws: ``NetworkError/missingExportInput`` without sizes, ``NetworkError/badArgument(operation:reason:hint:)``
  ///   for one outside 1 to ``maxSize``.
  public init(time: Int?, channels: Int?) throws(NetworkError) {
    for (name, size) in [("time steps", time), ("channels", channels)] {
      guard let size, !(1...Self.maxSize).contains(size) else { continue }
      throw .badArgument(
        operation: "export", reason: "the input has \(size) \(name), expected 1 to \(Self.maxSize)")
    }
    switch (time, channels) {
    case (let time?, let channels?): self = .sequence(time: time, channels: channels)
    case (nil, let channels?): self = .vector(channels: channels)
    case (let time?, nil): self = .indices(time: time)
    case (nil, nil): throw .missingExportInput
    }
  }
}
