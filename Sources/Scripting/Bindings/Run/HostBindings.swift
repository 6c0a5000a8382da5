import Dispatch
import LuaHost
import Support
import Tensors

/// The small things of `nj`: time, memory, seeds, progress, environment variables.
enum HostBindings {
  /// `nj.progress`, which recipes get as `context.progress` too.
  static let progress = LuaFunction(
    "progress", "Shows the progress of long work: `for i in nj.progress(10, \"epochs\") do`",
    [.integer("total", min: 0, max: 1 << 40), .string("label", default: "")], returns: "progress"
  ) { call in
    let label = try call.string(2).printable(limit: 60).replacing("\n", with: " ")
    try call.state.chargeOutput(label.utf8.count + 100)  // the line that ends it
    return try call.push(
      ProgressHandle(label.isEmpty ? "progress" : label, total: call.integer(1), on: call.context.console))
  }

  static let functions: [LuaFunction] = [
    LuaFunction("time", "Seconds of a monotonic clock, for differences", returns: "number") {
      call in
      call.push(Double(DispatchTime.now().uptimeNanoseconds) / 1e9)
    },
    LuaFunction(
      "memory", "Memory in bytes: live, idle, peak and budget of tensors, and lua for Lua's own",
      returns: "table"
    ) { call in
      try call.require(.measuring)
      let pool = try call.context.device.pool
      let usage = pool.usage
      return try call.push([
        "live": usage.live, "idle": usage.idle, "peak": usage.peak, "budget": pool.budget,
        "lua": call.state.luaBytes,
      ])
    },
    LuaFunction(
      "seed", "Restarts the random numbers of tensors and new layers from a seed", [.integer("seed", min: 0)]
    ) { call in
      try call.context.reseed(UInt64(call.integer(1)))
      return .nothing
    },
    LuaFunction(
      "random", "An independent stream of random numbers", [.integer("seed", min: 0)], returns: "random"
    ) { call in
      try call.push(RandomSource(RandomStream(seed: UInt64(call.integer(1)), purpose: "random")))
    },
    progress,
    LuaFunction(
      "env", "An environment variable that was granted by --allow env=NAME; nil if it is not set",
      [.string("name")],
      returns: "string"
    ) { call in
      let context = try call.context
      let name = try call.string(1)
      let own = context.grantee.flatMap { context.grants[$0] }
      let capabilities = own?.grants(Capability(variable: name)) == true ? own : nil
      let value = try (capabilities ?? context.capabilities).variable(name)
      context.cache.note(StageRead(.variable, name))
      return try call.push(value.luaValue)
    },
  ]
}

/// What `nj.progress(total, label)` returns.
final class ProgressHandle: LuaHosted {
  static let luaClassName = "progress"
  private let progress: Progress
  private let total: Int
  private var steps = 0

  init(_ label: String, total: Int, on console: Console) {
    self.total = total
    progress = Progress(label, total: total, unit: "", on: console)
  }

  func advance(by steps: Int, remark: String) { progress.advance(by: steps, remark: remark) }
  func finish() { progress.finish() }

  /// The next step for a `for` loop; the one before counts as done. Nil after the last.
  func step() -> Int? {
    if steps > 0 { progress.advance() }
    steps += 1
    if steps <= total { return steps }
    progress.finish()
    return nil
  }
}

extension LuaClass {
  static let progress = LuaClass(
    ProgressHandle.self, "Shows the progress of long work in one line",
    methods: [
      LuaFunction(
        "advance", "Counts steps as done, with a remark to display after them",
        [.integer("steps", default: 1, min: 0, max: 1 << 40), .string("remark", default: "")]
      ) { call in
        try call.object(0, ProgressHandle.self).advance(
          by: call.integer(1), remark: call.string(2).printable(limit: 120))
        return .nothing
      },
      LuaFunction("finish", "Ends the line, with the time it took") { call in
        try call.object(0, ProgressHandle.self).finish()
        return .nothing
      },
    ],
    operators: [
      LuaFunction(
        "__call", "For loops: `for i in nj.progress(10, \"epochs\") do`", [.rest("state")], returns: "integer"
      ) {
        call in
        try call.push(call.object(0, ProgressHandle.self).step().luaValue)
      },
      LuaFunction("__close", "Ends the line") { call in
        try call.object(0, ProgressHandle.self).finish()
        return .nothing
      },
    ])
}
