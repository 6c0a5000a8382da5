import FewShot
import Support
import Tensors
import TestSupport
import Testing

/// A learner made of closures.
private final class TestLearner: FewShotLearner {
  private(set) var taught: [LabelledFeatures] = []
  private let scoring: (Tensor) throws -> Tensor

  init(scores: @escaping (Tensor) throws -> Tensor) { scoring = scores }

  func start(_ base: LabelledFeatures) { taught = [base] }
  func learn(_ support: LabelledFeatures) { taught.append(support) }
  func scores(_ features: Tensor) throws -> Tensor { try scoring(features) }
}

/// An observer that notes what it sees, and may fail at a session.
private final class Watcher: SessionObserver {
  let name: String
  private let failsAt: Int?
  private let failure: any Error
  private(set) var tested: [TestedBatch] = []

  init(_ name: String, failsAt: Int? = nil, with failure: any Error = ProtocolViolationError("unlucky")) {
    self.name = name
    self.failsAt = failsAt
    self.failure = failure
  }

  func observe(_ tested: TestedBatch) throws {
    if tested.session == failsAt { throw failure }
    self.tested.append(tested)
  }

  func endSession(_ session: Int) {}
  func finish() -> [String: [Double]] { [name: [Double(tested.count)]] }
}

@Suite struct ProtocolRunTests {
  private let device = Device(memory: 1 << 28, threads: 2)

  /// Two base classes and two sessions of one class. A sample's only feature is the class it is taken for.
  private func run() throws -> FewShotRun {
    func samples(_ taken: [Float], _ labels: [Int]) throws -> LabelledFeatures {
      LabelledFeatures(features: try Tensor(taken, shape: [taken.count, 1], on: device), labels: labels)
    }
    return try FewShotRun(
      base: try samples([0, 1], [0, 1]), test: try samples([0, 1, 1, 3], [0, 0, 1, 1]),
      evaluation: try samples([2, 2, 0, 3, 3, 3, 2], [2, 2, 2, 3, 3, 3, 3]), classes: 4,
      sessions: [
        FewShotSession(language: "cy", classes: [2], support: [0], queries: [1, 2]),
        FewShotSession(language: "eu", classes: [3], support: [3], queries: [4, 5, 6]),
      ])
  }

  /// 1 for the class in the feature, 0 for the rest.
  private func oneHot(_ features: Tensor) throws -> Tensor {
    let classes = try Tensor([0, 1, 2, 3] as [Float], shape: [1, 4], on: device)
    return try Comparison.eq(features, classes).converted(to: .float32)
  }

  @Test func hitsAreCountedExactly() throws {
    let learner = TestLearner(scores: oneHot)
    let result = try run().run(learner, repeat: 0)
    #expect(result.counts.map(\.correct) == [[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 2]])
    #expect(result.counts.map(\.total) == [[2, 2, 0, 0], [2, 2, 2, 0], [2, 2, 2, 3]])
    let all: [Double] = [0.5, 0.5, 5.0 / 9]
    let new: [Double] = [0.5, 0.6]
    #expect(result.all == all)
    #expect(result.new == new)
    #expect(result.counts[2].accuracy(of: [3]) == Double(2) / 3)
    #expect(result.counts[1].accuracy(of: [3]) == nil)
    #expect(learner.taught.map(\.classes) == [[0, 1], [2], [3]])
    #expect(try learner.taught[1].features(of: 2)?.floatValues == [2])
    #expect(try learner.taught[1].features(of: 3) == nil)
  }

  @Test func classesNotSeenYetAreMasked() throws {
    let watcher = Watcher("watcher")
    let result = try run().run(TestLearner(scores: oneHot), repeat: 0, observers: [watcher])
    // The base test and the queries so far, in each session.
    #expect(watcher.tested.map(\.session) == [0, 1, 1, 2, 2])
    #expect(
      watcher.tested.map(\.inListOrder.labels) == [
        [0, 0, 1, 1], [0, 0, 1, 1], [2, 2], [0, 0, 1, 1], [2, 2, 3, 3, 3],
      ])
    // The last one is taken for 3, which is masked.
    #expect(watcher.tested[0].inListOrder.predictions == [0, 1, 1, 0])
    #expect(watcher.tested[0].inListOrder.scores[3] == [0, 0, -.infinity, -.infinity])
    #expect(watcher.tested[1].inListOrder.scores[3] == [0, 0, 0, -.infinity])
    #expect(watcher.tested[3].inListOrder.scores[3] == [0, 0, 0, 1])
    #expect(result.measures == ["watcher": [5]] && result.failures.isEmpty)
  }

  @Test func anObserverThatFailsIsLeftOut() throws {
    let good = Watcher("good")
    let bad = Watcher("bad", failsAt: 1)
    let result = try run().run(TestLearner(scores: oneHot), repeat: 0, observers: [bad, good])
    #expect(result.measures == ["good": [5]])
    #expect(result.failures == ["bad": "unlucky"])
    #expect(bad.tested.count == 1)
    // What is no mistake of the observer stops the run.
    let stopped = Watcher("stopped", failsAt: 1, with: InterruptionError(during: "a metric"))
    let run = try run()
    #expect(throws: InterruptionError.self) {
      try run.run(TestLearner(scores: oneHot), repeat: 0, observers: [stopped])
    }
  }

  @Test func scoresThatAreNoneAreRefused() throws {
    let run = try run()
    let cases: [(scores: (Tensor) throws -> Tensor, says: String)] = [
      ({ try self.oneHot($0).scaled(by: .nan) }, "scores holds NaN in session 0"),
      (
        { try self.oneHot($0).adding(.full([4], .infinity, on: self.device)) },
        "scores holds infinity in session 0"
      ),
      (
        { try self.oneHot($0).adding(.full([4], -.infinity, on: self.device)) },
        "rules out every class that was seen in session 0"
      ),
      ({ _ in try .zeros([4, 3], on: self.device) }, "scores has shape [4, 3], expected [4, 4]"),
      ({ _ in try .zeros([4], on: self.device) }, "scores has shape [4], expected [4, 4]"),
    ]
    for c in cases {
      let text = failureText { _ = try run.run(TestLearner(scores: c.scores), repeat: 0) }
      #expect(text.contains(c.says), "\(text)")
    }
    // A learner may rule classes out by itself.
    let ruledOut = TestLearner { features in
      try self.oneHot(features).adding(Tensor([-.infinity, 0, 0, 0] as [Float], shape: [4], on: self.device))
    }
    #expect(try run.run(ruledOut, repeat: 0).counts[0].correct == [0, 2, 0, 0])
  }

  /// Prototypes (Snell et al. 2017) over a base phase and two sessions, as PyTorch has them.
  @Test func prototypesMatchTheReference() throws {
    let golden = try GoldenFixture("prototypes")
    func tensor(_ key: String) throws -> Tensor {
      let (shape, values) = try golden.tensor(key)
      return try Tensor(values, shape: shape, on: device)
    }
    let parameters = try golden.parameters()
    let baseWords = try #require(parameters["base"] as? [Int])
    let sessionWords = try #require(parameters["sessions"] as? [[Int]])
    let supports = try Concatenation(0).apply([tensor("session1/support"), tensor("session2/support")])
    let shots = 5
    let sessions = sessionWords.enumerated().map { number, words in
      let first = number * shots * words.count
      return FewShotSession(
        language: "", classes: words, support: Array(first..<first + shots * words.count), queries: [])
    }
    let run = try FewShotRun(
      base: LabelledFeatures(
        features: try tensor("base_embeddings").reshaped([-1, 64]),
        labels: baseWords.flatMap { Array(repeating: $0, count: shots) }),
      test: LabelledFeatures(
        features: try tensor("queries"), labels: try golden.int32s("query_labels").values.map { Int($0) }),
      evaluation: LabelledFeatures(
        features: supports, labels: sessionWords.flatMap { words in (0..<shots).flatMap { _ in words } }),
      classes: 24, sessions: sessions)
    let learner = Prototypes(weight: try tensor("initial_weight"), bias: try tensor("initial_bias"))
    let watcher = Watcher("watcher")
    let result = try run.run(learner, repeat: 0, observers: [watcher])
    for (session, tested) in watcher.tested.enumerated() {
      try golden.expectClose(learner.weights[session], "session\(session)/weight")
      try golden.expectClose(learner.biases[session], "session\(session)/bias")
      let tested = tested.inListOrder
      try golden.expectClose(tested.scores.flatMap(\.self), "session\(session)/masked_logits")
      let predictions = try golden.int32s("session\(session)/prediction").values.map { Int($0) }
      #expect(tested.predictions == predictions)
      let right = zip(predictions, tested.labels).count { $0 == $1 }
      #expect(result.counts[session].correct.reduce(0, +) == right)
    }
    #expect(watcher.tested.count == 3)
  }
}

/// The reference's readout: weight 2·mean, bias −mean·mean.
private final class Prototypes: FewShotLearner {
  private let weight: Tensor
  private let bias: Tensor
  /// After the base phase and after each session.
  private(set) var weights: [[Float]] = []
  private(set) var biases: [[Float]] = []

  init(weight: Tensor, bias: Tensor) { (self.weight, self.bias) = (weight, bias) }

  func start(_ base: LabelledFeatures) throws { try learn(base) }

  func learn(_ support: LabelledFeatures) throws {
    for label in support.classes {
      guard let samples = try support.features(of: label) else { continue }
      let mean = try Reduction(.mean, over: [0])(samples)
      try weight.select(0, label).assign(mean.scaled(by: 2))
      try bias.select(0, label).assign(Reduction(.sum)(mean.multiplied(by: mean)).scaled(by: -1))
    }
    weights.append(try weight.floatValues)
    biases.append(try bias.floatValues)
  }

  func scores(_ features: Tensor) throws -> Tensor { try Linear()(features, weight, bias) }
}

extension TestedBatch {
  /// By positions in the session's test, which observers see in a random order.
  fileprivate var inListOrder: (labels: [Int], predictions: [Int], scores: [[Float]]) {
    let order = positions.indices.sorted { positions[$0] < positions[$1] }
    let rows = (try? scores.rows()) ?? []
    return (order.map { labels[$0] }, order.map { predictions[$0] }, order.map { rows[$0] })
  }
}
