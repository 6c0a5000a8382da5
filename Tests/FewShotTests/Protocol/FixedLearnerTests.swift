import FewShot
import Tensors
import TestSupport
import Testing

/// A learner that learns nothing in sessions is scored once a repeat, and has the results of one that is scored in every
/// session.
@Suite struct FixedLearnerTests {
  private let device = Device(memory: 1 << 28, threads: 2)

  /// Scores by a fixed matrix.
  private final class Readout: FewShotLearner {
    let isIncremental: Bool
    private(set) var batches: [Int] = []
    private(set) var sessions = 0
    private let weight: Tensor
    private let change: (_ scores: Tensor, _ call: Int) throws -> Tensor

    init(
      _ weight: Tensor, isIncremental: Bool = false,
      change: @escaping (_ scores: Tensor, _ call: Int) throws -> Tensor = { scores, _ in scores }
    ) {
      self.weight = weight
      self.isIncremental = isIncremental
      self.change = change
    }

    func start(_ base: LabelledFeatures) {}
    func learn(_ support: LabelledFeatures) { sessions += 1 }
    func scores(_ features: Tensor) throws -> Tensor {
      batches.append(features.shape[0])
      return try change(MatrixProduct()(features, weight), batches.count)
    }
  }

  private final class Recorder: SessionObserver {
    let name = "recorder"
    private(set) var tested: [TestedBatch] = []
    private(set) var again: [[Float]] = []

    func observe(_ tested: TestedBatch) throws {
      self.tested.append(tested)
      again += try tested.score(tested.features).rows()
    }
    func endSession(_ session: Int) {}
    func finish() -> [String: [Double]] { ["recorder": [Double(tested.count)]] }
  }

  private func normal(_ shape: [Int], seed: UInt64) throws -> Tensor {
    var random = RandomStream(seed: seed, purpose: "fixed learners")
    return try Tensor.randn(shape, from: &random, on: device)
  }

  private func weight() throws -> Tensor { try normal([5, 8], seed: 3) }

  /// Four base classes of 40 test samples, and two sessions of two classes with 20 queries each.
  private func run() throws -> FewShotRun {
    func samples(_ classes: Range<Int>, each: Int, seed: UInt64) throws -> LabelledFeatures {
      let labels = classes.flatMap { Array(repeating: $0, count: each) }
      return LabelledFeatures(
        features: try normal([labels.count, 5], seed: seed), labels: labels)
    }
    return try FewShotRun(
      base: samples(0..<4, each: 3, seed: 1), test: samples(0..<4, each: 40, seed: 2),
      evaluation: samples(4..<8, each: 25, seed: 4), classes: 8,
      sessions: (0..<2).map { session in
        let own = [2 * session, 2 * session + 1].map { 25 * $0 }
        return FewShotSession(
          language: "", classes: [4 + 2 * session, 5 + 2 * session], support: own.flatMap { $0..<$0 + 5 },
          queries: own.flatMap { $0 + 5..<$0 + 25 })
      })
  }

  @Test func hasTheResultsOfOneThatIsScoredInEverySession() throws {
    let run = try run()
    let recorders = [Recorder(), Recorder()]
    let results = try [false, true].enumerated().map { index, isIncremental in
      try run.run(
        Readout(weight(), isIncremental: isIncremental), repeat: 0, observers: [recorders[index]])
    }
    #expect(results[0].counts == results[1].counts)
    #expect(results[0].measures == results[1].measures && results[0].failures.isEmpty)
    for (one, other) in zip(recorders[0].tested, recorders[1].tested) {
      #expect(one.session == other.session && one.positions == other.positions)
      #expect(one.labels == other.labels && one.predictions == other.predictions)
      let isClose = try zip(one.scores.floatValues, other.scores.floatValues).allSatisfy {
        $0 == $1 || abs($0 - $1) < 1e-5
      }
      #expect(isClose)
    }
    // What observers ask for is masked, too.
    let isMasked = recorders[0].again.prefix(160).allSatisfy { $0[4...].allSatisfy { $0 == -.infinity } }
    #expect(isMasked)
  }

  @Test func scoresEachSampleOnce() throws {
    let learner = Readout(try weight())
    _ = try run().run(learner, repeat: 0)
    #expect(learner.sessions == 0)
    // All samples of all tests together, then the few of each test that are compared.
    #expect(learner.batches.count == 4 && learner.batches[0] == 240)
    #expect(learner.batches.dropFirst().allSatisfy { $0 <= 64 })
  }

  @Test func isHeldToTheRules() throws {
    let run = try run()
    let drifting = Readout(try weight()) { scores, call in try scores.scaled(by: call > 2 ? -1 : 1) }
    let text = failureText { _ = try run.run(drifting, repeat: 0) }
    #expect(text.contains("when it is scored together with other samples"), "\(text)")
    // NaN for a class counts from the session on that has it.
    let late = Readout(try weight()) { scores, _ in
      try scores.adding(Tensor([0, 0, 0, 0, 0, 0, 0, .nan] as [Float], shape: [8], on: scores.device))
    }
    let problem = failureText { _ = try run.run(late, repeat: 0) }
    #expect(problem.contains("scores holds NaN in session 2"), "\(problem)")
  }
}
