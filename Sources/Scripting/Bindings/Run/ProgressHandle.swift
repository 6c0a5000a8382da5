import LuaHost
import Support

/// What `nj.progress(total, label)` gives.
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

  /// The next step for a `for` loop, the one before it being done; nil after the last.
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
    ProgressHandle.self, "One line that shows how far long work is",
    methods: [
      LuaFunction(
        "advance", "Counts steps that are done, with a remark to show behind them",
        [.integer("steps", default: 1, min: 0, max: 1 << 40), .string("remark", default: "")]
      ) { call in
        try call.object(0, ProgressHandle.self).advance(
          by: call.integer(1), remark: call.string(2).printable(limit: 120))
        return .nothing
      },
      LuaFunction("finish", "Ends the line with the time it took") { call in
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
