import CLua
import LuaBridge
import Support

/// Calls from Swift into Lua, all protected.
extension LuaState {
  /// Calls a function and copies its results.
  ///
  /// - Throws: ``ScriptError`` with location and traceback. Its `cause` is the error that a host function threw, if the
  ///   script did not catch it.
  @discardableResult
  public func call(_ function: LuaReference, _ arguments: [any LuaPushable] = []) throws -> [LuaValue] {
    try call(function, arguments) { stack, first, count in
      try (0..<count).map { try stack.value(first + Int32($0)) }
    }
  }

  /// Calls a function and returns references to its results, of whatever type.
  ///
  /// - Throws: ``ScriptError`` with location and traceback.
  public func callForReferences(
    _ function: LuaReference, _ arguments: [any LuaPushable] = []
  ) throws -> [LuaReference] {
    try call(function, arguments) { stack, first, count in
      (0..<count).map { stack.reference(first + Int32($0)) }
    }
  }

  /// Calls a function and reads its results from the stack.
  ///
  /// - Throws: ``ScriptError``; what `read` throws.
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
    } catch let error as ScriptError {
      // A tail call replaces its caller's frame: `return ("x"):rep(1e9)` leaves no frame with a line.
      guard error.cause is LimitError, error.traceback.isEmpty else { throw error }
      throw error.located(in: try reading(function) { $0.definition($1) })
    }
    if resultObserver != nil { traceReturn(on: stack, from: base + 1, of: function) }
    return try read(stack, base + 1, Int(stack.top - base))
  }

  /// Runs the function below its arguments on the stack.
  func run(_ stack: LuaStack, arguments: Int, results: Int32) throws {
    guard depth == 0 else { return try runNested(stack, arguments, results) }
    try underLimits { try runNested(stack, arguments, results) }
  }

  /// The maximum depth of calls between host and script. Lua's own limit of 200 calls through C would come too
  /// late: the largest frames, those of `nj.train`, would fill a megabyte of stack before.
  private static let maxDepth = 150
  /// Bytes of the C stack that must be left for a call: for what a host function and Lua's parser use below it, in a
  /// build with the frames of a sanitizer as well.
  private static let stackReserve = 192 << 10

  private func runNested(_ stack: LuaStack, _ arguments: Int, _ results: Int32) throws {
    guard depth == 0 || (depth < Self.maxDepth && nj_stack_left() > Self.stackReserve) else {
      let levels = depth < Self.maxDepth ? "\(depth)" : "more than \(Self.maxDepth)"
      throw ScriptError(
        "stack overflow: the script and the host call each other \(levels) levels deep",
        hint: "end the recursion earlier")
    }
    depth += 1
    defer { depth -= 1 }
    let status = profiling(stack, arguments) { nj_pcall(stack.thread, Int32(arguments), results) }
    current = stack.thread
    if status != LUA_OK { throw error(status, on: stack) }
  }

  /// Compiles Lua text into a function with the globals of `environment`; errors show `path`, as in `path:3: …`.
  ///
  /// - Throws: ``ScriptError`` with `file:line` for a syntax error, and for compiled code.
  public func load(_ text: String, path: String, environment: LuaReference) throws -> LuaReference {
    flushReleases()
    let stack = stack
    try stack.reserve(8)
    let base = stack.top
    defer { stack.top = base }
    let source = text.hasPrefix("#") ? "--" + text : text  // the first line may be a shebang
    frames = []
    let status = nj_load_text(stack.thread, source, source.utf8.count, "@" + path)
    guard status == LUA_OK else {
      throw error(status, on: stack, loading: (path, source))
    }
    try stack.push(environment)
    nj_note_chunk(stack.thread, "@" + path)
    if lua_setupvalue(stack.thread, -2, 1) == nil { stack.pop() }  // text without globals has no _ENV
    return stack.takeReference()
  }

  /// The error for the error value on top of the stack; `source` is the file that could not be compiled, if it is one.
  private func error(
    _ status: Int32, on stack: LuaStack, loading source: (path: String, text: String)? = nil
  ) -> ScriptError {
    defer { frames = [] }
    if status == LUA_ERRMEM, stopped == nil {
      // The stop that is raised at the next instruction has this same error.
      stopped = ScriptError(cause: limits.error(.luaMemory), at: location).with(frames)
    }
    if let stopped { return stopped }
    if status == LUA_ERRERR {
      return ScriptError("stack overflow in an error handler: the script's recursion is too deep")
    }
    let kind = stack.kind(-1)
    if kind == .string || kind == .number || stack.hasMetafield("__tostring", -1) {
      nj_text_of(stack.thread)
      if host.pointee.wanted == Int32(NJ_LUA_MEMORY.rawValue) {
        return ScriptError(cause: limits.error(.luaMemory), at: location).with(frames)
      }
      var text = stack.string(-1, atMost: Self.maxMessage) ?? ""
      let bytes = stack.byteCount(-1)
      if bytes > Self.maxMessage { text = text.printable(limit: Self.shownMessage, of: bytes) }
      // The text that a host function's error was pushed as, perhaps with a prefix that the script added.
      if let thrown, text.hasSuffix(thrown.text) {
        return thrown.error.traceback.isEmpty ? thrown.error.with(frames) : thrown.error
      }
      return located(text, loading: source).with(frames)
    }
    let what = kind == .nil ? "nil" : "a \(stack.typeName(-1)) without __tostring"
    return ScriptError("error with \(what) as its message", at: location).with(frames)
  }

  /// Bytes of an error message that are looked at.
  private static let maxMessage = 1 << 18
  /// Characters of a longer one that are kept: few enough that it is not cut again.
  private static let shownMessage = 3900

  /// The location of the innermost frame of the error that is being raised.
  private var location: [ErrorLocation] { frames.first.map { [$0.location] } ?? [] }

  /// The error for a text that Lua prefixed with `file:line: `, where the path is cut to 60 bytes; the frames have the
  /// whole path.
  private func located(_ text: String, loading source: (path: String, text: String)?) -> ScriptError {
    var files = frames.map { (short: $0.shortSource, path: $0.source) }
    if let path = source?.path { files.insert((shortSource(of: path), path), at: 0) }
    for file in files where text.hasPrefix(file.short + ":") {
      let rest = text.dropFirst(file.short.count + 1)
      let digits = rest.prefix { $0.isNumber }
      guard let line = Int(digits), rest.dropFirst(digits.count).hasPrefix(": ") else { continue }
      let what = String(rest.dropFirst(digits.count + 2))
      return ScriptError(
        what.replacing("(field 'integer index')", with: "(an element of a list)"),
        hint: hint(for: what, in: source?.text, line: line), at: [.script(path: file.path, line: line)])
    }
    return ScriptError(text)
  }

  /// The hint for a message of Lua itself: about a text that it could not compile, or about what a script did.
  private func hint(for what: String, in source: String?, line: Int) -> String? {
    if let source {
      let lines = source.split(separator: "\n", maxSplits: line, omittingEmptySubsequences: false)
      return SyntaxHint.advice(for: what, line: line > 0 && line <= lines.count ? lines[line - 1] : "")
    }
    // As in: attempt to index a nil value (global 'io').
    let global = what.firstMatch(of: /nil value \(global '(\w+)'\)/).map { String($0.1) }
    return global.flatMap { advice($0, .globals) } ?? advice(what, .messages)
  }

  /// A path as Lua's own messages show it.
  private func shortSource(of path: String) -> String {
    path.utf8.count < Int(LUA_IDSIZE)
      ? path : "..." + String(decoding: path.utf8.suffix(Int(LUA_IDSIZE) - 4), as: UTF8.self)
  }

  /// Records the frames of the error that is being raised.
  func noteFrames(_ thread: OpaquePointer) {
    frames = LuaStack(thread: thread, state: self).frames()
  }
}

/// Calls from Lua into Swift.
extension LuaState {
  /// Runs host function `number`.
  ///
  /// - Returns: the number of results, or -1 with the error's text on top of the stack.
  func dispatch(_ thread: OpaquePointer, _ number: Int) -> Int32 {
    let caller = current
    current = thread
    defer { current = caller }
    let stack = LuaStack(thread: thread, state: self)
    // Borrowed: retaining and releasing would take a tenth of a small call.
    if number >= 0 { return functions[number]._withUnsafeGuaranteedRef { run($0, on: stack) } }
    guard let closure = closure(thread) else {
      pushThrown(ScriptError("a host function was used after its state dropped it"), on: stack)
      return -1
    }
    return run(closure, on: stack)
  }

  private func run(_ function: BoundFunction, on stack: LuaStack) -> Int32 {
    do {
      let call = LuaCall(
        state: self, stack: stack, function: function, receiver: function.receiver(on: stack))
      let cuts = Interruption.cuts
      try function.check(call)
      if Interruption.cuts != cuts { try Interruption.check(call.functionName) }
      let results = try function.body(call).count
      if Interruption.cuts != cuts { try Interruption.check(call.functionName) }
      return results
    } catch {
      noteRefusal(error)
      pushThrown(error, on: stack)
      return -1
    }
  }

  /// The name of host function `number`, as messages have it.
  func functionName(_ thread: OpaquePointer, _ number: Int) -> String {
    number >= 0
      ? functions[number]._withUnsafeGuaranteedRef { $0.declaration.displayName }
      : closure(thread)?.declaration.displayName ?? ""
  }

  private func closure(_ thread: OpaquePointer) -> BoundFunction? {
    guard let object = nj_closure_object(thread) else { return nil }
    return Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue() as? BoundFunction
  }

  /// Pushes the text of an error, and stores the error itself until it is back in Swift.
  func pushThrown(_ error: any Error, on stack: LuaStack) {
    _ = lua_checkstack(stack.thread, 4)
    var error = error as? ScriptError ?? ScriptError(cause: translate(error))
    if !error.isLocated { error = error.located(in: stack.position()) }
    thrown = (error.line, error)
    stack.pushString(error.line)
  }
}
