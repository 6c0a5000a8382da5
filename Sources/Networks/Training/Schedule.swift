import Foundation

/// A learning rate as a function of the number of steps taken.
public protocol Schedule: Sendable {
  /// The factor on the base learning rate after `step` steps.
  func factor(at step: Int) -> Double
}

/// Multiplies the learning rate by `gamma` every `size` steps, as `torch.optim.lr_scheduler.StepLR`.
public struct StepDecay: Schedule {
  public let size: Int
  public let gamma: Double

  public init(size: Int, gamma: Double = 0.1) {
    self.size = max(1, size)
    self.gamma = gamma
  }

  public func factor(at step: Int) -> Double { pow(gamma, Double(step / size)) }
}

/// Half a cosine from 1 to `floor` over `steps` steps, as `torch.optim.lr_scheduler.CosineAnnealingLR`.
///
/// Source: Loshchilov and Hutter 2016, arXiv 1608.03983, without restarts.
public struct CosineDecay: Schedule {
  public let steps: Int
  public let floor: Double

  public init(steps: Int, floor: Double = 0) {
    self.steps = max(1, steps)
    self.floor = floor
  }

  public func factor(at step: Int) -> Double {
    floor + (1 - floor) * 0.5 * (1 + cos(.pi * Double(min(step, steps)) / Double(steps)))
  }
}

/// Half a cosine up to the base learning rate, then one down far below the start, as
/// `torch.optim.lr_scheduler.OneCycleLR` with its defaults: the start is base / 25, the end start / 10⁴.
///
/// Source: Smith and Topin 2018, arXiv 1708.07120.
public struct OneCycle: Schedule {
  public let steps: Int
  /// The fraction of the steps in which the learning rate rises.
  public let rise: Double

  public init(steps: Int, rise: Double = 0.3) {
    self.steps = max(2, steps)
    self.rise = rise
  }

  public func factor(at step: Int) -> Double {
    let peak = rise * Double(steps) - 1
    let start = 1 / 25.0
    let end = 1 / 25.0 / 1e4
    let now = Double(min(step, steps - 1))
    if now <= peak { return Self.between(start, 1, now / max(peak, 1e-9)) }
    return Self.between(1, end, (now - peak) / max(Double(steps - 1) - peak, 1e-9))
  }

  private static func between(_ from: Double, _ to: Double, _ progress: Double) -> Double {
    to + (from - to) * 0.5 * (1 + cos(.pi * progress))
  }
}

/// Applies a schedule to an optimizer.
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

  /// Advances by one step.
  public func advance() { move(to: step + 1) }

  /// Sets the number of steps, and with it the learning rate.
  public func move(to step: Int) {
    self.step = step
    optimizer.learningRate = base * schedule.factor(at: step)
  }
}
