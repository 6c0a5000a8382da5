import Datasets
import LuaHost
import Tensors

/// Time series that are computed from an equation.
enum SeriesBindings {
  /// `nj.data.mackey_glass{ tau =, start =, interval =, points = }`.
  static let mackeyGlass = LuaFunction(
    "mackey_glass",
    "The Mackey–Glass series, solved in float64 by the method of jitcdde: (points). The first value is at the time tau",
    [
      .options(
        "options",
        [
          .number("tau", min: 0.1, max: 100, help: "the delay; 17 and more are chaotic"),
          .number("start", default: 1.2, min: 0, max: 100, help: "the value before time 0"),
          .number("interval", default: 1, min: 1e-3, max: 1000, help: "time between two points"),
          .integer("points", default: 1000, min: 1, max: 1_000_000),
          .number(
            "skip", default: 0, min: 0, max: 1_000_000,
            help: "points that are left out before the first; "
              + "may have a fraction"),
          .number("beta", default: 0.2, min: 0, max: 100),
          .number("gamma", default: 0.1, min: 0, max: 100),
          .number("power", default: 10, min: 0, max: 100),
          .number("tolerance", default: 1e-10, min: 1e-12, max: 1e-2, help: "of a step's relative error"),
        ])
    ], returns: "tensor"
  ) { call in
    let options = try call.options(1)
    var equation = MackeyGlass(delay: try options.number("tau"), past: try options.number("start"))
    equation.beta = try options.number("beta")
    equation.gamma = try options.number("gamma")
    equation.power = try options.number("power")
    let values = try equation.values(
      options.integer("points"), interval: options.number("interval"), skipping: options.number("skip"),
      tolerance: options.number("tolerance"))
    return try call.push(Tensor(values.map(Float.init), shape: [values.count], on: call.context.device))
  }
}
