import FewShot
import Foundation
import LuaHost
import Support
import Tensors

extension FewShotResults: LuaHosted {
  public static var luaClassName: String { "fscil_results" }

  /// A line for each learner with its accuracy after each session, mean over repeats, in percent.
  fileprivate var overview: String {
    let width = learners.map(\.name.count).max() ?? 0
    let rows = learners.map { learner in
      let curves = learner.all
      let means = (curves.first ?? []).indices.map { session in
        let values = curves.compactMap { session < $0.count ? $0[session] : nil }
        return String(format: "%5.1f", 100 * values.reduce(0, +) / Double(max(1, values.count)))
      }
      let name = learner.name.padding(toLength: width, withPad: " ", startingAt: 0)
      return "  \(name)  \(means.joined(separator: " "))"
    }
    let repeats = learners.map(\.repeats.count).max() ?? 0
    let head = "fscil_results: accuracy (%) by session, mean over \("repeat".counted(repeats))"
    return ([head] + rows).joined(separator: "\n")
  }

  /// - Throws: `ScriptError` for a learner that failed or was not run.
  fileprivate func learner(_ name: String) throws -> Learner {
    if let learner = learners.first(where: { $0.name == name }) { return learner }
    if let reason = leftOut["learner/\(name)"] {
      throw ScriptError("there are no results of the learner '\(name)', which failed: \(reason)")
    }
    throw ScriptError(
      "there is no learner '\(name)' in these results, only \(learners.map(\.name).joined(separator: ", "))")
  }
}

extension LuaClass {
  static let fewShotResults = LuaClass(
    FewShotResults.self, "The results of the few-shot protocol",
    methods: [
      curve("all", "Accuracy on all classes seen: (repeats, sessions), session 0 first") { $0.all },
      curve("new", "Accuracy on all new classes so far: (repeats, sessions), session 1 first") { $0.new },
      LuaFunction(
        "measures", "What metrics and tests measured: name → list over repeats of lists",
        [.string("learner")],
        returns: "table"
      ) { call in
        let measures = try call.results.learner(call.string(1)).measures.sorted { $0.key < $1.key }
        return try call.push(LuaTable(fields: measures.map { ($0.key, $0.value.luaValue) }))
      },
      matrix, costs, summary,
      LuaFunction(
        "failures",
        "What failed, by name, with the reason: learners, metrics and tests; or those of one learner",
        [.string("learner", optional: true)], returns: "table"
      ) { call in
        let results = try call.results
        let failures = call.has(1) ? try results.learner(call.string(1)).failures : results.failures
        return try call.push(
          LuaTable(fields: failures.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
      },
    ],
    properties: [
      LuaProperty("learners", "The learners' names, without those that failed", "list of strings") { call in
        try call.push(call.results.learners.map(\.name))
      },
      LuaProperty("base", "The trained readout's accuracy on the base test", "number") { call in
        try call.push(call.results.base.accuracy?.test)
      },
      LuaProperty(
        "fit", "The trained readout's accuracy by split, { training, validation, test }, and a verdict",
        "table"
      ) { call in
        guard let accuracy = try call.results.base.accuracy else {
          return try call.push(LuaValue.nil)
        }
        return try call.push(
          LuaTable(fields: [
            ("training", .number(accuracy.training)),
            ("validation", accuracy.validation.map { .number($0) } ?? .nil), ("test", .number(accuracy.test)),
            ("verdict", .string("\(accuracy.fit)")),
          ]))
      },
      LuaProperty("figures", "NeuroBench's metrics of the trained network on the base test", "table") {
        call in
        let base = try call.results.base
        let fields =
          base.metrics.map { ($0.metric.name, $0.value.luaValue) }
          + base.layerMetrics.map { ($0.name, $0.value.luaValue) }
        return try call.push(LuaTable(fields: fields.filter { !$0.1.isNil }))
      },
    ],
    operators: [
      LuaFunction("__tostring", "Mean accuracy by learner and session", returns: "string") { call in
        try call.push(call.results.overview)
      }
    ])

  private static let matrix = LuaFunction(
    "matrix",
    "Accuracy after each session on the classes that came in each: (repeats, sessions, groups), NaN for groups to come",
    [.string("learner")], returns: "tensor"
  ) { call in
    let repeats = try call.results.learner(call.string(1)).repeats.map(\.matrix)
    let sessions = repeats.first?.count ?? 0
    let flat = repeats.flatMap { rows in
      rows.flatMap { row in (0..<sessions).map { $0 < row.count ? Float(row[$0]) : .nan } }
    }
    return try call.push(Tensor(flat, shape: [repeats.count, sessions, sessions], on: call.context.device))
  }

  private static let costs = LuaFunction(
    "costs",
    "The cost of a sample of each session's test: { Effective_MACs, Effective_ACs, Dense, ActivationSparsity }, each "
      + "(repeats, sessions)", [.string("learner")], returns: "table"
  ) { call in
    let learner = try call.results.learner(call.string(1))
    guard !learner.costs.isEmpty else {
      throw ScriptError("costs: the model's operations cannot be told apart by sample")
    }
    if let reason = learner.uncounted { throw ScriptError(reason.prefixed("costs: \(learner.name): ")) }
    let device = try call.context.device
    func table(_ name: String, _ value: (SessionCost) -> Double) throws -> (String, LuaValue) {
      let rows = learner.costs.map { $0.map { Float(value($0)) } }
      return (
        name, try Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count], on: device).luaValue
      )
    }
    let names = ["Effective_MACs", "Effective_ACs", "Dense"]
    let operations = try names.map { name in try table(name) { $0.metrics.synapticOperations[name] ?? 0 } }
    let sparsity = try table("ActivationSparsity") { (try? $0.metrics.activationSparsity()) ?? .nan }
    return try call.push(LuaTable(fields: operations + [sparsity]))
  }

  private static let summary = LuaFunction(
    "summary",
    "How a learner balances old and new: forgetting, backward_transfer, average_incremental, area_under_curve and "
      + "harmonic_mean, each a list over repeats", [.string("learner")], returns: "table"
  ) { call in
    let metrics = try call.results.learner(call.string(1)).continualMetrics()
    return try call.push(LuaTable(fields: metrics.map { ($0.name, $0.values.luaValue) }))
  }

  private static func curve(
    _ name: String, _ summary: String, _ values: @escaping @Sendable (FewShotResults.Learner) -> [[Double]]
  ) -> LuaFunction {
    LuaFunction(name, summary, [.string("learner")], returns: "tensor") { call in
      let rows = try values(call.results.learner(call.string(1)))
      let flat = rows.flatMap(\.self).map { Float($0) }
      return try call.push(
        Tensor(flat, shape: [rows.count, rows.first?.count ?? 0], on: call.context.device))
    }
  }
}

extension LuaCall {
  /// The results a method was called on, for roles that may see them.
  fileprivate var results: FewShotResults {
    get throws {
      try require(.results)
      return try object(0, FewShotResults.self)
    }
  }
}
