import Foundation
import Support

/// The Mackey–Glass equation, y′(t) = β·y(t − τ) / (1 + y(t − τ)ⁿ) − γ·y(t), which is chaotic for τ of 17 and more.
///
/// Source: Mackey and Glass 1977, *Oscillation and chaos in physiological control systems*; β, γ and n as in
/// NeuroBench, arXiv 2304.04640.
public struct MackeyGlass: Sendable {
  /// τ, in units of time.
  public var delay: Double
  /// The value up to time 0.
  public var past: Double
  public var beta = 0.2
  public var gamma = 0.1
  public var power = 10.0

  /// The equation with this delay, and this value up to time 0.
  public init(delay: Double, past: Double) {
    self.delay = delay
    self.past = past
  }

  /// The longest time that is solved for: some seconds of work.
  private static let longestTime = 1e6

  /// `count` values, `interval` units of time apart, after `skipped` of them. The first one of all is at the time τ, as
  /// in NeuroBench's series.
  ///
  /// - Parameters:
  ///   - count: the number of values, from 0 on.
  ///   - interval: units of time between values, positive.
  ///   - skipped: values that are left out at the beginning; a fraction is of an interval.
  ///   - tolerance: of a step's relative error. Neighbouring solutions grow apart by e in every Lyapunov time, so this
  ///     decides for how long two solvers agree.
  /// - Throws: ``SeriesError``, and `Interruption.check`.
  public func values(
    _ count: Int, interval: Double, skipping skipped: Double = 0, tolerance: Double = 1e-10
  ) throws -> [Double] {
    let end = delay + (skipped + Double(count)) * interval
    guard end <= Self.longestTime else { throw SeriesError.tooLong(time: end, maximum: Self.longestTime) }
    var equation = try DelayEquation(
      delay: delay, past: past,
      tolerance: DelayEquation.Tolerance(relative: tolerance, absolute: tolerance * 1e-2)
    ) { [beta, gamma, power] value, delayed in
      beta * delayed / (1 + pow(delayed, power)) - gamma * value
    }
    return try (0..<count).map { try equation.value(at: delay + (skipped + Double($0)) * interval) }
  }
}

/// The series that cannot be computed.
public enum SeriesError: NightjarError, Equatable {
  /// The step at this time would have to be too short for the tolerance.
  case stepTooShort(time: Double)
  /// A series that ends at a later time than can be computed.
  case tooLong(time: Double, maximum: Double)

  public var exitCode: ExitCode { .script }

  public var message: ErrorMessage {
    switch self {
    case .stepTooShort(let time):
      ErrorMessage(
        "the series cannot be computed at time \(time) with this tolerance",
        hint: "a larger tolerance, or parameters for which the series stays finite")
    case .tooLong(let time, let maximum):
      ErrorMessage(
        "the series ends at time \(time), the latest is \(maximum)",
        hint: "fewer points, or a shorter interval")
    }
  }
}
