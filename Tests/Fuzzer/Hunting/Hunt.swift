import Foundation
import Support
import Synchronization

/// Runs cases in child processes until so many calls were made, and shrinks what goes wrong.
final class Hunt: Sendable {
  struct Plan: Sendable {
    var calls: Int
    var seed: UInt64
    var mode: Mode
    var jobs: Int
    /// Seconds a case may take.
    var patience: Double
    /// Findings after which the hunt is over.
    var most: Int
    /// Where shrunk cases are kept.
    var folder: String
  }

  private struct Score {
    var tally = CaseRun.Tally()
    var cases = 0
    var found: [String: Int] = [:]
  }

  private let plan: Plan
  private let world: World
  private let score = Mutex(Score())

  init(_ plan: Plan, in world: World) { (self.plan, self.world) = (plan, world) }

  /// Hunts; gives the number of different findings.
  func run() -> Int {
    let start = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: plan.jobs) { job in
      do { try hunt(job) } catch { say("fuzz: \(error)") }
    }
    let (tally, cases, found) = score.withLock { ($0.tally, $0.cases, $0.found) }
    let seconds = max(1e-3, Double((ContinuousClock.now - start).components.seconds) + 0.5)
    let result = found.isEmpty ? "no finding" : "\(found.count) findings, \(found.values.reduce(0, +)) times"
    say(
      "fuzz: \(tally.runs) calls in \(cases) cases, mode \(plan.mode.rawValue), seed \(plan.seed), "
        + "\(Int(Double(tally.runs) / seconds)) calls/s\(tally.share): \(result)")
    return found.count
  }

  private var isOver: Bool { score.withLock { $0.tally.runs >= plan.calls || $0.found.count >= plan.most } }

  /// One after another, each `jobs`th case.
  private func hunt(_ job: Int) throws {
    var number = job
    let errors = "\(world.root)/errors.\(job)"
    while !isOver {
      let child = try Child.start(
        [
          "work", "--seed", "\(plan.seed)", "--first", "\(number)", "--step", "\(plan.jobs)", "--mode",
          plan.mode.rawValue,
          "--world", world.root,
        ], errors: errors)
      number = try follow(child, from: number, job)
    }
  }

  /// Follows a child to its end; gives the case to go on with.
  private func follow(_ child: Child, from first: Int, _ job: Int) throws -> Int {
    var number = first
    while !isOver {
      switch child.next(within: plan.patience) {
      case .line(let line):
        let words = line.split(separator: " ").compactMap { Int($0) }
        guard words.count == 4 else { continue }
        number = words[0] + plan.jobs
        score.withLock { score in
          score.tally.add(CaseRun.Tally(runs: words[1], calls: words[2], passed: words[3]))
          score.cases += 1
        }
      case .silence:
        child.kill()
        try report(Failure(hangAfter: plan.patience), number, job)
        return number + plan.jobs
      case .end(let status):
        guard let failure = Failure(status: status, words: child.lastWords) else { return number }
        try report(failure, number, job)
        return number + plan.jobs
      }
    }
    child.kill()
    return number
  }

  /// Shrinks the first failure of each kind, and keeps it.
  private func report(_ failure: Failure, _ number: Int, _ job: Int) throws {
    let isNew = score.withLock { score in
      score.cases += 1
      score.found[failure.signature, default: 0] += 1
      return score.found[failure.signature] == 1
    }
    guard isNew else { return }
    say("fuzz: case \(number) of seed \(plan.seed): \(failure.signature)")
    var maker = CaseMaker(Catalogue(), seed: plan.seed, number: number, mode: plan.mode)
    let lines = maker.lines()
    let stem = "\(plan.folder)/\(plan.mode.rawValue)-\(plan.seed)-\(number)"
    try AtomicFile.makeFolder(plan.folder)
    try AtomicFile.write(failure.report, to: stem + ".txt")
    let trial = Trial(world: world, plan: plan, job: job)
    guard trial.failure(of: lines)?.signature == failure.signature else {
      try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: stem + ".lua")
      return say(
        "fuzz: it does not fail alone; the case is \(stem).lua, what went before it are cases \(job), \(job + plan.jobs), …"
      )
    }
    let time = Duration.seconds(max(60, 15 * plan.patience))
    let short = Shrinking(within: time) { trial.failure(of: $0)?.signature == failure.signature }.shrink(
      lines)
    try AtomicFile.write(short.joined(separator: "\n") + "\n", to: stem + ".lua")
    say("fuzz: shrunk to \(stem).lua:\n" + short.map { "    \($0)" }.joined(separator: "\n"))
  }

  private func say(_ text: String) {
    score.withLock { _ in FileHandle.standardError.write(Data((text + "\n").utf8)) }
  }
}

/// Runs single cases in a child process.
struct Trial {
  let world: World
  let plan: Hunt.Plan
  let job: Int

  func failure(of lines: [String]) -> Failure? {
    let path = "\(world.root)/trial.\(job).lua"
    do {
      try AtomicFile.write(lines.joined(separator: "\n"), to: path)
      let child = try Child.start(
        ["case", path, "--mode", plan.mode.rawValue, "--world", world.root],
        errors: "\(world.root)/trial.\(job)")
      while true {
        switch child.next(within: plan.patience) {
        case .line: continue
        case .silence: return Failure(hangAfter: plan.patience)
        case .end(let status): return Failure(status: status, words: child.lastWords)
        }
      }
    } catch { return nil }
  }
}
