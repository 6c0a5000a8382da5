import LuaHost
import Networks
import Tensors

/// `nj.loss`. Labels count from 1.
enum LossBindings {
  static let module = LuaModule(
    "loss", "Losses, as PyTorch names them; labels count from 1",
    functions: [
      classes("cross_entropy", "−log softmax of the labels, from logits", fromLogProbabilities: false),
      classes("nll", "−log p of the labels, from log-probabilities", fromLogProbabilities: true),
      pair("mse", "(p − y)²") { p, y, reduction, _ in try Losses.squaredError(p, y, reduction) },
      pair("l1", "|p − y|") { p, y, reduction, _ in try Losses.absoluteError(p, y, reduction) },
      pair("bce_with_logits", "Binary cross-entropy from logits") { x, y, reduction, _ in
        try Losses.binaryCrossEntropy(logits: x, y, reduction)
      },
      pair("smooth_l1", "½d²/beta near 0, |d| − ½beta beyond", [.number("beta", default: 1, min: 1e-12)]) {
        p, y, reduction, options in
        try Losses.smoothAbsoluteError(p, y, beta: Float(options.number("beta")), reduction)
      },
    ])

  private static let reduction = LuaParameter.choice(
    "reduction", LossReduction.allCases.map(\.rawValue), default: "mean")

  private static func reduction(_ options: LuaOptions) throws -> LossReduction {
    LossReduction(rawValue: try options.string("reduction")) ?? .mean
  }

  private static func classes(_ name: String, _ summary: String, fromLogProbabilities: Bool) -> LuaFunction {
    LuaFunction(
      name, summary,
      [
        .tensor("scores", help: "(samples, classes)").also("input"),
        .tensor(
          "labels",
          help: "(samples), int32 from 1"
            + (fromLogProbabilities ? "" : "; or probabilities of the classes (samples, classes)")
        ).also("target"),
        .options("options", [reduction, .number("label_smoothing", default: 0, min: 0, max: 1)]),
      ], returns: "tensor"
    ) { call in
      let options = try call.options(3)
      let smoothing = Float(try options.number("label_smoothing"))
      if !fromLogProbabilities, try call.tensor(2).dtype == .float32, try call.tensor(2).rank > 1 {
        return try call.push(
          Losses.crossEntropy(
            logits: call.floats(1), probabilities: call.tensor(2), smoothing: smoothing, reduction(options)))
      }
      let operation = CrossEntropy(
        reduction: try reduction(options), smoothing: smoothing, fromLogProbabilities: fromLogProbabilities)
      return try call.push(operation(call.tensor(1), call.indices(2)))
    }
  }

  private static func pair(
    _ name: String, _ summary: String, _ fields: [LuaParameter] = [],
    _ loss: @escaping @Sendable (Tensor, Tensor, LossReduction, LuaOptions) throws -> Tensor
  ) -> LuaFunction {
    LuaFunction(
      name, summary,
      [.tensor("prediction").also("input"), .tensor("target"), .options("options", [reduction] + fields)],
      returns: "tensor"
    ) { call in
      let options = try call.options(3)
      return try call.push(loss(call.floats(1), call.floats(2), reduction(options), options))
    }
  }
}
