import Networks
import Tensors

/// What a network takes on this machine, as NeuroBench's system track asks for.
public struct SystemReport: Sendable {
  /// Of one sample at a time.
  public let latency: LatencyReport
  /// By batch size.
  public let throughput: [Throughput]
  /// Of the process, in bytes.
  public let peakMemory: Int
  /// By the processor's counters.
  public let energy: Energy
  /// Joules per sample of the operations alone, estimated from their counts; nil where they cannot be counted.
  public let operationEnergy: Double?

  /// A measured energy, or why it cannot be measured.
  public enum Energy: Sendable, Equatable {
    case joulesPerSample(Double)
    case notReadable(MeasurementError)
  }
}

/// Measures latency, throughput and energy of one network.
///
/// Source: Yik et al., "NeuroBench", arXiv 2304.04640, the system track.
public struct SystemTrack {
  private let model: any Module
  private let inputs: Tensor
  private let batchSizes: [Int]
  private let stopwatch: Stopwatch
  private let energySeconds: Double

  /// The table that ``SystemReport/operationEnergy`` is computed with.
  public static let operationEnergy = OperationEnergy.horowitz2014Float32

  /// - Parameters:
  ///   - model: the network; it is run in evaluation mode.
  ///   - inputs: the samples to run, (samples, …); repeated where a batch has more.
  ///   - batchSizes: the batch sizes of the throughput, each at least 1; energy is measured with the largest.
  ///   - stopwatch: times latency and throughput.
  ///   - energySeconds: the shortest time over which energy is measured, at least 1.
  /// - Throws: ``MeasurementError/noInputs(shape:)`` without a sample.
  public init(
    _ model: any Module, inputs: Tensor, batchSizes: [Int], stopwatch: Stopwatch, energySeconds: Double
  ) throws(MeasurementError) {
    guard let samples = inputs.shape.first, samples > 0 else { throw .noInputs(shape: inputs.shape) }
    self.model = model
    self.inputs = inputs
    self.batchSizes = batchSizes
    self.stopwatch = stopwatch
    self.energySeconds = energySeconds
  }

  /// Runs all measurements in evaluation mode.
  ///
  /// - Throws: ``MeasurementError`` for a batch size below 1 and where the peak memory cannot be read, the errors
  ///   of the network, and an interruption.
  public func run() throws -> SystemReport {
    try model.evaluating {
      let latency = try stopwatch.measure { _ = try model(batch(1)) }
      let throughput = try Throughput.rows(batches: batchSizes, by: stopwatch) { _ = try model(batch($0)) }
      return SystemReport(
        latency: latency, throughput: throughput, peakMemory: try ProcessStatistics.peakMemory(),
        energy: try energy(), operationEnergy: try estimatedEnergy())
    }
  }

  private func energy() throws -> SystemReport.Energy {
    do {
      var counter = try EnergyCounter()
      let size = batchSizes.max() ?? 1
      let stopwatch = try Stopwatch(warmUp: 1, runs: nil, budget: .seconds(max(1, energySeconds)))
      let before = try counter.update()
      let runs = try stopwatch.seconds { _ = try model(batch(size)) }.count
      let joules = try counter.update() - before
      return .joulesPerSample(joules / Double((runs + 1) * size))
    } catch let error as MeasurementError {
      return .notReadable(error)
    }
  }

  private func estimatedEnergy() throws -> Double? {
    var benchmark = Benchmark(model, [.synapticOperations])
    let one = try batch(1)
    _ = try benchmark.pass(samples: 1) { try model(one) }
    let value = benchmark.results()[0].value
    guard let macs = value["Effective_MACs"], let acs = value["Effective_ACs"] else { return nil }
    return try Self.operationEnergy.joules(effectiveMACs: macs, effectiveACs: acs)
  }

  /// A batch of `size` samples, the inputs repeated where there are fewer.
  private func batch(_ size: Int) throws -> Tensor {
    let count = inputs.shape[0]
    if size <= count { return try inputs.narrow(0, from: 0, count: size) }
    let rows = try Tensor((0..<size).map { Int32($0 % count) }, shape: [size], on: inputs.device)
    return try IndexSelect(0)(inputs, rows)
  }
}

/// The energy of operations by a published table: an estimate from counts, not a measurement.
///
/// Arithmetic only: no memory access, no control, no leakage, which together cost far more on most machines. It
/// compares networks by one standard, as the literature on spiking networks does; ``EnergyCounter`` measures.
public struct OperationEnergy: Sendable, Hashable, Codable {
  /// The table's source, to be shown with every number computed from it.
  public let source: String
  /// Joules per multiply-accumulate.
  public let multiplyAccumulate: Double
  /// Joules per accumulate.
  public let accumulate: Double

  /// - Throws: ``MeasurementError/badOption(name:value:expected:)`` for an energy that is negative or not finite.
  public init(
    source: String, multiplyAccumulate: Double, accumulate: Double
  ) throws(MeasurementError) {
    for (name, value) in [("multiply-accumulate", multiplyAccumulate), ("accumulate", accumulate)]
    where !value.isFinite || value < 0 {
      throw .badOption(name: "the energy of one \(name)", value: "\(value)", expected: "joules, 0 or more")
    }
    self.init(checked: source, multiplyAccumulate, accumulate)
  }

  private init(checked source: String, _ multiplyAccumulate: Double, _ accumulate: Double) {
    self.source = source
    self.multiplyAccumulate = multiplyAccumulate
    self.accumulate = accumulate
  }

  /// 45 nm, 0.9 V, 32-bit floating point: a multiplication 3.7 pJ and an addition 0.9 pJ, so 4.6 pJ for a
  /// multiply-accumulate and 0.9 pJ for an accumulate.
  ///
  /// Source: Horowitz, *Computing's energy problem (and what we can do about it)*, ISSCC 2014, figure 1.1.9.
  public static let horowitz2014Float32 = OperationEnergy(
    checked: "Horowitz, ISSCC 2014, 45 nm, 32-bit float: MAC 4.6 pJ, AC 0.9 pJ", 4.6e-12, 0.9e-12)

  /// `E = MACs · E_MAC + ACs · E_AC`, in joules; of one sample when the counts are, as those of NeuroBench's
  /// SynapticOperations are.
  ///
  /// - Throws: ``MeasurementError/badOption(name:value:expected:)`` for a count that is negative or not finite.
  public func joules(effectiveMACs: Double, effectiveACs: Double) throws(MeasurementError) -> Double {
    for (name, value) in [("Effective_MACs", effectiveMACs), ("Effective_ACs", effectiveACs)]
    where !value.isFinite || value < 0 {
      throw .badOption(name: name, value: "\(value)", expected: "a count, 0 or more")
    }
    return effectiveMACs * multiplyAccumulate + effectiveACs * accumulate
  }
}
