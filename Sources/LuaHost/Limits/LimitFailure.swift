import Support

/// A limit that ended a script, wherever the script may have caught the error.
public struct LimitError: NightjarError, Equatable {
  public let limit: Limit
  /// How much was allowed, in words.
  public let allowed: String
  /// Twice as much, as `--limit` takes it.
  let twice: String

  public var exitCode: ExitCode { .limit }

  public var message: ErrorMessage {
    switch limit {
    case .time: ErrorMessage("time: the script ran longer than its \(allowed)", hint: hint)
    case .call: ErrorMessage("call: one call of the plugin ran longer than its \(allowed)", hint: hint)
    case .instructions:
      ErrorMessage("instructions: the script took more than its \(allowed) instructions", hint: hint)
    case .luaMemory:
      ErrorMessage(
        "lua-memory: the script needs more than its \(allowed) of Lua memory",
        hint: "keep big data in tensors, or raise the limit with --limit \(limit.rawValue)=\(twice)")
    case .output: ErrorMessage("output: the script printed and wrote more than its \(allowed)", hint: hint)
    case .memory:
      ErrorMessage(
        "memory: the script asked for native memory that was refused \(allowed) times",
        hint: "use smaller batches, or raise the budget with --memory SIZE")
    }
  }

  private var hint: String {
    "look for a loop without end, or raise the limit with --limit \(limit.rawValue)=\(twice)"
  }

  /// Whether the limit was that of one plugin's call: the run can go on without the plugin.
  public var isOfCall: Bool { limit == .call }

  public var isRecoverable: Bool { isOfCall }
}

extension Limits {
  package func failure(_ limit: Limit) -> LimitError {
    switch limit {
    case .time, .call:
      let seconds = (limit == .time ? seconds : callSeconds) ?? 0
      return LimitError(limit: limit, allowed: "\(seconds.short) s", twice: "\((2 * seconds).short)s")
    case .instructions:
      let count = instructions ?? 0
      return LimitError(limit: limit, allowed: "\(count)", twice: (2 * Double(count)).short)
    case .luaMemory, .output:
      let bytes = (limit == .output ? output : luaMemory) ?? 0
      // In whole MiB, as people write it.
      return LimitError(limit: limit, allowed: "\(ByteCount(bytes))", twice: "\(max(1, bytes >> 19))MiB")
    case .memory: return LimitError(limit: limit, allowed: "\(LuaState.maxRefusals)", twice: "")
    }
  }
}

extension Double {
  /// Without `.0` where it is whole.
  fileprivate var short: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}
