/// What one sample cost in a pass through a network, or several samples together.
public struct SampleCounts: Sendable, Equatable {
  /// Pairs of an input and a weight that are both not 0, where inputs are other numbers than −1, 0 and 1:
  /// multiply-accumulates.
  public var macs = 0
  /// The same where inputs are −1, 0 or 1, as spikes are: accumulates.
  public var acs = 0
  /// All pairs of an input and a weight.
  public var dense = 0
  /// Outputs of activations that are 0, and all of them.
  public var zeros = 0
  public var activations = 0
  /// Membranes that changed in a time step, and all of them.
  public var membraneUpdates = 0
  public var membranes = 0
  /// Operations of the neurons whose membranes changed, and of all.
  public var neuronOperations = 0
  public var denseNeuronOperations = 0

  public init() {}

  public static func += (sum: inout SampleCounts, other: SampleCounts) {
    sum.macs += other.macs
    sum.acs += other.acs
    sum.dense += other.dense
    sum.zeros += other.zeros
    sum.activations += other.activations
    sum.membraneUpdates += other.membraneUpdates
    sum.membranes += other.membranes
    sum.neuronOperations += other.neuronOperations
    sum.denseNeuronOperations += other.denseNeuronOperations
  }
}

/// What one layer did in all passes.
public struct LayerCounts: Sendable, Equatable {
  /// Dotted, as in state files; the network itself is "model".
  public let name: String
  public internal(set) var counts = SampleCounts()
  /// Operations with synapses that it ran.
  public internal(set) var calls = 0
}
