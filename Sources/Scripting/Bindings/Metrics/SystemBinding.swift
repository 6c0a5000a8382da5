import LuaHost
import Metrics
import Tensors

extension LuaFunction {
  /// `nj.system{ model =, inputs = }`: NeuroBench's system track on this machine.
  static let system = LuaFunction(
    "system",
    "Measures a model on this machine: latency of one sample at a time, throughput against batch size, peak memory, "
      + "start-up, and the processor's energy where its counters are readable",
    [
      .options(
        "options",
        [
          .module("model"), .object("inputs", "tensor", help: "samples to run: (batch, …)"),
          .integers("sizes", default: [1, 4, 16, 64], min: 1, max: 1 << 20, help: "batch sizes"),
          .integer(
            "runs", default: 50, min: 1, max: 1_000_000, help: "of each measurement, after a warm-up of 3"),
          .number("seconds", default: 5, min: 0.001, max: 3600, help: "the longest time of each measurement"),
        ])
    ], returns: "table"
  ) { call in
    try call.require(.measuring)
    let options = try call.options(1)
    let track = try SystemTrack(
      options.object("model", ModuleHandle.self).module, inputs: options.object("inputs", Tensor.self),
      batchSizes: options.integers("sizes"),
      stopwatch: Stopwatch(
        runs: options.integer("runs"), budget: .seconds(options.number("seconds"))),
      energySeconds: options.number("seconds"))
    return try call.push(track.run().table(startUp: call.context.startUp))
  }
}

extension SystemReport {
  fileprivate func table(startUp: Double?) -> LuaTable {
    var fields: [(String, LuaValue)] = [
      ("latency", .table(latency.table)),
      ("throughput", .table(LuaTable(list: throughput.map { .table($0.table) }))),
      ("peak_memory", .integer(peakMemory)),
    ]
    if let startUp { fields.append(("start_up", .number(startUp))) }
    switch energy {
    case .joulesPerSample(let joules): fields.append(("joules_per_sample", .number(joules)))
    case .notReadable(let error): fields.append(("energy_not_readable", .string(error.description)))
    }
    if let operationEnergy {
      let estimate = LuaTable(fields: [
        ("joules_per_sample", .number(operationEnergy)),
        ("source", .string(SystemTrack.operationEnergy.source)),
      ])
      fields.append(("operation_energy_estimate", .table(estimate)))
    }
    return LuaTable(fields: fields)
  }
}

extension Throughput {
  fileprivate var table: LuaTable {
    LuaTable(
      fields: [
        ("batch", .integer(batch)), ("per_second", perSecond.map { .number($0) } ?? .nil),
        ("median", .number(latency.median)),
      ].filter { !$0.1.isNil })
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
