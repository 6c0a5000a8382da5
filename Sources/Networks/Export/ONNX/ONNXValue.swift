/// A value of the graph under construction: its name there, and what is known of its shape.
struct ONNXValue {
  /// How the axes of a sequence lie in the graph.
  enum Layout {
    case batchTimeChannels, batchChannelsTime, timeBatchChannels

    private var axes: [Character] {
      switch self {
      case .batchTimeChannels: ["b", "t", "c"]
      case .batchChannelsTime: ["b", "c", "t"]
      case .timeBatchChannels: ["t", "b", "c"]
      }
    }

    var timeAxis: Int { axes.firstIndex(of: "t") ?? 0 }

    /// What a Transpose does to get from this layout to another one.
    func permutation(to other: Layout) -> [Int] { other.axes.compactMap { axes.firstIndex(of: $0) } }
  }

  enum Form: Equatable {
    /// (batch, channels)
    case vector
    case sequence(Layout)
    /// Whole numbers (batch, time).
    case indices
  }

  var name: String
  var form: Form
  /// Time steps for the input that was named; 0 for a vector.
  var time = 0
  /// What the time axis is called where its size is left open.
  var timeName = "time"
  var channels: Int

  var shape: String {
    switch form {
    case .vector: "(batch, \(channels))"
    case .sequence: "(batch, \(time), \(channels))"
    case .indices: "whole numbers (batch, \(time))"
    }
  }
}
