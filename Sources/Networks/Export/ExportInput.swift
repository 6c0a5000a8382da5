import Tensors

/// What an exported model takes. The number of samples is left open.
public enum ExportInput: Equatable, Sendable {
  /// Features (batch, time, channels).
  case sequence(time: Int, channels: Int)
  /// Features (batch, channels).
  case vector(channels: Int)
  /// Whole numbers (batch, time), for a model that begins with an Embedding.
  case indices(time: Int)

  /// The largest size: far beyond any sound, and the product of two fits an integer.
  public static let largest = 1 << 24

  /// The input with these sizes.
  ///
  /// - Throws: `TensorError` when there are none, or one is out of range.
  public init(time: Int?, channels: Int?) throws(TensorError) {
    for (name, size) in [("time", time), ("channels", channels)] {
      guard let size, !(1...Self.largest).contains(size) else { continue }
      throw .badArgument(
        operation: "export", reason: "input.\(name) is \(size), expected 1 to \(Self.largest)")
    }
    switch (time, channels) {
    case (let time?, let channels?): self = .sequence(time: time, channels: channels)
    case (nil, let channels?): self = .vector(channels: channels)
    case (let time?, nil): self = .indices(time: time)
    case (nil, nil): throw Self.missing
    }
  }

  static let missing = TensorError.badArgument(
    operation: "export",
    reason: "the sizes of the input are not in the model",
    hint: "{ input = { time = 201, channels = 20 } }; "
      + "only channels for (batch, channels), only time for the indices of an Embedding")
}
