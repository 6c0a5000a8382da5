import Datasets
import LuaHost
import Metrics
import Support
import Tensors

/// A declared benchmark: `nj.benchmark{ … }`.
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
        throw ScriptError("benchmark: field '\(field)' contains a \(entry.typeName), expected functions f(x)")
      }
      return function
    }
  }

  private static func item(_ value: LuaValue, number: Int, in state: LuaState) throws -> Item {
    if let handle = value.object(MetricHandle.self) { return .host(handle.metric) }
    if let function = value.function { return .function(name: "metric \(number)", function) }
    if let name = value.string {
      if let metric = NetworkMetric(named: name) { return .host(metric) }
      let metrics = NetworkMetric.all.map(\.name)
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
            help: "NeuroBench 2.3.0's behaviour also where it is questionable"),
        ])
    ], returns: "benchmark"
  ) { call in
    try call.push(BenchmarkHandle(call.options(1), call))
  }
}

extension LuaClass {
  static let benchmark = LuaClass(
    BenchmarkHandle.self, "A declared benchmark",
    methods: [
      LuaFunction(
        "run",
        "Runs the model over all batches in evaluation mode; returns a table by metric name, with the reasons of those "
          + "that failed in failures, the layers' counts in layers, and the number of samples",
        returns: "table"
      ) { call in
        try call.push(BenchmarkRun(call.object(0, BenchmarkHandle.self), call).run())
      }
    ])
}

/// One run of a declared benchmark.
private struct BenchmarkRun {
  private let handle: BenchmarkHandle
  private let state: LuaState
  private let context: ScriptContext

  init(_ handle: BenchmarkHandle, _ call: LuaCall) throws {
    self.handle = handle
    state = call.state
    context = try call.context
  }

  func run() throws -> LuaTable {
    let metrics = handle.items.compactMap { if case .host(let metric) = $0 { metric } else { nil } }
    let scripted = try scriptedMetrics()
    let watching = scripted.filter(\.watchesLayers)
    var benchmark = Benchmark(
      handle.model.module, metrics, rules: handle.rules,
      onLayer: watching.isEmpty ? nil : { call in for metric in watching { try metric.see(call) } })
    let progress = Progress(
      "benchmark", total: handle.source.count ?? 0, unit: "batches", on: context.console)
    try benchmark.run(
      over: ScriptedBenchmarkData(handle: handle, state: state, metrics: scripted), progress: progress)
    let results =
      benchmark.results().map { ($0.metric.name, $0.value) } + scripted.map { ($0.name, $0.value()) }
    return try table(results, benchmark)
  }

  private func scriptedMetrics() throws -> [ScriptedMetric] {
    let description = LuaTable(fields: [
      ("model", handle.model.luaValue), ("classes", handle.model.classes.map { .integer($0) } ?? .nil),
      // There are no sessions: all classes are known from the start.
      ("base_classes", handle.model.classes.map { .integer($0) } ?? .nil), ("options", .table(LuaTable())),
    ])
    return try handle.items.compactMap { item -> ScriptedMetric? in
      switch item {
      case .host: nil
      case .plugin(let choice):
        try ScriptedMetric(choice, context: description, seed: context.seed, in: state)
      case .function(let name, let function): ScriptedMetric(name, function, in: state)
      }
    }
  }

  private func table(_ results: [(String, MetricValue)], _ benchmark: Benchmark) throws -> LuaTable {
    var fields = results.map { ($0.0, $0.1.luaValue) }
    let failures = try results.compactMap { name, value -> (String, LuaValue)? in
      guard case .failed(let reason) = value else { return nil }
      try state.warn("\(name) has no value: \(reason)")
      return (name, .string(reason))
    }
    fields.append(("failures", .table(LuaTable(fields: failures))))
    fields.append(("samples", .integer(benchmark.samples)))
    let layers = benchmark.layers.filter { $0.calls > 0 || $0.counts.activations > 0 }
    fields.append(("layers", .table(LuaTable(list: layers.map { .table($0.table) }))))
    return LuaTable(fields: fields.filter { !$0.1.isNil })
  }
}

/// The batches and functions of a script as the benchmark takes them.
private struct ScriptedBenchmarkData: BenchmarkData {
  let handle: BenchmarkHandle
  let state: LuaState
  /// Metrics in Lua.
  let metrics: [ScriptedMetric]

  var hasObservers: Bool { !metrics.isEmpty }

  func forEachBatch(_ body: (BatchSource.Part) throws -> Void) throws {
    try handle.source.forEachPart(in: state, body)
  }

  func inputs(of batch: BatchSource.Part) throws -> Tensor {
    try handle.preprocessors.reduce(batch.features) { x, function in
      let results = try state.call(function, [x])
      guard let tensor = results.only?.object(Tensor.self) else {
        throw ScriptError(
          "benchmark: a preprocessor returned \(results.typeNames), expected a tensor")
      }
      return tensor
    }
  }

  func output(of scores: Tensor) throws -> LuaValue {
    try handle.postprocessors.reduce(scores.luaValue) { value, function in
      try state.call(function, [value]).first ?? .nil
    }
  }

  func comparison(
    of output: LuaValue, with batch: BatchSource.Part
  ) throws -> (outputs: Tensor, labels: Tensor)? {
    guard let outputs = output.object(Tensor.self) else {
      throw ScriptError(
        "benchmark: the last postprocessor returned \(output.typeName), expected a tensor",
        hint: "return the changed outputs")
    }
    guard let labels = batch.labels.object(Tensor.self) else { return nil }
    return (outputs, try labels.countedFromZero(for: outputs))
  }

  func boxes(of output: LuaValue, in batch: BatchSource.Part) throws -> [ImageBoxes] {
    try ImageBoxes.list(truths: batch.labels, detections: output)
  }

  func observe(_ batch: BatchSource.Part, inputs: Tensor, output: LuaValue) throws {
    guard !metrics.isEmpty else { return }
    let table = try LuaTable(batchOf: inputs, outputs: output, labels: batch.labels, rows: batch.rows)
    for metric in metrics { try metric.update(table, samples: inputs.shape[0]) }
  }
}

extension LayerCounts {
  /// Totals over all samples, under NeuroBench's names.
  fileprivate var table: LuaTable {
    LuaTable(fields: [
      ("name", .string(name)), ("calls", .integer(calls)), ("Effective_MACs", .integer(counts.macs)),
      ("Effective_ACs", .integer(counts.acs)), ("Dense", .integer(counts.dense)),
      ("zeros", .integer(counts.zeros)), ("activations", .integer(counts.activations)),
    ])
  }
}

extension ImageBoxes {
  /// The boxes of scripts: a list of images, each a list of rows or a tensor (boxes, numbers).
  static func list(truths: LuaValue, detections: LuaValue) throws -> [ImageBoxes] {
    let truths = try images(truths, "truths")
    let detections = try images(detections, "detections")
    guard truths.count == detections.count else {
      throw ScriptError(
        "CocoMap: truths of \(truths.count) images and detections of \(detections.count)",
        hint: "pass one list of boxes for each image, an empty one where there are no boxes")
    }
    return zip(truths, detections).map(ImageBoxes.init)
  }

  private static func images(_ value: LuaValue, _ what: String) throws -> [[[Double]]] {
    guard let images = value.list else {
      throw ScriptError(
        "CocoMap: \(what) is a \(value.typeName), expected a list of images, each a list of boxes")
    }
    return try images.enumerated().map { number, image in
      if let tensor = image.object(Tensor.self) {
        if tensor.count == 0 { return [] }
        guard tensor.rank == 2 else {
          throw ScriptError(
            "CocoMap: \(what) of image \(number + 1) have shape \(tensor.shape), expected (boxes, numbers)")
        }
        return try tensor.converted(to: .float32).rows().map { $0.map(Double.init) }
      }
      guard let rows = image.list, image.table?.fields.isEmpty == true else {
        throw ScriptError(
          "CocoMap: \(what) of image \(number + 1) are a \(image.typeName), expected a list of boxes")
      }
      return try rows.enumerated().map { index, row in
        guard let numbers = row.numbers else {
          throw ScriptError(
            "CocoMap: box \(index + 1) of the \(what) of image \(number + 1) is not a list of numbers")
        }
        return numbers
      }
    }
  }
}
