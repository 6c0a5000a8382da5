/// What operations would cost in energy by a published table: an estimate from counts, not a measurement.
///
/// Arithmetic only: no memory access, no control, no leakage, which together cost far more on most machines. Good to
/// compare networks on one footing, as the literature on spiking networks does; ``EnergyCounter`` measures.
public struct OperationEnergy: Sendable, Hashable, Codable {
  /// Which table this is, to stand beside every number made with it.
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

  /// `E = MACs · E_MAC + ACs · E_AC`, in joules; of one sample when the counts are, as NeuroBench's
  /// SynapticOperations gives them.
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
