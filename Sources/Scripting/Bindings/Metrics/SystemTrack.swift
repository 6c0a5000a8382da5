import LuaHost
import Metrics
import Networks
import Tensors

extension LuaFunction {
  /// `nj.system{ model =, inputs = }`: NeuroBench's system track on this machine.
  static let system = LuaFunction(
    "system",
    "What a model takes on this machine: latency of one sample at a time, throughput against batch size, peak memory, "
      + "start-up, and the processor's energy where its counters can be read",
    [
      .options(
        "options",
        [
          .module("model"), .object("inputs", "tensor", help: "samples to run: (batch, …)"),
          .integers("sizes", default: [1, 4, 16, 64], min: 1, help: "batch sizes"),
          .integer(
            "runs", default: 50, min: 1, max: 1_000_000, help: "of each measurement, after a warm-up of 3"),
          .number("seconds", default: 5, min: 0.001, max: 3600, help: "that each measurement takes at most"),
        ])
    ], returns: "table"
  ) { call in
    let options = try call.options(1)
    let track = try SystemTrack(
      module: options.object("model", ModuleHandle.self).module,
      inputs: options.object("inputs", Tensor.self),
      sizes: options.integers("sizes"),
      stopwatch: Stopwatch(
        runs: options.integer("runs"), budget: .seconds(options.number("seconds"))),
      energySeconds: options.number("seconds"))
    return try call.push(track.run(startUp: call.context.startUp))
  }
}

/// Measures one model.
private struct SystemTrack {
  let module: any Module
  let inputs: Tensor
  let sizes: [Int]
  let stopwatch: Stopwatch
  let energySeconds: Double

  func run(startUp: Double?) throws -> LuaTable {
    guard let samples = inputs.shape.first, samples > 0 else {
      throw ScriptError(
        "system: the inputs are \(inputs.shape), expected (batch, …) with at least one sample")
    }
    return try module.evaluating {
      let latency = try stopwatch.measure { _ = try module(batch(1)) }
      let rows = try Throughput.rows(batches: sizes, by: stopwatch) { _ = try module(batch($0)) }
      var fields: [(String, LuaValue)] = [
        ("latency", .table(latency.table)),
        (
          "throughput",
          .table(
            LuaTable(
              list: rows.map { row in
                .table(
                  LuaTable(fields: [
                    ("batch", .integer(row.batch)), ("per_second", row.perSecond.map { .number($0) } ?? .nil),
                    ("median", .number(row.latency.median)),
                  ]))
              }))
        ),
        ("peak_memory", .integer(try ProcessStatistics.peakMemory())),
        ("start_up", startUp.map { .number($0) } ?? .nil),
      ]
      fields += try energy()
      return LuaTable(fields: fields.filter { !$0.1.isNil })
    }
  }

  /// Joules a sample by the processor's counters, or why there are none; and what the operations alone would take,
  /// which is an estimate and says so.
  private func energy() throws -> [(String, LuaValue)] {
    var fields: [(String, LuaValue)] = []
    do {
      var counter = try EnergyCounter()
      let size = sizes.max() ?? 1
      let enough = try Stopwatch(warmUp: 1, runs: nil, budget: .seconds(max(1, energySeconds)))
      let before = try counter.update()
      let runs = try enough.seconds { _ = try module(batch(size)) }.count
      let joules = try counter.update() - before
      fields.append(("joules_per_sample", .number(joules / Double((runs + 1) * size))))
    } catch let failure as MeasurementError {
      fields.append(("energy_not_readable", .string(failure.description)))
    }
    var benchmark = Benchmark(module, [.synapticOperations])
    let one = try batch(1)
    _ = try benchmark.pass(samples: 1) { try module(one) }
    let value = benchmark.results()[0].value
    if let macs = value["Effective_MACs"], let acs = value["Effective_ACs"] {
      let model = OperationEnergy.horowitz2014Float32
      fields.append(
        (
          "operation_energy_estimate",
          .table(
            LuaTable(fields: [
              ("joules_per_sample", .number(try model.joules(effectiveMACs: macs, effectiveACs: acs))),
              ("source", .string(model.source)),
            ]))
        ))
    }
    return fields
  }

  /// So many samples, the given ones over and over.
  private func batch(_ size: Int) throws -> Tensor {
    let count = inputs.shape[0]
    if size <= count { return try inputs.narrow(0, from: 0, count: size) }
    let rows = try Tensor((0..<size).map { Int32($0 % count) }, shape: [size], on: inputs.device)
    return try IndexSelect(0)(inputs, rows)
  }
}

extension LatencyReport {
  /// In seconds.
  fileprivate var table: LuaTable {
    LuaTable(fields: [
      ("median", .number(median)), ("p95", .number(percentile95)), ("p99", .number(percentile99)),
      ("mean", .number(mean)), ("fastest", .number(fastest)), ("slowest", .number(slowest)),
      ("runs", .integer(runs)),
    ])
  }
}
