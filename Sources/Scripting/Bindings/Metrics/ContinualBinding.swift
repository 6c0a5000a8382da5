import LuaHost
import Metrics
import Tensors

extension MetricBindings {
  /// `nj.metrics.continual(accuracies, { untrained = … })`.
  static let continual = LuaFunction(
    "continual",
    "Figures of continual learning: average_incremental, backward_transfer, forgetting, harmonic_mean (after the last "
      + "session) and, with untrained accuracies, forward_transfer",
    [
      .any(
        "accuracies",
        help:
          "row i, column j: after session i on the classes that came in session j, 0 to 1; a tensor or a list of rows"
      ),
      .options(
        "options",
        [
          .list(
            "untrained", of: .number, optional: true,
            help:
              "the accuracy on each session's classes before any training; rows go one beyond the diagonal then"
          )
        ]),
    ], returns: "table"
  ) { call in
    let matrix = try SessionAccuracies(rows(call))
    var fields: [(String, Double)] = [
      ("average_incremental", matrix.averageIncremental), ("backward_transfer", matrix.backwardTransfer),
      ("forgetting", matrix.forgetting),
    ]
    if let last = matrix.harmonicMeans.last { fields.append(("harmonic_mean", last)) }
    if let untrained = try call.options(2)["untrained"].numbers {
      fields.append(("forward_transfer", try matrix.forwardTransfer(untrained: untrained)))
    }
    return try call.push(LuaTable(fields: fields.map { ($0.0, .number($0.1)) }))
  }

  private static func rows(_ call: LuaCall) throws -> [[Double]] {
    if let tensor = call.objectIfAny(1, Tensor.self) {
      guard tensor.rank == 2 else {
        throw ScriptError("continual: accuracies has shape \(tensor.shape), expected (sessions, groups)")
      }
      let values = try tensor.converted(to: .float32).floatValues.map(Double.init)
      return (0..<tensor.shape[0]).map { Array(values[$0 * tensor.shape[1]..<($0 + 1) * tensor.shape[1]]) }
    }
    let rows = try call.value(1).list?.map(\.numbers) ?? [nil]
    return try rows.map { row in
      guard let row else {
        throw ScriptError("continual: accuracies is no tensor and no list of rows of numbers")
      }
      return row
    }
  }
}
