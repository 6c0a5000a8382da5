import CLua
import LuaBridge
import Support

/// Enforcement of the limits: they hold for the outermost call into Lua, and narrower ones inside it.
extension LuaState {
  /// Nanoseconds that a script may run on after its deadline where no check reaches it, before the process is ended.
  private static let grace: Int64 = 5_000_000_000

  /// Stored results of stages are large and are reused: this many bytes of them count as one of output.
  private static let cachedBytes = 16

  /// Runs `body`, the outermost call into Lua, under the limits.
  func underLimits<Result>(_ body: () throws -> Result) throws -> Result {
    // Called on this state's thread alone.
    nonisolated(unsafe) let state = self
    let charge: @Sendable (Int) throws -> Void = { try state.chargeOutput($0 / Self.cachedBytes) }
    return try StageCache.charging(charge) { try underOwnLimits(body) }
  }

  private func underOwnLimits<Result>(_ body: () throws -> Result) throws -> Result {
    printed = 0
    refusals = 0
    stopped = nil
    host.pointee.lua_limit = limits.integer(.luaMemory) ?? 0
    host.pointee.instruction_limit = UInt64(limits.integer(.instructions) ?? 0)
    host.pointee.grace = endsProcess ? Self.grace : 0
    host.pointee.resident_limit = residentLimit
    let outer = host.pointee.deadline
    host.pointee.deadline = Self.earlier(outer, limits[.time])
    setFinalMessage()
    nj_enter(current)
    defer {
      nj_leave(main)
      host.pointee.deadline = outer
      let isFull = host.pointee.wanted == Int32(NJ_LUA_MEMORY.rawValue) || refusals > 0
      nj_clear_interrupt(main)
      // What fills the memory budget would be there for the next script.
      if isFull { collectGarbage() }
      thrown = nil
      stopped = nil
      frames = []
    }
    guard limits[.time] != nil || limits[.call] != nil else { return try body() }
    // Long operations in Swift, which no hook interrupts, check the deadline as well.
    // It changes only between calls from Lua, so worker threads of an operation may read it.
    nonisolated(unsafe) let host = host
    return try Interruption.withExpiry(
      { [limits] in
        let deadline = host.pointee.deadline
        let now = nj_now()
        guard deadline != 0, now >= deadline else { return nil }
        let call = host.pointee.call_deadline
        return limits.error(call != 0 && now >= call ? .call : .time)
      }, body)
  }

  /// The private memory that the process may hold: now, all that the limits count, and a good part of what they do not,
  /// such as buffers of libraries. Nil for a library, whose host has memory of its own.
  private var residentLimit: Int {
    guard endsProcess, let luaMemory = limits.integer(.luaMemory), let pool else { return 0 }
    let counted = max(pool.budget - pool.liveBytes, 0) + luaMemory
    return Int(nj_resident_bytes()) + counted + counted / 4 + Self.uncounted
  }

  /// Bytes that no limit counts and that an honest run may hold.
  private static let uncounted = 256 << 20

  /// Runs one call of a plugin under ``Limit/call``. Exceeding it ends the call, not the calls around it.
  ///
  /// - Parameter isRenewable: whether ``renewCallLimit()`` starts it again, for code that trains for hours.
  /// - Throws: what `body` throws; ``ScriptError`` caused by a ``LimitError``.
  package func underCallLimit<Result>(isRenewable: Bool = false, _ body: () throws -> Result) throws -> Result
  {
    let outer = host.pointee.deadline
    let own = Self.earlier(outer, limits[.call])
    guard own != outer else { return try body() }
    let outerCall = callDeadline
    let outerRenewal = renewal
    host.pointee.deadline = own
    callDeadline = own
    renewal = isRenewable ? outer : nil
    defer {
      renewal = outerRenewal
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

  /// Whether the running call is limited already, or calls are not limited.
  package var isWithinCallLimit: Bool { callDeadline != 0 || limits[.call] == nil }

  /// Starts the limit of the running call again if it is renewable: a step of training is a sign of progress.
  package func renewCallLimit() {
    guard let renewal, host.pointee.wanted == Int32(NJ_NONE.rawValue) else { return }
    callDeadline = Self.earlier(renewal, limits[.call])
    host.pointee.deadline = callDeadline
  }

  /// Instructions executed since the outermost call began; 0 unless they are limited.
  public var instructions: Int { Int(nj_instructions(current)) }

  /// The earlier of a deadline (0: none) and one this many seconds from now.
  private static func earlier(_ deadline: Int64, _ seconds: Double?) -> Int64 {
    guard let seconds else { return deadline }
    let own = nj_now() + Int64(seconds * 1e9)
    return deadline == 0 ? own : min(deadline, own)
  }

  /// Prepares the message for the case that only ending the process ends the script.
  private func setFinalMessage() {
    let message = Array("\(limits.error(limits[.time] == nil ? .call : .time))\n".utf8)
    withUnsafeMutableBytes(of: &host.pointee.final_message) { bytes in
      bytes.copyBytes(from: message.prefix(bytes.count - 1))
      bytes[min(message.count, bytes.count - 1)] = 0
    }
  }

  /// Pushes the error that ends the script: the same one each time, with the location where it was first raised.
  func pushStop(_ thread: OpaquePointer, _ reason: nj_reason) {
    let stack = LuaStack(thread: thread, state: self)
    if let stopped {
      thrown = (stopped.line, stopped)
      _ = lua_checkstack(thread, 4)
      return stack.pushString(stopped.line)
    }
    // The frames were recorded when the allocation failed.
    let frames = reason == NJ_LUA_MEMORY && !frames.isEmpty ? frames : stack.frames()
    let error = ScriptError(cause: stopError(reason), at: frames.first.map { [$0.location] } ?? []).with(
      frames)
    stopped = error
    thrown = (error.line, error)
    _ = lua_checkstack(thread, 4)
    stack.pushString(error.line)
  }

  private func stopError(_ reason: nj_reason) -> any NightjarError {
    switch reason {
    case NJ_TIME: limits.error(callDeadline != 0 && nj_now() >= callDeadline ? .call : .time)
    case NJ_INSTRUCTIONS: limits.error(.instructions)
    case NJ_LUA_MEMORY: limits.error(.luaMemory)
    case NJ_NATIVE_MEMORY: limits.error(.memory)
    case NJ_OUTPUT: limits.error(.output)
    case NJ_RESIDENT: ResidentMemoryError(limit: Int(host.pointee.resident_limit))
    default: InterruptionError(during: "the script")
    }
  }

  /// Counts bytes that a script prints or writes.
  ///
  /// - Throws: ``LimitError``, before the output that would cross the limit.
  public func chargeOutput(_ bytes: Int) throws {
    printed += bytes
    guard let limit = limits.integer(.output), printed > limit else { return }
    nj_want_stop(current, NJ_OUTPUT)
    throw limits.error(.output)
  }

  /// Prints text of the script, within the limit of output.
  ///
  /// - Throws: ``LimitError``.
  public func write(_ text: String) throws {
    try chargeOutput(text.utf8.count)
    print(text)
  }

  /// Prints bytes of the script, made printable, in parts between which it looks at the clock.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard bytes.count > LuaStack.maxPart else {
      return try write(String(decoding: bytes, as: UTF8.self).printable(limit: .max))
    }
    for part in LuaStack.parts(of: bytes) {
      if host.pointee.wanted != Int32(NJ_NONE.rawValue) || isInterrupted() { return }
      try write(String(decoding: part, as: UTF8.self).printable(limit: .max))
    }
  }

  /// Counts refusals of native memory: a script may catch a few, to retry with less. The end of its time, which an
  /// operation may notice before the timer does, it cannot catch.
  func noteRefusal(_ error: any Error) {
    if let limit = (error as? LimitError)?.limit, limit == .time || limit == .call {
      nj_want_stop(current, NJ_TIME)
    }
    guard (error as? any NightjarError)?.isMemoryRefusal == true else { return }
    refusals += 1
    if refusals >= limits.integer(.memory) ?? .max { nj_want_stop(current, NJ_NATIVE_MEMORY) }
  }
}
