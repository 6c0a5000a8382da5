import LuaHost
import Metrics

/// A benchmark that was declared: `nj.benchmark{ … }`.
final class BenchmarkHandle: LuaHosted {
  static let luaClassName = "benchmark"

  /// A metric, of the host or in Lua.
  enum Item {
    case host(NetworkMetric)
    case plugin(PluginChoice)
    case function(name: String, LuaReference)
  }

  let model: ModuleHandle
  let source: BatchSource
  let preprocessors: [LuaReference]
  let postprocessors: [LuaReference]
  let items: [Item]
  let rules: ModelObserver.Rules

  init(_ options: LuaOptions, _ call: LuaCall) throws {
    model = try options.object("model", ModuleHandle.self)
    try model.module.requireShallow()
    source = try BatchSource(call, options["batches"], for: model, "benchmark")
    preprocessors = try Self.functions(options["preprocessors"], "preprocessors")
    postprocessors = try Self.functions(options["postprocessors"], "postprocessors")
    let given = (options["static"].list ?? []) + (options["workload"].list ?? [])
    items = try given.enumerated().map { try Self.item($1, number: $0 + 1, in: call.state) }
    let isStrict = try options["strict_neurobench"].boolean ?? call.context.followsNeuroBench
    rules = isStrict ? .neuroBench : .perSample
    guard !items.isEmpty else {
      throw ScriptError(
        "benchmark: there are no metrics",
        hint: "static = { nj.metrics.Footprint }, workload = { nj.metrics.ClassificationAccuracy }"
      )
    }
  }

  private static func functions(_ value: LuaValue, _ field: String) throws -> [LuaReference] {
    try (value.list ?? []).map { entry in
      guard let function = entry.function else {
        throw ScriptError("benchmark: field '\(field)' holds a \(entry.typeName), expected functions f(x)")
      }
      return function
    }
  }

  private static func item(_ value: LuaValue, number: Int, in state: LuaState) throws -> Item {
    if let handle = value.object(MetricHandle.self) { return .host(handle.metric) }
    if let function = value.function { return .function(name: "metric \(number)", function) }
    if let name = value.string {
      if let metric = NetworkMetric(rawValue: name) { return .host(metric) }
      let metrics = NetworkMetric.allCases.map(\.rawValue)
      // Metrics of NeuroBench begin with a capital, plugins do not.
      if let near = name.nearest(in: metrics),
        name.first?.isUppercase == true || near.lowercased() == name.lowercased()
      {
        throw ScriptError("benchmark: there is no metric '\(name)'; did you mean '\(near)'?")
      }
    }
    let isPlugin = value.string != nil || value.table != nil || value.object(Plugin.self)?.kind == .metric
    guard isPlugin, let choice = try PluginChoice.list(value, .metric, in: state).first else {
      throw ScriptError(
        "benchmark: metric \(number) is a \(value.typeName), "
          + "expected nj.metrics.…, a metric plugin or its name, or f(batch)"
      )
    }
    return .plugin(choice)
  }
}

extension LuaFunction {
  /// `nj.benchmark{ model =, batches =, static = {…}, workload = {…} }`.
  static let benchmark = LuaFunction(
    "benchmark", "NeuroBench's harness: metrics of a model over batches; call :run()",
    [
      .options(
        "options",
        [
          .module("model"),
          .any("batches", help: "data:batches{…}, a list of { features, labels }, or an iterator"),
          .list("preprocessors", of: .function, optional: true, help: "f(features) → features"),
          .list(
            "postprocessors", of: .function, optional: true,
            help: "f(outputs) → outputs; scores are compared with labels by their highest"),
          .list("static", of: .any, optional: true, help: "metrics of the model: nj.metrics.Footprint, …"),
          .list(
            "workload", of: .any, optional: true,
            help: "metrics over batches: nj.metrics.…, metric plugins or their names, or f(batch) → number"),
          .boolean(
            "strict_neurobench", optional: true,
            help: "NeuroBench 2.3.0's behaviour also where it is to be doubted"),
        ])
    ], returns: "benchmark"
  ) { call in
    try call.push(BenchmarkHandle(call.options(1), call))
  }
}

extension LuaClass {
  static let benchmark = LuaClass(
    BenchmarkHandle.self, "A benchmark that was declared",
    methods: [
      LuaFunction(
        "run",
        "Runs the model over all batches in evaluation mode; gives a table by metric name, with the reasons of those "
          + "that failed in failures, the layers' counts in layers, and the number of samples",
        returns: "table"
      ) { call in
        try call.push(BenchmarkRun(call.object(0, BenchmarkHandle.self), call).run())
      }
    ])
}
