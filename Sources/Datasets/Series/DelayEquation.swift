import Foundation
import Support

/// A delay differential equation of one quantity, y′(t) = f(y(t), y(t − delay)), solved step by step in float64.
///
/// The method is that of jitcdde, by which NeuroBench's series were made: the embedded third-order pair of Bogacki and
/// Shampine, with cubic Hermite interpolation between steps for y(t − delay) and for what is read at any other time.
/// Steps adapt to the estimated error as GSL's do; none is longer than the delay, so that all of them are explicit.
///
/// Sources: Bogacki and Shampine 1989, *A 3(2) pair of Runge–Kutta formulas*; Shampine and Thompson 2001, *Solving DDEs
/// in MATLAB*; Ansmann 2018, *Efficiently and easily integrating differential equations with JiTCODE, JiTCDDE, and
/// JiTCSDE*, arXiv 1711.09886.
struct DelayEquation {
  /// What a step's error may be: absolute + relative · |y|.
  struct Tolerance {
    let relative: Double
    let absolute: Double
  }

  /// A solution's value and slope at a time.
  private struct Anchor {
    let time: Double
    let value: Double
    let slope: Double
  }

  private static let longestStep = 10.0
  private static let shortestStep = 1e-10
  /// The number of steps after which those that no delay reaches are dropped.
  private static let keptSteps = 1 << 16

  private let delay: Double
  private let tolerance: Tolerance
  private let slope: (_ value: Double, _ delayed: Double) -> Double
  private var anchors: [Anchor]
  /// The anchor at or before the last delayed time.
  private var cursor = 0
  private var step = 1.0
  private var steps = 0

  /// An equation whose past, up to time 0, is one constant.
  ///
  /// Steps meet the time `delay`, at which y″ jumps as y′ does at 0; the solution begins there.
  ///
  /// - Throws: as ``advance(to:)``.
  init(
    delay: Double, past: Double, tolerance: Tolerance,
    slope: @escaping (_ value: Double, _ delayed: Double) -> Double
  ) throws {
    self.delay = delay
    self.tolerance = tolerance
    self.slope = slope
    anchors = [Anchor(time: -delay, value: past, slope: 0), Anchor(time: 0, value: past, slope: 0)]
    while time < delay { try tryStep(min(step, delay - time)) }
  }

  /// The end of the last step.
  var time: Double { anchors[anchors.count - 1].time }

  /// The value at `time`, from where the last step began on.
  ///
  /// - Throws: ``SeriesError/stepTooShort(time:)``, and `Interruption.check`.
  mutating func value(at time: Double) throws -> Double {
    while self.time < time { try tryStep(step) }
    var index = anchors.count - 2
    while index > 0, anchors[index].time >= time { index -= 1 }
    return interpolated(index, time)
  }

  /// Takes a step of this length if its error is small enough, and adapts the length of the next one.
  private mutating func tryStep(_ length: Double) throws {
    steps += 1
    if steps.isMultiple(of: 4096) { try Interruption.check("a series") }
    let start = anchors[anchors.count - 1]
    let first = start.slope
    let second = evaluate(start.time + length / 2, start.value + length / 2 * first)
    let third = evaluate(start.time + length * 0.75, start.value + length * 0.75 * second)
    let value = start.value + length / 9 * (2 * first + 3 * second + 4 * third)
    let fourth = evaluate(start.time + length, value)
    let error = length * (5 * first - 6 * second - 8 * third + 9 * fourth) / 72
    let ratio = abs(error) / (tolerance.absolute + tolerance.relative * abs(value))
    // Not a number: the step is far too long.
    guard ratio <= 1.1 else {
      step *= max(ratio.isFinite ? 0.9 * pow(ratio, -1 / 3) : 0, 0.2)
      guard step >= Self.shortestStep else { throw SeriesError.stepTooShort(time: start.time) }
      return
    }
    if ratio <= 0.5 {
      let factor = ratio > 0 ? 0.9 * pow(ratio, -0.25) : 5
      step = min(step * min(factor, 5), Self.longestStep, delay)
    }
    anchors.append(Anchor(time: start.time + length, value: value, slope: fourth))
    if cursor > Self.keptSteps {
      anchors.removeFirst(cursor)
      cursor = 0
    }
  }

  private mutating func evaluate(_ time: Double, _ value: Double) -> Double {
    let past = time - delay
    while cursor > 0, anchors[cursor].time >= past { cursor -= 1 }
    while cursor < anchors.count - 2, anchors[cursor + 1].time < past { cursor += 1 }
    return slope(value, interpolated(cursor, past))
  }

  /// The cubic polynomial with the values and slopes of an anchor and of the next one.
  private func interpolated(_ index: Int, _ time: Double) -> Double {
    let left = anchors[index]
    let right = anchors[index + 1]
    let length = right.time - left.time
    let x = (time - left.time) / length
    let y = 1 - x
    return y * y * ((1 + 2 * x) * left.value + x * length * left.slope)
      + x * x * ((1 + 2 * y) * right.value - y * length * right.slope)
  }
}
