import Metrics
import Support

/// The operations of one session's test, summed over its samples: the network's up to the embedding, and the learner's
/// on the embedding.
public struct SessionCost: Sendable, Codable {
  public var sum = SampleCounts()
  public var samples = 0

  /// NeuroBench's workload metrics of the test.
  public var metrics: WorkloadMetrics { WorkloadMetrics(sum, samples: samples) }
}

/// Counts the operations of a learner while it scores, session by session.
final class ScoringCounter: ScoringObserver {
  private let observer = ModelObserver(nil)
  private(set) var sessions: [SampleCounts] = []

  /// Why the counts are incomplete; nil when they are complete.
  var uncounted: ErrorMessage? { observer.uncounted }

  func watch<Result>(session: Int, samples: Int, _ work: () throws -> Result) throws -> Result {
    let (result, counts) = try observer.counting(samples: samples, work)
    while sessions.count <= session { sessions.append(SampleCounts()) }
    for one in counts { sessions[session] += one }
    return result
  }

  func watch<Result>(_ first: [Int], of count: Int, _ work: () throws -> Result) throws -> Result {
    let (result, counts) = try observer.counting(samples: first.count, work)
    var new = [SampleCounts](repeating: SampleCounts(), count: count)
    for (session, one) in zip(first, counts) { new[session] += one }
    while sessions.count < count { sessions.append(SampleCounts()) }
    var sum = SampleCounts()
    for session in 0..<count {
      sum += new[session]
      sessions[session] += sum
    }
    return result
  }
}

/// The operations of each clip of the base test and of the session words, up to its embedding.
struct ClipCosts {
  let test: SampleCounts
  private let testCount: Int
  private let evaluation: [SampleCounts]

  init(test: [SampleCounts], evaluation: [SampleCounts]) {
    self.test = test.reduce(into: SampleCounts()) { $0 += $1 }
    testCount = test.count
    self.evaluation = evaluation
  }

  /// The exact cost of every session's test in the repeat `one`: the base test and all queries so far. `scoring` has
  /// the learner's own operations, by session.
  func sessions(_ one: FewShotRepeat, scoring: [SampleCounts]) -> [SessionCost] {
    var network = SessionCost(sum: test, samples: testCount)
    return scoring.enumerated().map { number, learner in
      if number > 0 {
        for query in one.sessions[number - 1].queries { network.sum += evaluation[query] }
        network.samples += one.sessions[number - 1].queries.count
      }
      var cost = network
      cost.sum += learner
      return cost
    }
  }
}
