import Foundation

/// A learning rate as a function of how many steps of the schedule were taken.
public protocol Schedule: Sendable {
  /// The factor on the first learning rate after `step` steps.
  func factor(at step: Int) -> Double
}

/// Times gamma every `size` steps.
public struct StepDecay: Schedule {
  public let size: Int
  public let gamma: Double
  public init(size: Int, gamma: Double = 0.1) { (self.size, self.gamma) = (max(1, size), gamma) }
  public func factor(at step: Int) -> Double { pow(gamma, Double(step / size)) }
}

/// Half a cosine from 1 to `floor` over `steps` (Loshchilov and Hutter 2016, without restarts).
public struct CosineDecay: Schedule {
  public let steps: Int
  public let floor: Double
  public init(steps: Int, floor: Double = 0) { (self.steps, self.floor) = (max(1, steps), floor) }
  public func factor(at step: Int) -> Double {
    floor + (1 - floor) * 0.5 * (1 + cos(.pi * Double(min(step, steps)) / Double(steps)))
  }
}

/// Up to the top by a cosine, then down far below the start (Smith and Topin 2018), PyTorch's defaults: the first
/// learning rate is the top, the start is top / 25, the end start / 10⁴.
public struct OneCycle: Schedule {
  public let steps: Int
  public let rise: Double
  public init(steps: Int, rise: Double = 0.3) { (self.steps, self.rise) = (max(2, steps), rise) }

  public func factor(at step: Int) -> Double {
    let peak = rise * Double(steps) - 1
    let start = 1 / 25.0
    let end = 1 / 25.0 / 1e4
    let now = Double(min(step, steps - 1))
    if now <= peak { return Self.between(start, 1, now / max(peak, 1e-9)) }
    return Self.between(1, end, (now - peak) / max(Double(steps - 1) - peak, 1e-9))
  }

  private static func between(_ from: Double, _ to: Double, _ share: Double) -> Double {
    to + (from - to) * 0.5 * (1 + cos(.pi * share))
  }
}

/// A schedule at work on an optimizer.
public final class Scheduler {
  private let optimizer: any Optimizer
  private let schedule: any Schedule
  private let base: Double
  /// Steps taken.
  public private(set) var step = 0

  /// Sets the learning rate for step 0.
  public init(_ optimizer: any Optimizer, _ schedule: any Schedule) {
    self.optimizer = optimizer
    self.schedule = schedule
    base = optimizer.learningRate
    optimizer.learningRate = base * schedule.factor(at: 0)
  }

  /// Goes one step on.
  public func advance() { move(to: step + 1) }

  /// Goes to a number of steps.
  public func move(to step: Int) {
    self.step = step
    optimizer.learningRate = base * schedule.factor(at: step)
  }
}
