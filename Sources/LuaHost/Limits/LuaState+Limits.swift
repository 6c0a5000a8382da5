import CLua
import LuaBridge
import Support

/// Limits in force: begun and ended with the outermost call, and narrower ones inside it.
extension LuaState {
  /// Refusals of native memory that a script may catch before it is ended.
  static let maxRefusals = 16
  /// How long after its deadline a script may go on where no look reaches it, before the process ends.
  private static let grace: Int64 = 5_000_000_000

  /// Runs `body`, the outermost call into Lua, under the limits.
  func underLimits<Result>(_ body: () throws -> Result) throws -> Result {
    printed = 0
    refusals = 0
    stopped = nil
    host.pointee.lua_limit = limits.luaMemory ?? 0
    host.pointee.instruction_limit = UInt64(limits.instructions ?? 0)
    host.pointee.grace = endsProcess ? Self.grace : 0
    let outer = host.pointee.deadline
    host.pointee.deadline = Self.earlier(outer, limits.seconds)
    setLastWords()
    nj_enter(current)
    defer {
      nj_leave(main)
      host.pointee.deadline = outer
      let isFull = host.pointee.wanted == Int32(NJ_LUA_MEMORY.rawValue)
      nj_clear_interrupt(main)
      // The collections that Lua makes in need leave what has a finalizer, as host objects have.
      if isFull { collectGarbage() }
      thrown = nil
      stopped = nil
      frames = []
    }
    guard limits.seconds != nil || limits.callSeconds != nil else { return try body() }
    // Long work in Swift looks at the deadline as well, where no hook comes by.
    // It is only set between calls from Lua, so threads that help with one may read it.
    nonisolated(unsafe) let host = host
    return try Interruption.withExpiry(
      { [limits] in
        let deadline = host.pointee.deadline
        return deadline != 0 && nj_now() >= deadline ? limits.failure(.time) : nil
      }, body)
  }

  /// Runs one call of a plugin under the limit of calls. Its failure ends the call, and not what is around it.
  package func underCallLimit<Result>(_ body: () throws -> Result) throws -> Result {
    let outer = host.pointee.deadline
    let mine = Self.earlier(outer, limits.callSeconds)
    guard mine != outer else { return try body() }
    let outerCall = callDeadline
    host.pointee.deadline = mine
    callDeadline = mine
    defer {
      host.pointee.deadline = outer
      callDeadline = outerCall
      let isOver = outer != 0 && nj_now() >= outer
      if host.pointee.wanted == Int32(NJ_TIME.rawValue), !isOver {
        nj_clear_interrupt(current)
        stopped = nil
      }
    }
    return try body()
  }

  /// Instructions that the script has taken since the outermost call began, if they are limited.
  public var instructions: Int { Int(nj_instructions(current)) }

  /// The earlier of a deadline (0: none) and one that is so many seconds from now.
  private static func earlier(_ deadline: Int64, _ seconds: Double?) -> Int64 {
    guard let seconds else { return deadline }
    let mine = nj_now() + Int64(seconds * 1e9)
    return deadline == 0 ? mine : min(deadline, mine)
  }

  /// What the process says if it has to end because nothing else ends the script.
  private func setLastWords() {
    let words = Array("\(limits.failure(limits.seconds == nil ? .call : .time))\n".utf8)
    withUnsafeMutableBytes(of: &host.pointee.last_words) { bytes in
      bytes.copyBytes(from: words.prefix(bytes.count - 1))
      bytes[min(words.count, bytes.count - 1)] = 0
    }
  }

  /// Pushes the error that a script is stopped with: the same one each time, from where it was first seen.
  func pushStop(_ thread: OpaquePointer, _ reason: nj_reason) {
    let stack = LuaStack(thread: thread, state: self)
    if let stopped {
      thrown = (stopped.line, stopped)
      _ = lua_checkstack(thread, 4)
      return stack.pushString(stopped.line)
    }
    // The frames at the allocation that failed were noted then.
    let frames = reason == NJ_LUA_MEMORY && !frames.isEmpty ? frames : stack.frames()
    let failure = ScriptError(cause: stopError(reason), at: frames.first.map { [$0.location] } ?? []).with(
      frames)
    stopped = failure
    thrown = (failure.line, failure)
    _ = lua_checkstack(thread, 4)
    stack.pushString(failure.line)
  }

  private func stopError(_ reason: nj_reason) -> any NightjarError {
    switch reason {
    case NJ_TIME: limits.failure(callDeadline != 0 && nj_now() >= callDeadline ? .call : .time)
    case NJ_INSTRUCTIONS: limits.failure(.instructions)
    case NJ_LUA_MEMORY: limits.failure(.luaMemory)
    case NJ_NATIVE_MEMORY: limits.failure(.memory)
    case NJ_OUTPUT: limits.failure(.output)
    default: InterruptionError(during: "the script")
    }
  }

  /// Counts what a script prints or writes; the script ends where that is too much.
  ///
  /// - Throws: ``LimitError``, before the output that would cross the limit.
  public func chargeOutput(_ bytes: Int) throws {
    printed += bytes
    guard let most = limits.output, printed > most else { return }
    nj_want_stop(current, NJ_OUTPUT)
    throw limits.failure(.output)
  }

  /// Prints a text of the script, within the limit of output.
  public func write(_ text: String) throws {
    try chargeOutput(text.utf8.count)
    print(text)
  }

  /// Counts refusals of native memory: a script may catch some, to try with less.
  func noteRefusal(_ error: any Error) {
    guard (error as? any NightjarError)?.isMemoryRefusal == true else { return }
    refusals += 1
    if refusals >= Self.maxRefusals { nj_want_stop(current, NJ_NATIVE_MEMORY) }
  }
}
