/// The operations of one sample in a pass through a network, or the sum over several samples.
public struct SampleCounts: Sendable, Equatable, Codable {
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

extension SampleCounts {
  /// The number of floats that encode the counts of a sample.
  public static let encodedCount = 18

  /// The counts as floats, two for each: numbers below 2²⁴, which float32 represents exactly.
  public var encoded: [Float] {
    [
      macs, acs, dense, zeros, activations, membraneUpdates, membranes, neuronOperations,
      denseNeuronOperations,
    ].flatMap { [Float($0 >> 24), Float($0 & 0xFF_FFFF)] }
  }

  /// The counts from ``encoded``; nil for floats that are not a valid encoding.
  public init?(encoded floats: some Collection<Float>) {
    guard floats.count == Self.encodedCount, floats.allSatisfy({ (0..<16_777_216).contains($0) }) else {
      return nil
    }
    let integers = floats.map { Int($0) }
    let counts = stride(from: 0, to: integers.count, by: 2).map { integers[$0] << 24 + integers[$0 + 1] }
    macs = counts[0]
    acs = counts[1]
    dense = counts[2]
    zeros = counts[3]
    activations = counts[4]
    membraneUpdates = counts[5]
    membranes = counts[6]
    neuronOperations = counts[7]
    denseNeuronOperations = counts[8]
  }
}

/// The counts of one layer in all passes.
public struct LayerCounts: Sendable, Equatable {
  /// Dotted, as in state files; the network itself is "model".
  public let name: String
  public internal(set) var counts = SampleCounts()
  /// Operations with synapses that it ran.
  public internal(set) var calls = 0
}
