import Networks
import Tensors
import Testing

/// A schedule and the learning rates PyTorch 2.11 gives it, starting from 0.1.
struct ScheduleCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let schedule: any Schedule
  let rates: [Double]

  init(_ name: String, _ schedule: any Schedule, _ rates: [Double]) {
    testDescription = name
    self.schedule = schedule
    self.rates = rates
  }
}

/// Learning rates against torch.optim.lr_scheduler, to 1e-12.
@Suite struct ScheduleTests {
  static let cases = [
    ScheduleCase(
      "StepLR(3, gamma 0.5)", StepDecay(size: 3, gamma: 0.5),
      [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]),
    ScheduleCase(
      "CosineAnnealingLR(8, eta_min 0.002)", CosineDecay(steps: 8, floor: 0.02),
      [
        0.1, 0.09627009709305305, 0.08564823227814082, 0.0697514881858894, 0.051, 0.0322485118141106,
        0.016351767721859173, 0.00572990290694695, 0.002,
      ]),
    ScheduleCase(
      "OneCycleLR(0.1, 10 steps)", OneCycle(steps: 10),
      [
        0.004, 0.052, 0.1, 0.09504846320134738, 0.0811745653949763, 0.06112620219362893,
        0.03887419780637107, 0.0188258346050237, 0.004951936798652629, 4e-07,
      ]),
    ScheduleCase(
      "OneCycleLR(0.1, 7 steps, pct_start 0.5)", OneCycle(steps: 7, rise: 0.5),
      [
        0.004, 0.037167184270002526, 0.09083281572999748, 0.09504846320134738, 0.06112620219362893,
        0.0188258346050237, 4e-07,
      ]),
    ScheduleCase("OneCycleLR(0.1, 2 steps)", OneCycle(steps: 2), [0.0811745653949763, 4e-07]),
  ]

  @Test(arguments: cases) func ratesMatch(_ c: ScheduleCase) throws {
    let device = Device()
    var parameter = try Tensor.zeros([1], on: device)
    try parameter.requireGradient()
    let optimizer = try SGD([parameter], learningRate: 0.1)
    let scheduler = Scheduler(optimizer, c.schedule)
    for (step, rate) in c.rates.enumerated() {
      #expect(abs(optimizer.learningRate - rate) < 1e-12, "step \(step): \(optimizer.learningRate)")
      scheduler.advance()
    }
    #expect(scheduler.step == c.rates.count)
  }
}
