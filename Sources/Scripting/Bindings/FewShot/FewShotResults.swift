import FewShot
import Tensors

/// What a run of the few-shot protocol gave, for scripts and for the bench.
public final class FewShotResults: LuaHosted {
  public static let luaClassName = "fscil_results"

  /// One learner's repeats.
  public struct Learner: Sendable {
    public let name: String
    public var repeats: [FewShotRepeat] = []

    /// Accuracy on all classes seen: repeats × sessions from 0.
    public var all: [[Double]] { repeats.map(\.all) }
    /// Accuracy on new classes: repeats × sessions from 1.
    public var new: [[Double]] { repeats.map(\.new) }

    /// What metrics and tests gave, by name: repeats × one number, or one a session.
    ///
    /// A number that is missing in some repeat is left out: ``failures`` has the reason.
    public var measures: [String: [[Double]]] {
      let names = Set(repeats.flatMap(\.measures.keys))
      return Dictionary(
        uniqueKeysWithValues: names.map { name in (name, repeats.compactMap { $0.measures[name] }) }
      )
      .filter { $0.value.count == repeats.count }
    }

    /// Metrics and tests that failed in any repeat, by name, with the first reason.
    public var failures: [String: String] {
      repeats.reduce(into: [:]) { found, one in found.merge(one.failures) { first, _ in first } }
    }
  }

  /// Those with at least one repeat, in the order they were asked for.
  public let learners: [Learner]
  /// Learners that failed and were left out, `learner/ridge`, with the reason.
  public let leftOut: [String: String]
  /// Whether every repeat that was asked for was run, or its learner failed.
  public let isWhole: Bool
  public let words: [Word]
  public let settings: SessionSettings
  /// The share of base test samples the trained readout gets right among base classes; nil without a readout.
  public let baseAccuracy: Double?

  init(
    learners: [Learner], leftOut: [String: String], isWhole: Bool, words: [Word], settings: SessionSettings,
    baseAccuracy: Double?
  ) {
    self.learners = learners.filter { !$0.repeats.isEmpty }
    (self.leftOut, self.isWhole, self.words) = (leftOut, isWhole, words)
    (self.settings, self.baseAccuracy) = (settings, baseAccuracy)
  }

  /// Everything that failed, by name, with the reason: learners, then metrics and tests of the others.
  public var failures: [String: String] {
    learners.reduce(into: leftOut) { found, one in found.merge(one.failures) { first, _ in first } }
  }

  func learner(_ name: String) throws -> Learner {
    if let found = learners.first(where: { $0.name == name }) { return found }
    if let reason = leftOut["learner/\(name)"] {
      throw ScriptFailure("there are no results of the learner '\(name)', which failed: \(reason)")
    }
    throw ScriptFailure(
      "there is no learner '\(name)' in these results, only \(learners.map(\.name).joined(separator: ", "))")
  }
}

extension LuaClass {
  static let fewShotResults = LuaClass(
    FewShotResults.self, "What a run of the few-shot protocol gave",
    methods: [
      curve("all", "Accuracy on all classes seen: (repeats, sessions), session 0 first") { $0.all },
      curve("new", "Accuracy on all new classes so far: (repeats, sessions), session 1 first") { $0.new },
      LuaFunction(
        "measures", "What metrics and tests gave: name → list over repeats of lists", [.string("learner")],
        returns: "table"
      ) { call in
        let measures = try call.results.learner(call.string(1)).measures.sorted { $0.key < $1.key }
        return try call.give(LuaTable(fields: measures.map { ($0.key, $0.value.luaValue) }))
      },
      LuaFunction(
        "failures", "What failed, with the reason: learners, metrics and tests; or those of one learner",
        [.string("learner", optional: true)], returns: "table"
      ) { call in
        let results = try call.results
        let failures = call.has(1) ? try results.learner(call.string(1)).failures : results.failures
        return try call.give(
          LuaTable(fields: failures.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
      },
    ],
    properties: [
      LuaProperty("learners", "The learners' names, without those that failed", "list of strings") { call in
        try call.give(call.results.learners.map(\.name))
      },
      LuaProperty("base", "The trained readout's accuracy on the base test", "number") { call in
        try call.give(call.results.baseAccuracy)
      },
    ])

  private static func curve(
    _ name: String, _ summary: String, _ values: @escaping @Sendable (FewShotResults.Learner) -> [[Double]]
  ) -> LuaFunction {
    LuaFunction(name, summary, [.string("learner")], returns: "tensor") { call in
      let rows = try values(call.results.learner(call.string(1)))
      let flat = rows.flatMap(\.self).map { Float($0) }
      return try call.give(
        Tensor(flat, shape: [rows.count, rows.first?.count ?? 0], on: call.session.device))
    }
  }
}

extension LuaCall {
  /// The results a method was called on, for whoever may see them.
  fileprivate var results: FewShotResults {
    get throws {
      try require(.results)
      return try object(0, FewShotResults.self)
    }
  }
}
