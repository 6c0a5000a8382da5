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
    /// Observers that failed in any repeat, with the first reason.
    public var failures: [String: String] {
      repeats.reduce(into: [:]) { found, one in found.merge(one.failures) { first, _ in first } }
    }
  }

  public let learners: [Learner]
  public let words: [Word]
  public let settings: SessionSettings
  /// The share of base test samples the trained readout gets right among base classes; nil without a readout.
  public let baseAccuracy: Double?

  init(learners: [Learner], words: [Word], settings: SessionSettings, baseAccuracy: Double?) {
    (self.learners, self.words, self.settings, self.baseAccuracy) = (learners, words, settings, baseAccuracy)
  }

  func learner(_ name: String) throws -> Learner {
    guard let found = learners.first(where: { $0.name == name }) else {
      throw ScriptFailure(
        "there is no learner '\(name)' in these results, only \(learners.map(\.name).joined(separator: ", "))"
      )
    }
    return found
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
        let repeats = try call.object(0, FewShotResults.self).learner(call.string(1)).repeats
        let names = Set(repeats.flatMap(\.measures.keys)).sorted()
        return try call.give(
          LuaTable(fields: names.map { name in (name, repeats.compactMap { $0.measures[name] }.luaValue) }))
      },
    ],
    properties: [
      LuaProperty("learners", "The learners' names", "list of strings") { call in
        try call.give(call.object(0, FewShotResults.self).learners.map(\.name))
      },
      LuaProperty("base", "The trained readout's accuracy on the base test", "number") { call in
        try call.give(call.object(0, FewShotResults.self).baseAccuracy)
      },
    ])

  private static func curve(
    _ name: String, _ summary: String, _ values: @escaping @Sendable (FewShotResults.Learner) -> [[Double]]
  ) -> LuaFunction {
    LuaFunction(name, summary, [.string("learner")], returns: "tensor") { call in
      let rows = try values(call.object(0, FewShotResults.self).learner(call.string(1)))
      let flat = rows.flatMap(\.self).map { Float($0) }
      return try call.give(
        Tensor(flat, shape: [rows.count, rows.first?.count ?? 0], on: call.session.device))
    }
  }
}
