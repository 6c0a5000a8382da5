import Tensors

/// A limit that ended a script, wherever the script may have caught the error.
public struct LimitFailure: Failure, Equatable {
  public let limit: Limit
  /// How much was allowed, in words.
  public let allowed: String

  public var exitCode: ExitCode { .limit }

  public var description: String {
    switch limit {
    case .time: "time: the script ran longer than its \(allowed). \(mend)"
    case .call: "call: one call of the plugin ran longer than its \(allowed). \(mend)"
    case .instructions: "instructions: the script took more than its \(allowed) instructions. \(mend)"
    case .luaMemory:
      "lua-memory: the script needs more than its \(allowed) of Lua memory. "
        + "Mend: keep big data in tensors, or raise the limit with --limit \(limit.example)"
    case .output: "output: the script printed and wrote more than its \(allowed). \(mend)"
    case .memory:
      "memory: the script asked for native memory that was refused \(allowed) times. "
        + "Mend: use smaller batches, or raise the budget with \(limit.example)"
    }
  }

  private var mend: String {
    "Mend: look for a loop without end, or raise the limit with --limit \(limit.example)"
  }

  /// Whether the limit was that of one plugin's call: the run can go on without the plugin.
  public var isOfCall: Bool { limit == .call }

  public var isRecoverable: Bool { isOfCall }
}

extension Limits {
  func failure(_ limit: Limit) -> LimitFailure {
    let allowed =
      switch limit {
      case .time: Self.text(seconds: seconds ?? 0)
      case .call: Self.text(seconds: callSeconds ?? 0)
      case .instructions: "\(instructions ?? 0)"
      case .luaMemory: "\(ByteCount(luaMemory ?? 0))"
      case .output: "\(ByteCount(output ?? 0))"
      case .memory: "\(LuaState.mostRefusals)"
      }
    return LimitFailure(limit: limit, allowed: allowed)
  }

  private static func text(seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
