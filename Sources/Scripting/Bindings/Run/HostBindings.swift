import Dispatch
import LuaHost
import Tensors

/// The small things of `nj`: time, memory, seeds, progress, environment variables.
enum HostBindings {
  /// `nj.progress`, which recipes get as `context.progress` too.
  static let progress = LuaFunction(
    "progress", "A line that shows how far long work is: `for i in nj.progress(10, \"epochs\") do`",
    [.integer("total", min: 0, max: 1 << 40), .string("label", default: "")], returns: "progress"
  ) { call in
    let label = try call.string(2).replacing("\n", with: " ").printable(limit: 60)
    return try call.push(
      ProgressHandle(label.isEmpty ? "progress" : label, total: call.integer(1), on: call.context.console))
  }

  static let functions: [LuaFunction] = [
    LuaFunction("time", "Seconds on a clock that only runs forward; for differences", returns: "number") {
      call in
      call.push(Double(DispatchTime.now().uptimeNanoseconds) / 1e9)
    },
    LuaFunction(
      "memory", "Bytes in use: live, idle, peak and budget of tensors, and lua's own", returns: "table"
    ) { call in
      let pool = try call.context.device.pool
      let usage = pool.usage
      return try call.push([
        "live": usage.live, "idle": usage.idle, "peak": usage.peak, "budget": pool.budget,
        "lua": call.state.luaBytes,
      ])
    },
    LuaFunction(
      "seed", "Starts the random tensors and new layers again from a seed", [.integer("seed", min: 0)]
    ) { call in
      try call.context.reseed(UInt64(call.integer(1)))
      return .nothing
    },
    LuaFunction(
      "random", "Random numbers apart from all others", [.integer("seed", min: 0)], returns: "random"
    ) { call in
      try call.push(RandomSource(RandomStream(seed: UInt64(call.integer(1)), purpose: "random")))
    },
    progress,
    LuaFunction(
      "env", "An environment variable that was granted by --allow env=NAME; nil when it is not set",
      [.string("name")],
      returns: "string"
    ) { call in
      try call.push(call.context.capabilities.variable(call.string(1)).luaValue)
    },
  ]
}
