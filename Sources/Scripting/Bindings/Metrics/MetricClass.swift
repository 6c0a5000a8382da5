import LuaHost
import Metrics
import Networks

/// A metric of NeuroBench, as scripts name it: `nj.metrics.Footprint`.
struct MetricHandle: LuaHosted {
  static let luaClassName = "network_metric"
  let metric: NetworkMetric
}

/// `nj.metrics`: NeuroBench's metrics, to be handed to `nj.benchmark` or called.
enum MetricBindings {
  static let module = LuaModule(
    "metrics", "NeuroBench's metrics, for nj.benchmark, or to be called: nj.metrics.Footprint(model)",
    functions: [continual],
    properties: NetworkMetric.allCases.map { metric in
      LuaProperty(metric.rawValue, metric.summary, "network_metric") { call in
        try call.push(MetricHandle(metric: metric))
      }
    })

  /// What a metric is of things at hand.
  fileprivate static func measure(_ metric: NetworkMetric, _ call: LuaCall) throws -> MetricValue {
    if metric == .cocoMap { return try BoxMetric.value(truths: call.value(1), detections: call.value(2)) }
    if metric.isStatic || metric.isCounted {
      var benchmark = Benchmark(try call.shallowModule(1), [metric])
      if metric.isCounted {
        let model = try call.module(1)
        let inputs = try call.tensor(2)
        guard let samples = inputs.shape.first else {
          throw ScriptError("\(metric.rawValue): the inputs are a single number, expected (batch, …)")
        }
        _ = try model.evaluating { try benchmark.pass(samples: samples) { try model(inputs) } }
      }
      return benchmark.results()[0].value
    }
    var benchmark = Benchmark(try SequentialLayer([]), [metric])
    let outputs = try call.tensor(1)
    let labels = try call.tensor(2)
    try benchmark.compare(outputs, with: labels.countedFromZero(for: outputs))
    return benchmark.results()[0].value
  }
}

extension LuaClass {
  static let networkMetric = LuaClass(
    MetricHandle.self, "A metric of NeuroBench", methods: [],
    properties: [
      LuaProperty("name", "Its name", "string") { call in
        call.push(try call.object(0, MetricHandle.self).metric.rawValue)
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
        call.push("nj.metrics." + (try call.object(0, MetricHandle.self).metric.rawValue))
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
    case .parts(let parts): .table(LuaTable(fields: parts.map { ($0.name, Self.luaNumber($0.value)) }))
    case .failed: .nil
    }
  }
}
