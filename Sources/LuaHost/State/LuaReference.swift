import CLua
import Support
import Synchronization

/// A strong reference from Swift to a Lua value of any type.
///
/// It may be released on any thread; the state releases the Lua value at its next call.
public final class LuaReference: Sendable {
  let key: Int32
  let releases: ReleaseQueue

  init(key: Int32, releases: ReleaseQueue) {
    self.key = key
    self.releases = releases
  }

  deinit { releases.add(key) }
}

/// Registry keys of released references. Its identity also tells which state a reference belongs to.
final class ReleaseQueue: Sendable {
  private let keys = Mutex<[Int32]>([])
  private let isEmpty = Atomic<Bool>(true)

  func add(_ key: Int32) {
    keys.withLock { $0.append(key) }
    isEmpty.store(false, ordering: .releasing)
  }

  /// Removes and returns the keys added since the last call.
  func take() -> [Int32] {
    guard !isEmpty.load(ordering: .acquiring) else { return [] }
    return keys.withLock { keys in
      isEmpty.store(true, ordering: .relaxed)
      defer { keys.removeAll() }
      return keys
    }
  }
}

extension LuaState {
  /// Pushes a value and returns a reference to it.
  ///
  /// - Throws: ``ScriptError`` for an object of an unregistered class, or a value of another state.
  public func reference(to value: any LuaPushable) throws -> LuaReference {
    let base = stack.top
    defer { stack.top = base }
    try stack.reserve(4)
    try stack.push(value.luaValue)
    return stack.takeReference()
  }

  /// The referenced value as data, copied.
  ///
  /// - Throws: ``ScriptError`` for a value that Swift cannot hold, see ``LuaValue``.
  public func value(of reference: LuaReference) throws -> LuaValue {
    try reading(reference) { try $0.value($1) }
  }

  /// A field of a referenced table, by raw access; nil if it is absent or the value is not a table.
  ///
  /// - Throws: ``ScriptError`` for a value of another state.
  public func field(_ name: String, of table: LuaReference) throws -> LuaReference? {
    try reading(table) { stack, index in
      guard stack.kind(index) == .table, stack.getField(name, of: index) != .nil else { return nil }
      return stack.takeReference()
    }
  }

  /// A function in a referenced table or in the chain of its `__index` tables (at most 16); nil otherwise.
  ///
  /// - Throws: ``ScriptError`` for a value of another state.
  public func method(_ name: String, of table: LuaReference) throws -> LuaReference? {
    try reading(table) { stack, index in
      let base = stack.top
      defer { stack.top = base }
      try stack.reserve(40)
      stack.copy(index)
      for _ in 0..<16 where stack.kind(-1) == .table {
        if stack.getField(name, of: -1) == .function { return stack.takeReference() }
        stack.pop()
        guard lua_getmetatable(stack.thread, -1) != 0 else { return nil }
        stack.getField("__index", of: -1)
      }
      return nil
    }
  }

  /// Sets a field of a referenced table, by raw access.
  ///
  /// - Throws: ``ScriptError`` when the referenced value is not a table, or `value` cannot be pushed.
  public func setField(_ name: String, of table: LuaReference, to value: any LuaPushable) throws {
    try reading(table) { stack, index in
      guard stack.kind(index) == .table else {
        throw ScriptError("field '\(name)': the value is not a table")
      }
      try stack.push(value.luaValue)
      stack.setField(name, of: index)
    }
  }

  /// Pushes a referenced value and calls `body` with its stack index; the stack is restored afterwards.
  ///
  /// - Throws: what `body` throws; ``ScriptError`` for a value of another state.
  package func reading<R>(_ reference: LuaReference, _ body: (LuaStack, Int32) throws -> R) throws -> R {
    let stack = stack
    let base = stack.top
    defer { stack.top = base }
    try stack.reserve(8)
    try stack.push(reference)
    return try body(stack, stack.top)
  }
}

extension LuaState {
  /// The type of a referenced value.
  ///
  /// - Throws: ``ScriptError`` for a value of another state.
  package func kind(of reference: LuaReference) throws -> LuaKind { try reading(reference) { $0.kind($1) } }
}

extension LuaState {
  /// Whether a referenced value is nil.
  ///
  /// - Throws: ``ScriptError`` for a value of another state.
  package func isNil(_ reference: LuaReference) throws -> Bool { try kind(of: reference) == .nil }

  /// The text of a referenced string; nil for any other value.
  ///
  /// - Throws: ``ScriptError`` for a value of another state.
  package func string(_ reference: LuaReference) throws -> String? {
    try reading(reference) { $0.string($1) }
  }

  /// Where a referenced Lua function is defined; empty for any other value.
  ///
  /// - Throws: ``ScriptError`` for a value of another state.
  package func definition(of function: LuaReference) throws -> [ErrorLocation] {
    try reading(function) { $0.definition($1) }
  }
}
