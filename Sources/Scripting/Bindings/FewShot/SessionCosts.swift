import FewShot
import Metrics
import Support

/// What the test of one session cost, over its samples: the network's operations up to the embedding, and the learner's
/// on the embedding.
public struct SessionCost: Sendable {
  public var sum = SampleCounts()
  public var samples = 0

  /// NeuroBench's figures of it.
  public var figures: WorkloadMetrics { WorkloadMetrics(sum, samples: samples) }
}

/// Counts what a learner computes while it scores, session by session.
final class ScoringCounter: ScoringObserver {
  private let observer = ModelObserver(nil)
  private(set) var sessions: [SampleCounts] = []

  /// Why the counts are not whole; nil when they are.
  var uncounted: ErrorMessage? { observer.uncounted }

  func watch<Result>(session: Int, samples: Int, _ work: () throws -> Result) throws -> Result {
    let (result, counts) = try observer.counting(samples: samples, work)
    while sessions.count <= session { sessions.append(SampleCounts()) }
    for one in counts { sessions[session] += one }
    return result
  }
}

/// What each clip of the base test and of the session words costs up to its embedding.
struct ClipCosts {
  let test: SampleCounts
  private let testCount: Int
  private let evaluation: [SampleCounts]

  init(test: [SampleCounts], evaluation: [SampleCounts]) {
    self.test = test.reduce(into: SampleCounts()) { $0 += $1 }
    testCount = test.count
    self.evaluation = evaluation
  }

  /// The cost of every session's test in one repeat, exactly: the base test and all queries so far.
  func sessions(_ one: FewShotRepeat, scoring: [SampleCounts]) -> [SessionCost] {
    var cost = SessionCost(sum: test, samples: testCount)
    return scoring.enumerated().map { number, learner in
      if number > 0 {
        for query in one.sessions[number - 1].queries { cost.sum += evaluation[query] }
        cost.samples += one.sessions[number - 1].queries.count
      }
      var whole = cost
      whole.sum += learner
      return whole
    }
  }
}
