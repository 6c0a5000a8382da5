import Tensors

/// A limit that ended a script, wherever the script may have caught the error.
public struct LimitFailure: Failure, Equatable {
  public let limit: Limit
  /// How much was allowed, in words.
  public let allowed: String
  /// Twice as much, as `--limit` takes it.
  let twice: String

  public var exitCode: ExitCode { .limit }

  public var description: String {
    switch limit {
    case .time: "time: the script ran longer than its \(allowed). \(mend)"
    case .call: "call: one call of the plugin ran longer than its \(allowed). \(mend)"
    case .instructions: "instructions: the script took more than its \(allowed) instructions. \(mend)"
    case .luaMemory:
      "lua-memory: the script needs more than its \(allowed) of Lua memory. "
        + "Mend: keep big data in tensors, or raise the limit with --limit \(limit.rawValue)=\(twice)"
    case .output: "output: the script printed and wrote more than its \(allowed). \(mend)"
    case .memory:
      "memory: the script asked for native memory that was refused \(allowed) times. "
        + "Mend: use smaller batches, or raise the budget with --memory SIZE"
    }
  }

  private var mend: String {
    "Mend: look for a loop without end, or raise the limit with --limit \(limit.rawValue)=\(twice)"
  }

  /// Whether the limit was that of one plugin's call: the run can go on without the plugin.
  public var isOfCall: Bool { limit == .call }

  public var isRecoverable: Bool { isOfCall }
}

extension Limits {
  func failure(_ limit: Limit) -> LimitFailure {
    switch limit {
    case .time, .call:
      let seconds = (limit == .time ? seconds : callSeconds) ?? 0
      return LimitFailure(limit: limit, allowed: "\(seconds.short) s", twice: "\((2 * seconds).short)s")
    case .instructions:
      let count = instructions ?? 0
      return LimitFailure(limit: limit, allowed: "\(count)", twice: (2 * Double(count)).short)
    case .luaMemory, .output:
      let bytes = (limit == .output ? output : luaMemory) ?? 0
      // In whole MiB, as people write it.
      return LimitFailure(limit: limit, allowed: "\(ByteCount(bytes))", twice: "\(max(1, bytes >> 19))MiB")
    case .memory: return LimitFailure(limit: limit, allowed: "\(LuaState.mostRefusals)", twice: "")
    }
  }
}

extension Double {
  /// Without `.0` where it is whole.
  fileprivate var short: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}
