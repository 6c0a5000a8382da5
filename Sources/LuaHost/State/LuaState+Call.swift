import CLua
import LuaBridge
import Support

/// Calls from Swift into Lua, all of them protected.
extension LuaState {
  /// Calls a function; its results are copied.
  ///
  /// - Throws: ``ScriptError`` with the script's position and traceback. Its `cause` is the error a host
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
    } catch let failure as ScriptError {
      // A last call takes its caller's place: `return ("x"):rep(1e9)` leaves no frame that says where.
      guard failure.cause is LimitError, failure.traceback.isEmpty else { throw failure }
      throw failure.located(in: try reading(function) { $0.definition($1) })
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
  private static let maxDepth = 150

  private func runNested(_ stack: LuaStack, _ arguments: Int, _ results: Int32) throws {
    guard depth < Self.maxDepth else {
      throw ScriptError(
        "stack overflow: the script and the host call each other more than \(Self.maxDepth) levels deep",
        hint: "an end to the recursion")
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
  /// - Throws: ``ScriptError`` with `file:line` for a syntax error or compiled code.
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
      throw failure(status, on: stack, loading: path)
    }
    try stack.push(environment)
    if lua_setupvalue(stack.thread, -2, 1) == nil { stack.pop() }  // text that uses no global has no _ENV
    return stack.takeReference()
  }

  /// The error for the value on top.
  ///
  /// - Parameter path: the file that could not be compiled, for a syntax error.
  private func failure(_ status: Int32, on stack: LuaStack, loading path: String? = nil) -> ScriptError {
    defer { frames = [] }
    if status == LUA_ERRMEM, stopped == nil {
      // The stop that follows, at the next instruction around, is this very failure.
      stopped = ScriptError(cause: limits.failure(.luaMemory), at: place).with(frames)
    }
    if let stopped { return stopped }
    if status == LUA_ERRERR {
      return ScriptError("an error while handling an error: the script calls itself too deeply")
    }
    let kind = stack.kind(-1)
    if kind == .string || kind == .number || stack.hasMetafield("__tostring", -1) {
      nj_text_of(stack.thread)
      if host.pointee.wanted == Int32(NJ_LUA_MEMORY.rawValue) {
        return ScriptError(cause: limits.failure(.luaMemory), at: place).with(frames)
      }
      let text = stack.string(-1) ?? ""
      // The very text that a host function's error was pushed as, perhaps with a script's words before it.
      if let thrown, text.hasSuffix(thrown.text) {
        return thrown.failure.traceback.isEmpty ? thrown.failure.with(frames) : thrown.failure
      }
      return placed(text, loading: path).with(frames)
    }
    let what = kind == .nil ? "nil" : "a \(stack.typeName(-1)) without __tostring"
    return ScriptError("error with \(what) as its message", at: place).with(frames)
  }

  /// The line of the innermost frame of the error that is being raised.
  private var place: [ErrorLocation] { frames.first.map { [$0.location] } ?? [] }

  /// A text that Lua put a position before, `file:line: `, with the file's path cut to 60 bytes; the frames know it
  /// whole.
  private func placed(_ text: String, loading path: String?) -> ScriptError {
    var files = frames.map { (short: $0.shortSource, path: $0.source) }
    if let path { files.insert((shortSource(of: path), path), at: 0) }
    for file in files where text.hasPrefix(file.short + ":") {
      let rest = text.dropFirst(file.short.count + 1)
      let digits = rest.prefix { $0.isNumber }
      guard let line = Int(digits), rest.dropFirst(digits.count).hasPrefix(": ") else { continue }
      let what = String(rest.dropFirst(digits.count + 2))
      return ScriptError(what, at: [.script(path: file.path, line: line)])
    }
    return ScriptError(text)
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
