import Datasets
import LuaHost
import Metrics
import Networks
import Support
import Tensors

/// One run of a declared benchmark.
struct BenchmarkRun {
  private let handle: BenchmarkHandle
  private let state: LuaState
  private let context: ScriptContext

  init(_ handle: BenchmarkHandle, _ call: LuaCall) throws {
    self.handle = handle
    state = call.state
    context = try call.context
  }

  func run() throws -> LuaTable {
    let module = handle.model.module
    return try module.evaluating { try run(module) }
  }

  private func run(_ module: any Module) throws -> LuaTable {
    let description = LuaTable(fields: [
      ("model", handle.model.luaValue), ("classes", handle.model.classes.map { .integer($0) } ?? .nil),
      // There are no sessions: all classes are there from the start.
      ("base_classes", handle.model.classes.map { .integer($0) } ?? .nil), ("options", .table(LuaTable())),
    ])
    let hosted = handle.items.compactMap { if case .host(let metric) = $0 { metric } else { nil } }
    let scripted = try handle.items.compactMap { item -> ScriptedMetric? in
      switch item {
      case .host: nil
      case .plugin(let choice):
        try ScriptedMetric(choice, context: description, seed: context.seed, in: state)
      case .function(let name, let function): ScriptedMetric(name, function, in: state)
      }
    }
    let watching = scripted.filter(\.watchesLayers)
    var benchmark = Benchmark(
      module, hosted, rules: handle.rules,
      onLayer: watching.isEmpty ? nil : { call in for metric in watching { try metric.see(call) } })
    var boxes = hosted.contains(.cocoMap) ? BoxMetric() : nil
    var boxFailure: String?
    let progress = Progress(
      "benchmark", total: handle.source.count ?? 0, unit: "batches", on: context.console)
    try handle.source.forEachPart(in: state) { part in
      try Interruption.check("a benchmark")
      let inputs = try handle.preprocessors.reduce(part.features) { try tensor($1, $0, "a preprocessor") }
      guard let samples = inputs.shape.first, samples > 0 else {
        throw ScriptError("benchmark: a batch has features of shape \(inputs.shape), expected (batch, …)")
      }
      let output = try benchmark.pass(samples: samples) { try module(inputs) }
      let given = try handle.postprocessors.reduce(output.luaValue) { value, function in
        try state.call(function, [value]).first ?? .nil
      }
      if boxes != nil {
        do { try boxes?.add(truths: part.labels, detections: given) } catch let failure as any NightjarError
          where failure.isRecoverable
        {
          boxFailure = boxFailure ?? failure.description
        }
      }
      try compare(given, part, &benchmark, isOfBoxes: boxes != nil && hosted.count == 1)
      if !scripted.isEmpty {
        let batch = try LuaTable(batchOf: inputs, outputs: given, labels: part.labels, rows: part.rows)
        for metric in scripted { try metric.update(batch, samples: samples) }
      }
      progress.advance()
    }
    progress.finish()
    guard benchmark.samples > 0 || hosted.allSatisfy(\.isStatic) && scripted.isEmpty else {
      throw ScriptError(
        "benchmark: there are no batches", hint: "look at batches, a used-up iterator gives none")
    }
    var results = benchmark.results().map { ($0.metric.rawValue, $0.value) }
    if let boxes {
      let value: MetricValue
      do { value = try boxFailure.map { .failed($0) } ?? boxes.value() } catch { value = .failed("\(error)") }
      results.append((NetworkMetric.cocoMap.rawValue, value))
    }
    results += scripted.map { ($0.name, $0.value()) }
    return report(results, benchmark)
  }

  private func tensor(_ function: LuaReference, _ x: Tensor, _ what: String) throws -> Tensor {
    let results = try state.call(function, [x])
    guard let tensor = results.first?.object(Tensor.self) else {
      throw ScriptError(
        "benchmark: \(what) gave \(results.first?.typeName ?? "nothing"), expected a tensor")
    }
    return tensor
  }

  private func compare(
    _ outputs: LuaValue, _ part: BatchSource.Part, _ benchmark: inout Benchmark, isOfBoxes: Bool
  ) throws {
    guard !isOfBoxes else { return }
    guard let outputs = outputs.object(Tensor.self) else {
      throw ScriptError(
        "benchmark: the last postprocessor gave \(outputs.typeName), expected a tensor",
        hint: "return what it made"
      )
    }
    guard let labels = part.labels.object(Tensor.self) else { return }
    try benchmark.compare(outputs, with: labels.countedFromZero(for: outputs))
  }

  private func report(_ results: [(String, MetricValue)], _ benchmark: Benchmark) -> LuaTable {
    var fields = results.map { ($0.0, $0.1.luaValue) }
    let failures = results.compactMap { name, value -> (String, LuaValue)? in
      guard case .failed(let reason) = value else { return nil }
      context.console.warn("no number of \(name): \(reason)")
      return (name, .string(reason))
    }
    fields.append(("failures", .table(LuaTable(fields: failures))))
    fields.append(("samples", .integer(benchmark.samples)))
    let layers = benchmark.layers.filter { $0.calls > 0 || $0.counts.activations > 0 }
    fields.append(("layers", .table(LuaTable(list: layers.map { .table($0.table) }))))
    return LuaTable(fields: fields.filter { !$0.1.isNil })
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
