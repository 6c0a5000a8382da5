import FewShot
import Tensors
import TestSupport
import Testing

/// What ``FewShotRun`` holds learners and observers to. A sample's two features are its class and a number of its own.
@Suite struct ProtocolRulesTests {
  private static let device = Device(memory: 1 << 28, threads: 2)
  private let device = Self.device

  /// Four base classes of 100 test samples, and two sessions of two classes with 50 queries each.
  private func run() throws -> FewShotRun {
    func samples(_ labels: [Int]) throws -> LabelledFeatures {
      let features = labels.enumerated().flatMap { [Float($1), Float($0)] }
      return LabelledFeatures(
        features: try Tensor(features, shape: [labels.count, 2], on: device), labels: labels)
    }
    func list(_ classes: Range<Int>, each: Int) -> [Int] {
      classes.flatMap { Array(repeating: $0, count: each) }
    }
    return try FewShotRun(
      base: samples(list(0..<4, each: 3)), test: samples(list(0..<4, each: 100)),
      evaluation: samples(list(4..<8, each: 55)), classes: 8,
      sessions: (0..<2).map { session in
        let own = [2 * session, 2 * session + 1].map { 55 * $0 }
        return FewShotSession(
          language: "", classes: [4 + 2 * session, 5 + 2 * session], support: own.flatMap { $0..<$0 + 5 },
          queries: own.flatMap { $0 + 5..<$0 + 55 })
      })
  }

  /// A learner of closures; `turn` is how often it has learned.
  private final class Learner: FewShotLearner {
    var modifiesBase = false
    var learned: () throws -> Void = {}
    private let scoring: (_ features: Tensor, _ turn: Int) throws -> Tensor
    private var turn = 0

    init(_ scoring: @escaping (_ features: Tensor, _ turn: Int) throws -> Tensor) { self.scoring = scoring }

    func start(_ base: LabelledFeatures) {}
    func learn(_ support: LabelledFeatures) throws {
      turn += 1
      try learned()
    }
    func scores(_ features: Tensor) throws -> Tensor { try scoring(features, turn) }
  }

  /// −(class − c)², so that every sample ranks the classes by how near they are.
  private static func near(_ features: Tensor) throws -> Tensor {
    let own = try Slice(1, from: 0, count: 1)(features)
    let classes = try Tensor.arange(0, count: 8, step: 1, on: device).reshaped([1, 8])
    let distance = try own.subtracting(classes)
    return try distance.multiplied(by: distance).scaled(by: -1)
  }

  struct Ranking: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let isHonest: Bool
    let change: @Sendable (_ scores: Tensor, _ turn: Float) throws -> Tensor

    init(_ name: String, honest: Bool, _ change: @escaping @Sendable (Tensor, Float) throws -> Tensor) {
      testDescription = name
      isHonest = honest
      self.change = change
    }
  }

  private static func row(_ values: [Float]) throws -> Tensor { try Tensor(values, shape: [8], on: device) }

  static let rankings = [
    Ranking("the same scores", honest: true) { scores, _ in scores },
    Ranking("a temperature", honest: true) { scores, turn in try scores.scaled(by: 1 + turn) },
    Ranking("a shift of all", honest: true) { scores, turn in
      try scores.adding(.full([1], Double(turn), on: device))
    },
    Ranking("a softmax", honest: true) { scores, _ in try Softmax(1)(scores) },
    Ranking("new classes moved", honest: true) { scores, turn in
      try scores.adding(row([0, 0, 0, 0, turn, -turn, turn, turn]))
    },
    Ranking("rounding", honest: true) { scores, turn in
      try scores.adding(row([turn * 1e-6, 0, 0, 0, 0, 0, 0, 0]))
    },
    Ranking("a shift that leaves few digits", honest: true) { scores, turn in
      try scores.adding(.full([1], 1e4 * Double(turn), on: device))
    },
    Ranking("an outlier", honest: true) { scores, _ in try scores.adding(row([0, 0, 0, -1e9, 0, 0, 0, 0])) },
    Ranking("two base classes behind an outlier", honest: false) { scores, turn in
      try scores.adding(row([turn * 1.5, 0, 0, -1e9, 0, 0, 0, 0]))
    },
    Ranking("two base classes behind two outliers", honest: false) { scores, turn in
      try scores.adding(row([turn * 1.5, 0, -1e9, 1e9, 0, 0, 0, 0]))
    },
    Ranking("two base classes behind one that is ruled out", honest: false) { scores, turn in
      try scores.adding(row([turn * 1.5, 0, 0, -.infinity, 0, 0, 0, 0]))
    },
    Ranking("differences that are small beside a number that all have", honest: false) { scores, turn in
      try scores.adding(row([turn * 1.5, 0, 0, 0, 0, 0, 0, 0])).adding(.full([1], 1e6, on: device))
    },
    Ranking("one base class favoured", honest: false) { scores, turn in
      try scores.adding(row([turn * 1.5, 0, 0, 0, 0, 0, 0, 0]))
    },
    Ranking("base classes made worse, each by its own", honest: false) { scores, turn in
      try scores.adding(row([-3 * turn, 0, -3 * turn, 0, 0, 0, 0, 0]))
    },
    Ranking("a base class ruled out", honest: false) { scores, turn in
      try scores.adding(row([turn == 0 ? 0 : -.infinity, 0, 0, 0, 0, 0, 0, 0]))
    },
  ]

  @Test(arguments: rankings) func baseClassesKeepTheirOrder(_ c: Ranking) throws {
    let learner = Learner { try c.change(Self.near($0), Float($1)) }
    let text = failureText { _ = try run().run(learner, repeat: 0) }
    if c.isHonest {
      #expect(text.isEmpty, "\(text)")
    } else {
      #expect(text.contains("in session 1, scores puts base class"), "\(text)")
      #expect(text.contains("declare modifies_base = true"))
    }
    let declared = Learner { try c.change(Self.near($0), Float($1)) }
    declared.modifiesBase = true
    #expect(try run().run(declared, repeat: 0).counts.count == 3)
  }

  @Test func positionsInATestSayNothing() throws {
    var batches: [[Float]] = []
    // Base words first and one word after the other, as the lists have them.
    let recorder = Learner { features, _ in
      let count = features.shape[0]
      // Not the few samples that are scored again.
      if count >= 400 { batches.append(try features.rows().map { $0[0] }) }
      return try Tensor.zeros([count, 8], on: device)
    }
    recorder.modifiesBase = true
    let counts = try run().run(recorder, repeat: 0).counts
    #expect(counts.map { $0.total.reduce(0, +) } == [400, 500, 600])
    // A guess by position; by chance it would be 1 in 4.
    for labels in batches {
      let hits = labels.enumerated().count { Int($1) == ($0 < 400 ? $0 / 100 : 4 + ($0 - 400) / 50) }
      #expect(Double(hits) / Double(labels.count) < 0.4)
    }
    for labels in batches { #expect(labels != labels.sorted()) }
    #expect(batches[1].prefix(100).contains { $0 > 3 }, "queries lie among the base test")
    // Each session and repeat in an order of its own, and the same again from the same seed.
    let before = batches
    #expect(try run().run(recorder, repeat: 0).counts == counts)
    #expect(Array(batches[3...]) == before)
    _ = try run().run(recorder, repeat: 1)
    #expect(batches[6] != before[0])
  }

  /// An observer of closures.
  private final class Observer: SessionObserver {
    let name: String
    var seen: [TestedBatch] = []
    private let look: (TestedBatch) throws -> Void
    private let numbers: [String: [Double]]

    init(
      _ name: String, numbers: [String: [Double]] = [:],
      look: @escaping (TestedBatch) throws -> Void = { _ in }
    ) {
      self.name = name
      self.numbers = numbers
      self.look = look
    }

    func observe(_ tested: TestedBatch) throws {
      seen.append(tested)
      try look(tested)
    }
    func endSession(_ session: Int) {}
    func finish() -> [String: [Double]] { numbers }
  }

  /// What they ask the learner to score would otherwise tell it classes by positions.
  @Test func observersSeeARandomOrderToo() throws {
    // What one does to its own tensors, the others do not see.
    let vandal = Observer("vandal") {
      try $0.features.assign(0)
      try $0.scores.assign(0)
    }
    let observer = Observer("observer")
    let result = try run().run(
      Learner { features, _ in try Self.near(features) }, repeat: 0, observers: [vandal, observer])
    #expect(result.failures.isEmpty)
    #expect(observer.seen.map { $0.positions.min() } == [0, 0, 400, 0, 400])
    #expect(
      observer.seen[0].positions.sorted() == Array(0..<400)
        && observer.seen[0].rows.sorted() == Array(0..<400))
    for tested in observer.seen {
      #expect(tested.labels != tested.labels.sorted())
      #expect(try tested.features.rows().map { Int($0[0]) } == tested.labels)
      #expect(tested.predictions == tested.labels)
      let best = try tested.scores.rows().map { row in row.firstIndex(of: row.max() ?? 0) }
      #expect(best == tested.labels)
    }
    #expect(result.all == [1, 1, 1] && result.new == [1, 1])
  }

  @Test func theNetworkStaysAsItIs() throws {
    let weight = try Tensor([1, 2] as [Float], shape: [2], on: device)
    let kept = try TensorSnapshot([weight])
    func learner() -> Learner { Learner { features, _ in try Self.near(features) } }
    let trainer = learner()
    trainer.learned = { try weight.assign(7) }
    let text = failureText { _ = try run().run(trainer, repeat: 0, weights: kept) }
    #expect(text.hasPrefix("learn changed the network's weights"), "\(text)")
    try kept.restore()
    #expect(try weight.floatValues == [1, 2] && !kept.isModified)
    // A metric that changes them fails, and the learner goes on with what it had: its own, if it changes them itself.
    let vandal = Observer("vandal", numbers: ["vandal": [1]]) { _ in try weight.assign(9) }
    var result = try run().run(learner(), repeat: 0, observers: [vandal], weights: kept)
    #expect(result.failures["vandal"]?.contains("changed the network's weights") == true)
    #expect(result.measures.isEmpty)
    #expect(try weight.floatValues == [1, 2])
    trainer.modifiesBase = true
    let later = Observer("later") { if $0.session == 1 { try weight.assign(9) } }
    result = try run().run(trainer, repeat: 0, observers: [later], weights: kept)
    #expect(result.failures.keys.sorted() == ["later"])
    #expect(try weight.floatValues == [7, 7])
  }

  @Test func aNumberThatIsNoneIsAFailure() throws {
    let numbers = ["mean.a": [1], "mean.b": [1, .nan], "mean.c": [.infinity]]
    let result = try run().run(
      Learner { features, _ in try Self.near(features) }, repeat: 0,
      observers: [Observer("metric/mean", numbers: numbers)])
    #expect(result.measures == ["mean.a": [1], "mean.c": [.infinity]])
    #expect(result.failures.keys.sorted() == ["metric/mean.b"])
    #expect(result.failures["metric/mean.b"]?.contains("number 2 of 2 is NaN") == true)
  }
}
