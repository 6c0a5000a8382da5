import FewShot
import Foundation
import Support
import Tensors
import TestSupport
import Testing

/// Helpers that run in this process, when they are started.
private final class HelpersHere: RepeatHelpers {
  let isRequested: Bool
  private let count: Int
  private let run: (RepeatPart) throws -> Void
  private(set) var starts = 0

  init(_ count: Int, isRequested: Bool = true, run: @escaping (RepeatPart) throws -> Void) {
    self.count = count
    self.isRequested = isRequested
    self.run = run
  }

  func start(repeats: Int) -> Int {
    starts += 1
    for index in 1..<count { try? run(RepeatPart(index, of: count)) }
    return count
  }
  func hasEnded(_ part: RepeatPart) -> Bool { true }
  func threads(besides running: Int, of parts: Int) -> Int { 1 }
}

/// Helpers that deliver nothing, and end when they are told to.
private final class EndingHelpers: RepeatHelpers {
  let isRequested = true
  var running: Set<Int> = [1, 2]
  /// How many ran whenever this process asked for its threads.
  private(set) var seen: [Int] = []

  func start(repeats: Int) -> Int { 3 }
  func hasEnded(_ part: RepeatPart) -> Bool { !running.contains(part.index) }
  func threads(besides running: Int, of parts: Int) -> Int {
    seen.append(running)
    return 1
  }
}

/// Whoever runs the repeats, results are those of one process.
@Suite struct RepeatHelperTests {
  private let device = Device(memory: 1 << 28, threads: 2)
  private let tones: ToneClips

  init() throws { tones = try ToneClips() }

  /// The learners made, by the numbers of their repeats.
  private final class Made {
    var numbers: [Int] = []
  }

  private func experiment(
    _ made: Made, failing: Int? = nil, failingMetric: Int? = nil, isKnown: Bool = true,
    onMaking: @escaping (Int) -> Void = { _ in }
  ) throws -> FewShotExperiment {
    let console = Console(style: .silent)
    let store = FeatureStore(
      tones.dataset, device: device,
      cache: StageCache(folder: tones.folder.path + "/cache", console: console), console: console)
    let encoder = PitchEncoder()
    let network = try Pretraining(
      store: store, encoder: encoder, model: PitchModel(on: device), recipe: PlainRecipe(), seed: 3,
      version: "1"
    ).run()
    func learner(_ name: String) -> LearnerFactory {
      LearnerFactory(name, keyParts: isKnown ? [name] : nil) { context in
        if context.number == failing { throw ProtocolViolationError("unlucky") }
        if !context.isTwin { made.numbers.append(context.number) }
        onMaking(context.number)
        return NearestMean(classes: 6)
      }
    }
    var experiment = FewShotExperiment(
      store: store, encoder: encoder, network: network,
      settings: try SessionSettings(for: tones.dataset, shots: 3, queries: 4),
      learners: [learner("first"), learner("second")])
    experiment.metrics = [
      ObserverFactory("metric/samples", keyParts: ["samples"]) { context in
        if context.number == failingMetric { throw ProtocolViolationError("no samples") }
        return SampleCounter()
      }
    ]
    experiment.repeats = 7
    experiment.seed = 7
    return experiment
  }

  private func expectEqual(_ results: FewShotResults, _ expected: FewShotResults) {
    #expect(results.learners.map(\.name) == expected.learners.map(\.name))
    #expect(results.failures == expected.failures)
    for (one, other) in zip(results.learners, expected.learners) {
      #expect(one.repeats.map(\.counts) == other.repeats.map(\.counts))
      #expect(one.measures == other.measures)
      #expect(one.confusion == other.confusion)
      #expect(
        one.costs.map { $0.map(\.metrics.synapticOperations) }
          == other.costs.map { $0.map(\.metrics.synapticOperations) })
    }
  }

  @Test(arguments: [2, 3, 7]) func theirRepeatsAreCollected(processes: Int) throws {
    let alone = Made()
    let expected = try experiment(alone).run()
    #expect(alone.numbers == Array(0..<7) + Array(0..<7))

    let (own, theirs) = (Made(), Made())
    var gathering = try experiment(own)
    let helpers = HelpersHere(processes) { part in
      var helper = try experiment(theirs)
      helper.part = part
      _ = try helper.run()
    }
    gathering.helpers = helpers
    var told: [String] = []
    gathering.onRepeat = { learner, number, _ in told.append("\(learner) \(number)") }
    expectEqual(try gathering.run(), expected)
    #expect(helpers.starts == 1)
    // The first part has none fewer than others.
    let first = Array(0..<(7 + processes - 1) / processes)
    #expect(own.numbers == first + first)
    #expect((own.numbers + theirs.numbers).sorted() == alone.numbers.sorted())
    #expect(told == ["first", "second"].flatMap { name in (0..<7).map { "\(name) \($0)" } })
    // Nothing is left for the next run.
    let files = try FileManager.default.contentsOfDirectory(atPath: tones.folder.path + "/cache/evaluation")
    #expect(files.isEmpty, "\(files)")
  }

  @Test func repeatsThatNobodyDeliversAreRunHere() throws {
    let expected = try experiment(Made()).run()
    let own = Made()
    var gathering = try experiment(own)
    gathering.helpers = HelpersHere(3) { part in
      guard part.index == 1 else { throw InterruptionError(during: "the test") }
      var helper = try experiment(Made())
      helper.part = part
      _ = try helper.run()
    }
    expectEqual(try gathering.run(), expected)
    #expect(own.numbers == [0, 1, 2, 5, 6] + [0, 1, 2, 5, 6])
  }

  @Test(arguments: [(nil, 1 as Int?), (nil, 5), (5 as Int?, nil)])
  func failuresAreThoseOfOneProcess(learner: Int?, metric: Int?) throws {
    let expected = try? experiment(Made(), failing: learner, failingMetric: metric).run()
    var gathering = try experiment(Made(), failing: learner, failingMetric: metric)
    gathering.helpers = HelpersHere(2) { part in
      var helper = try experiment(Made(), failing: learner, failingMetric: metric)
      helper.part = part
      _ = try helper.run()
    }
    guard let expected else {
      #expect(throws: ProtocolViolationError.self) { try gathering.run() }
      return
    }
    #expect(!expected.failures.isEmpty)
    expectEqual(try gathering.run(), expected)
  }

  /// Those of a helper that has ended are used again, from the next repeat on.
  @Test func threadsAreSharedWithThoseThatRun() throws {
    let helpers = EndingHelpers()
    var gathering = try experiment(Made()) { number in
      // Repeats 3 and 4 were to be those of part 1, the rest those of part 2.
      if number == 1 { helpers.running.remove(1) }
      if number == 3 { helpers.running.remove(2) }
    }
    gathering.helpers = helpers
    _ = try gathering.run()
    #expect(helpers.seen == [2, 1, 1])
  }

  /// Processes that were asked for embed in training mode again, each for itself.
  @Test func prototypesOfTrainingModeAreThoseOfOneProcess() throws {
    func inTrainMode(_ made: Made) throws -> FewShotExperiment {
      var experiment = try experiment(made)
      experiment.prototypesInTrainMode = true
      return experiment
    }
    let expected = try inTrainMode(Made()).run()
    let own = Made()
    var gathering = try inTrainMode(own)
    gathering.helpers = HelpersHere(2) { part in
      var helper = try inTrainMode(Made())
      helper.part = part
      _ = try helper.run()
    }
    expectEqual(try gathering.run(), expected)
    #expect(own.numbers == [0, 1, 2, 3, 0, 1, 2, 3])
    let unasked = HelpersHere(2, isRequested: false) { _ in }
    gathering.helpers = unasked
    _ = try gathering.run()
    #expect(unasked.starts == 0)
  }

  /// Nobody could tell that a helper has the same learner.
  @Test func learnersOfNoKnownSourceAreRunHere() throws {
    let own = Made()
    var gathering = try experiment(own, isKnown: false)
    let helpers = HelpersHere(2) { _ in }
    gathering.helpers = helpers
    expectEqual(try gathering.run(), try experiment(Made()).run())
    #expect(helpers.starts == 0 && own.numbers.count == 14)
  }

  @Test func shortWorkNeedsNoHelpers() throws {
    var gathering = try experiment(Made())
    let helpers = HelpersHere(2, isRequested: false) { _ in }
    gathering.helpers = helpers
    _ = try gathering.run()
    #expect(helpers.starts == 0)
  }

  @Test func whatOthersDeliveredBeforeAKillIsUsed() throws {
    let expected = try experiment(Made()).run()
    var helper = try experiment(Made())
    helper.part = RepeatPart(1, of: 2)
    _ = try helper.run()
    let own = Made()
    var gathering = try experiment(own)
    gathering.helpers = HelpersHere(2) { _ in }
    expectEqual(try gathering.run(), expected)
    #expect(own.numbers == [0, 1, 2, 3, 0, 1, 2, 3])
  }
}
