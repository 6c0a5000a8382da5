import CLua
import LuaBridge
import Tensors

/// Calls from Swift into Lua, all of them protected.
extension LuaState {
  /// Calls a function; its results are copied.
  ///
  /// - Throws: ``ScriptFailure`` with the script's position and traceback. Its `cause` is the error a host
  ///   function threw on the way, if Lua did not catch it.
  @discardableResult
  public func call(_ function: LuaReference, _ arguments: [any LuaPushable] = []) throws -> [LuaValue] {
    try call(function, arguments) { stack, first, count in
      try (0..<count).map { try stack.value(first + Int32($0)) }
    }
  }

  /// Calls a function and keeps references to its results, whatever they are.
  public func callForReferences(
    _ function: LuaReference, _ arguments: [any LuaPushable] = []
  ) throws -> [LuaReference] {
    try call(function, arguments) { stack, first, count in
      (0..<count).map { stack.reference(first + Int32($0)) }
    }
  }

  /// Calls a function, then lets `read` take what it needs from the stack.
  func call<R>(
    _ function: LuaReference, _ arguments: [any LuaPushable],
    read: (_ stack: LuaStack, _ first: Int32, _ count: Int) throws -> R
  ) throws -> R {
    flushReleases()
    let stack = stack
    try stack.reserve(arguments.count + 4)
    let base = stack.top
    defer { stack.top = base }
    try stack.push(function)
    for argument in arguments { try stack.push(argument.luaValue) }
    do {
      try run(stack, arguments: arguments.count, results: LUA_MULTRET)
    } catch let failure as ScriptFailure {
      // A last call takes its caller's place: `return ("x"):rep(1e9)` leaves no frame that says where.
      guard failure.cause is LimitFailure, failure.traceback.isEmpty else { throw failure }
      throw failure.prefixed(try reading(function) { $0.definition($1) })
    }
    return try read(stack, base + 1, Int(stack.top - base))
  }

  /// Runs the function below its arguments on the stack.
  func run(_ stack: LuaStack, arguments: Int, results: Int32) throws {
    guard depth == 0 else { return try runNested(stack, arguments, results) }
    try underLimits { try runNested(stack, arguments, results) }
  }

  /// How deep the host and a script may call each other: before Lua's own limit of 200 calls through C, where the
  /// frames of nj.train, the largest, would fill a megabyte of stack.
  private static let deepest = 150

  private func runNested(_ stack: LuaStack, _ arguments: Int, _ results: Int32) throws {
    guard depth < Self.deepest else {
      throw ScriptFailure(
        "stack overflow: the script and the host call each other more than \(Self.deepest) levels deep. "
          + "Mend: an end to the recursion")
    }
    depth += 1
    defer { depth -= 1 }
    let status = nj_pcall(stack.thread, Int32(arguments), results)
    current = stack.thread
    if status != LUA_OK { throw failure(status, on: stack) }
  }

  /// Compiles Lua text into a function whose globals are `environment`.
  ///
  /// - Parameter path: what errors call it, as in `path:3: …`.
  /// - Throws: ``ScriptFailure`` with `file:line` for a syntax error or compiled code.
  public func load(_ text: String, path: String, environment: LuaReference) throws -> LuaReference {
    flushReleases()
    let stack = stack
    try stack.reserve(4)
    let base = stack.top
    defer { stack.top = base }
    let source = text.hasPrefix("#") ? "--" + text : text  // the first line may be for the shell
    frames = []
    let status = nj_load_text(stack.thread, source, source.utf8.count, "@" + path)
    guard status == LUA_OK else {
      let shown = failure(status, on: stack)
      let short = shortSource(of: path)
      guard shown.message.hasPrefix(short + ":") else { throw shown }
      throw ScriptFailure(path + shown.message.dropFirst(short.count))
    }
    try stack.push(environment)
    if lua_setupvalue(stack.thread, -2, 1) == nil { stack.pop() }  // text that uses no global has no _ENV
    return stack.takeReference()
  }

  /// The failure for the error value on top.
  private func failure(_ status: Int32, on stack: LuaStack) -> ScriptFailure {
    defer { frames = [] }
    if status == LUA_ERRMEM, stopped == nil {
      // The stop that follows, at the next instruction around, is this very failure.
      stopped = ScriptFailure(cause: limits.failure(.luaMemory), frames: frames)
    }
    if let stopped { return stopped }
    if status == LUA_ERRERR {
      return ScriptFailure("an error while handling an error: the script calls itself too deeply")
    }
    let kind = stack.kind(-1)
    if kind == .string || kind == .number || stack.hasMetafield("__tostring", -1) {
      nj_text_of(stack.thread)
      if host.pointee.wanted == Int32(NJ_LUA_MEMORY.rawValue) {
        return ScriptFailure(cause: limits.failure(.luaMemory), frames: frames)
      }
      let text = stack.string(-1) ?? ""
      if let thrown, text.hasSuffix(thrown.text) {
        if thrown.failure.traceback.isEmpty { return thrown.failure.with(frames) }
        return thrown.failure
      }
      return ScriptFailure(lengthen(text), cause: nil, isPlaced: true).with(frames)
    }
    let place = frames.first.map { "\($0.source):\($0.line): " } ?? ""
    let what = kind == .nil ? "nil" : "a \(stack.typeName(-1)) without __tostring"
    return ScriptFailure("\(place)error with \(what) as its message", cause: nil, isPlaced: true).with(frames)
  }

  /// Lua cuts long paths in its messages; the frames know them whole.
  private func lengthen(_ text: String) -> String {
    for frame in frames where text.hasPrefix(frame.shortSource + ":") {
      return frame.source + text.dropFirst(frame.shortSource.count)
    }
    return text
  }

  /// A path as Lua's own messages show it.
  private func shortSource(of path: String) -> String {
    path.utf8.count < Int(LUA_IDSIZE)
      ? path : "..." + String(decoding: path.utf8.suffix(Int(LUA_IDSIZE) - 4), as: UTF8.self)
  }

  /// Keeps the frames of the error that is being raised.
  func noteFrames(_ thread: OpaquePointer) {
    frames = LuaStack(thread: thread, state: self).frames()
  }
}

extension ScriptFailure {
  /// The same failure with these frames as its traceback; a very deep one loses its middle.
  func with(_ frames: [LuaFrame]) -> ScriptFailure {
    var copy = self
    let lines = frames.map { $0.description.printable(limit: 300) }
    let left = lines.count - 16
    copy.traceback = left <= 1 ? lines : lines.prefix(10) + ["… \(left) more calls …"] + lines.suffix(6)
    return copy
  }

  init(cause: any Failure, frames: [LuaFrame]) {
    let place = frames.first.map { "\($0.source):\($0.line): " } ?? ""
    self = ScriptFailure(place + cause.description, cause: cause, isPlaced: true).with(frames)
  }
}
