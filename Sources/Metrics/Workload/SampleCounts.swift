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
  public init?(encoded floats: ArraySlice<Float>) {
    guard floats.count == Self.encodedCount, floats.allSatisfy({ (0..<16_777_216).contains($0) }) else {
      return nil
    }
    func count(_ number: Int) -> Int {
      let high = floats.startIndex + 2 * number
      return Int(floats[high]) << 24 + Int(floats[high + 1])
    }
    macs = count(0)
    acs = count(1)
    dense = count(2)
    zeros = count(3)
    activations = count(4)
    membraneUpdates = count(5)
    membranes = count(6)
    neuronOperations = count(7)
    denseNeuronOperations = count(8)
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
