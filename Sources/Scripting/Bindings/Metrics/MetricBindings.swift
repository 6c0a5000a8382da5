import LuaHost
import Metrics
import Networks
import Support
import Tensors

/// A metric of NeuroBench in a script: `nj.metrics.Footprint`.
struct MetricHandle: LuaHosted {
  static let luaClassName = "network_metric"
  let metric: NetworkMetric
}

/// `nj.metrics`: NeuroBench's metrics, to be passed to `nj.benchmark` or called.
enum MetricBindings {
  static let module = LuaModule(
    "metrics", "NeuroBench's metrics, for nj.benchmark, or to be called: nj.metrics.Footprint(model)",
    functions: [continual, pairedDifference],
    properties: NetworkMetric.all.map { metric in
      LuaProperty(metric.name, metric.summary, "network_metric") { call in
        try call.push(MetricHandle(metric: metric))
      }
    })

  /// The value of a metric from the arguments of a call.
  fileprivate static func measure(_ metric: NetworkMetric, _ call: LuaCall) throws -> MetricValue {
    var benchmark: Benchmark
    switch metric.kind {
    case .static:
      benchmark = Benchmark(try call.shallowModule(1), [metric])
    case .counted:
      benchmark = Benchmark(try call.shallowModule(1), [metric])
      let model = try call.module(1)
      let inputs = try call.tensor(2)
      guard let samples = inputs.shape.first else {
        throw ScriptError("\(metric.name): the inputs are a single number, expected (batch, …)")
      }
      _ = try model.evaluating { try benchmark.pass(samples: samples) { try model(inputs) } }
    case .output:
      benchmark = Benchmark(try SequentialLayer([]), [metric])
      let outputs = try call.tensor(1)
      let labels = try call.tensor(2)
      try benchmark.compare(outputs, with: labels.countedFromZero(for: outputs))
    case .detection:
      benchmark = Benchmark(try SequentialLayer([]), [metric])
      let images = try ImageBoxes.list(truths: call.value(1), detections: call.value(2))
      try benchmark.compare { images }
    }
    return benchmark.results()[0].value
  }
}

extension LuaClass {
  static let networkMetric = LuaClass(
    MetricHandle.self, "A metric of NeuroBench", methods: [],
    properties: [
      LuaProperty("name", "Its name", "string") { call in
        call.push(try call.object(0, MetricHandle.self).metric.name)
      }
    ],
    operators: [
      LuaFunction(
        "__call",
        "Measures: of a model; of a model and one batch of inputs; of outputs and labels; "
          + "CocoMap of truths and detections",
        [.any("first"), .any("second", optional: true)], returns: "number or table"
      ) { call in
        let metric = try call.object(0, MetricHandle.self).metric
        let value = try MetricBindings.measure(metric, call)
        if case .failed(let reason) = value { throw ScriptError(reason) }
        return try call.push(value.luaValue)
      },
      LuaFunction("__tostring", "Its name", returns: "string") { call in
        call.push("nj.metrics." + (try call.object(0, MetricHandle.self).metric.name))
      },
    ])
}

extension MetricValue {
  private static func luaNumber(_ number: Double) -> LuaValue {
    Int(exactly: number).map { .integer($0) } ?? .number(number)
  }

  /// A number, or a table of named numbers; nil for a metric that failed.
  var luaValue: LuaValue {
    switch self {
    case .number(let number): Self.luaNumber(number)
    case .parts(let parts): .table(LuaTable(fields: parts.map { ($0.key, Self.luaNumber($0.value)) }))
    case .failed: .nil
    }
  }
}

extension MetricBindings {
  /// `nj.metrics.continual(accuracies, { untrained = … })`.
  static let continual = LuaFunction(
    "continual",
    "Metrics of continual learning: average_incremental, backward_transfer, forgetting, harmonic_mean (after the last "
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

  /// `nj.metrics.paired_difference(left, right)`.
  static let pairedDifference = LuaFunction(
    "paired_difference",
    "Compares two learners on the same repeats by the paired bootstrap: mean of left − right, low and high of the "
      + "95 % interval, p; without variance only the mean",
    [
      .any("left", help: "one value per repeat: a list or a tensor of one dimension"),
      .any("right", help: "the other learner's values on the same repeats"),
      .options(
        "options",
        [.number("level", default: 0.95, min: 0.5, max: 0.9999, help: "the interval's confidence")]),
    ], returns: "table"
  ) { call in
    let cuts = Interruption.cuts
    let difference = try PairedDifference(
      values(1, "left", call), values(2, "right", call), level: call.options(3).number("level"))
    if Interruption.cuts != cuts { try Interruption.check("paired_difference") }
    var fields: [(String, LuaValue)] = [
      ("mean", .number(difference.mean)), ("pairs", .integer(difference.pairs)),
    ]
    if let uncertainty = difference.uncertainty {
      fields += [
        ("low", .number(uncertainty.low)), ("high", .number(uncertainty.high)),
        ("p", .number(uncertainty.pValue)),
      ]
    }
    return try call.push(LuaTable(fields: fields))
  }

  private static func values(_ index: Int, _ name: String, _ call: LuaCall) throws -> [Double] {
    if let tensor = call.objectIfAny(index, Tensor.self) {
      guard tensor.rank == 1 else {
        throw ScriptError("paired_difference: \(name) has shape \(tensor.shape), expected (repeats)")
      }
      return try tensor.converted(to: .float32).floatValues.map(Double.init)
    }
    guard let numbers = try call.value(index).numbers else {
      throw ScriptError("paired_difference: \(name) is not a tensor or a list of numbers")
    }
    return numbers
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
        throw ScriptError("continual: accuracies is not a tensor or a list of rows of numbers")
      }
      return row
    }
  }
}
