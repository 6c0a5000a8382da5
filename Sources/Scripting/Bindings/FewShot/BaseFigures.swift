import LuaHost
import Metrics
import Support
import Tensors

/// NeuroBench's figures of the trained network, with its own readout, on the base test.
struct BaseMetrics {
  let state: LuaState
  let context: ScriptContext
  let words: WordsHandle
  let encoder: PluginEncoder
  let model: ModuleHandle

  /// The figures from what clips cost up to their embedding, kept beside it, and a readout.
  ///
  /// - Parameters:
  ///   - costs: nil where clips could not be told apart.
  ///   - readout: what the readout cost, over all clips; nil for a network without one.
  func figures(
    costs: ClipCosts?, samples: Int, readout: SampleCounts?, accuracy: Double?
  ) -> [(metric: NetworkMetric, value: MetricValue)] {
    var sum = costs?.test ?? SampleCounts()
    if let readout { sum += readout }
    let counted = WorkloadMetrics(sum, samples: samples)
    return NetworkMetric.reported.map { metric in
      do {
        switch metric.kind {
        case .static: return Benchmark(model.module, [metric]).results()[0]
        case .counted(_, let value):
          guard costs != nil else {
            return (metric, .failed("some of the model's operations cannot be separated by sample"))
          }
          return (metric, try value(counted))
        case .output, .detection:
          return (metric, accuracy.map { .number($0) } ?? .failed("the model has no readout"))
        }
      } catch { return (metric, .failed("\(error)")) }
    }
  }

  /// The figures, and those of metrics that watch layers, from a pass over the base test of its own.
  ///
  /// - Parameter isWhole: whether the host's figures are wanted too, by NeuroBench's rules.
  func passed(
    _ watching: [PluginChoice], hosted isWhole: Bool
  ) throws -> (hosted: [(metric: NetworkMetric, value: MetricValue)], scripted: [(String, MetricValue)]) {
    let description = LuaTable(fields: [
      ("model", model.luaValue), ("classes", .integer(words.dataset.words.count)),
      ("base_classes", .integer(words.dataset.baseCount)), ("options", .table(LuaTable())),
    ])
    let scripted = try watching.map {
      try ScriptedMetric($0, context: description, seed: context.seed, in: state)
    }
    var benchmark = Benchmark(
      model.module, isWhole ? NetworkMetric.reported : [], rules: .neuroBench,
      onLayer: scripted.isEmpty ? nil : { call in for metric in scripted { try metric.see(call) } })
    let file = try words.store.features(.test, encoder)
    let labels = words.dataset.clips(.test).map(\.label)
    let device = words.store.device
    model.module.setTraining(false)
    // In an order that tells a network written in a script nothing; NeuroBench's batch size, by which its rules go.
    var random = RandomStream(seed: words.store.key(.test, encoder).content.seed, purpose: "base test order")
    let order = random.permutation(file.rows)
    for start in stride(from: 0, to: file.rows, by: 256) {
      try Interruption.check("the base test")
      let rows = Array(order[start..<min(file.rows, start + 256)])
      let inputs = try file.read(rows, on: device)
      let scores = try benchmark.pass(samples: rows.count) { try model.module(inputs) }
      let own = try Tensor(rows.map { Int32(labels[$0]) }, shape: [rows.count], on: device)
      try benchmark.compare(scores, with: own)
      guard !scripted.isEmpty else { continue }
      let batch = try LuaTable(
        batchOf: inputs, outputs: scores.luaValue,
        labels: Tensor.classes(rows.map { labels[$0] }, on: device).luaValue, rows: rows)
      for metric in scripted { try metric.update(batch, samples: rows.count) }
    }
    return (benchmark.results(), scripted.map { ($0.name, $0.value()) })
  }
}
