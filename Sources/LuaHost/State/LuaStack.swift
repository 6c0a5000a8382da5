import CLua
import LuaBridge
import Support

/// The types of Lua values, with Lua's own numbers.
package enum LuaKind: Int32 {
  case none = -1, `nil`, boolean, lightUserdata, number, string, table, function, userdata, thread
}

/// The stack of one Lua thread.
///
/// Only API functions that cannot raise an error are called here: a raise would jump over Swift frames.
///
/// Pushing allocates memory; the allocator never refuses it while Swift runs (see `allocate` in the bridge).
package struct LuaStack {
  package let thread: OpaquePointer
  unowned(unsafe) let state: LuaState

  var top: Int32 {
    get { lua_gettop(thread) }
    nonmutating set { lua_settop(thread, newValue) }
  }

  /// Removes the topmost values.
  package func pop(_ count: Int32 = 1) { lua_settop(thread, -count - 1) }

  /// Removes the value at `index`, which moves those above it down.
  func remove(_ index: Int32) {
    lua_rotate(thread, index, -1)
    pop()
  }

  /// Makes room for `count` more values.
  ///
  /// - Throws: ``ScriptError`` when the stack cannot grow.
  func reserve(_ count: Int) throws {
    guard count < 1_000_000, lua_checkstack(thread, Int32(count) + 8) != 0 else {
      throw ScriptError("stack overflow: no room for \(count) more values")
    }
  }

  func absolute(_ index: Int32) -> Int32 { lua_absindex(thread, index) }
  func kind(_ index: Int32) -> LuaKind { LuaKind(rawValue: lua_type(thread, index)) ?? .none }
  /// Pushes a copy of the value at `index`.
  package func copy(_ index: Int32) { lua_pushvalue(thread, index) }
  func rawLength(_ index: Int32) -> Int { Int(clamping: lua_rawlen(thread, index)) }
  func boolean(_ index: Int32) -> Bool { lua_toboolean(thread, index) != 0 }
  func number(_ index: Int32) -> Double { lua_tonumberx(thread, index, nil) }
  func isInteger(_ index: Int32) -> Bool { lua_isinteger(thread, index) != 0 }

  /// A number without a fractional part that fits 64 bits.
  package func integer(_ index: Int32) -> Int? {
    if lua_isinteger(thread, index) != 0 { return Int(lua_tointegerx(thread, index, nil)) }
    guard lua_type(thread, index) == LUA_TNUMBER else { return nil }
    var isWhole: Int32 = 0
    let value = lua_tointegerx(thread, index, &isWhole)
    return isWhole != 0 ? Int(value) : nil
  }

  /// The number of bytes of a string; 0 for any other value.
  func byteCount(_ index: Int32) -> Int {
    var length = 0
    return nj_to_string(thread, index, &length) == nil ? 0 : length
  }

  /// The text of a string, or its first `most` bytes; nil for numbers. Bytes that are not UTF-8 are replaced.
  package func string(_ index: Int32, atMost most: Int = .max) -> String? {
    var length = 0
    guard let bytes = nj_to_string(thread, index, &length) else { return nil }
    let text = UnsafeRawBufferPointer(start: bytes, count: min(length, most))
    guard length > Self.maxPart else { return String(decoding: text, as: UTF8.self) }
    var result = ""
    result.reserveCapacity(text.count)
    var watch = Interruption.Watch()
    for part in Self.parts(of: text) {
      result += String(decoding: part, as: UTF8.self)
      // The call that wanted the text ends with an error.
      if watch.isDue(after: part.count) { break }
    }
    return result
  }

  /// A string as a value: its text, or its bytes where they are not UTF-8; nil for any other value.
  func stringValue(_ index: Int32) -> LuaValue? {
    var length = 0
    guard let start = nj_to_string(thread, index, &length) else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: length)
    guard length > Self.maxPart else {
      return String(validating: bytes, as: UTF8.self).map(LuaValue.string) ?? .bytes(Array(bytes))
    }
    var text = ""
    text.reserveCapacity(length)
    var watch = Interruption.Watch()
    for part in Self.parts(of: bytes) {
      guard let valid = String(validating: part, as: UTF8.self) else { return .bytes(Self.copy(of: bytes)) }
      text += valid
      // The call that wanted the text ends with an error.
      if watch.isDue(after: part.count) { break }
    }
    return .string(text)
  }

  /// The name that a string is as a key; bytes that are not UTF-8 are written as `\xff`, so that two names stay two.
  func keyName(_ index: Int32) -> String? {
    switch stringValue(index) {
    case .string(let name): name
    case .bytes(let bytes): bytes.escapedBytes
    default: nil
    }
  }

  /// Bytes of text that are converted without looking at the clock.
  static let maxPart = 1 << 20

  /// Text in parts of some milliseconds, none of which ends within a character.
  static func parts(of text: UnsafeRawBufferPointer) -> some Sequence<Slice<UnsafeRawBufferPointer>> {
    sequence(state: 0) { start in
      guard start < text.count else { return nil }
      var end = min(start + maxPart, text.count)
      // A character has at most three bytes after its first.
      if end < text.count {
        for place in stride(from: end, to: end - 4, by: -1) where text[place] & 0xC0 != 0x80 {
          end = place
          break
        }
      }
      defer { start = end }
      return text[start..<end]
    }
  }

  /// The bytes of a string.
  func bytes(_ index: Int32) -> [UInt8]? {
    var length = 0
    guard let bytes = nj_to_string(thread, index, &length) else { return nil }
    return Self.copy(of: UnsafeRawBufferPointer(start: bytes, count: length))
  }

  /// The bytes, copied in parts.
  private static func copy(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    guard bytes.count > maxPart else { return Array(bytes) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var watch = Interruption.Watch()
    for part in parts(of: bytes) {
      result += part
      // The call that wanted the bytes ends with an error.
      if watch.isDue(after: part.count) { break }
    }
    return result
  }

  /// Whether the value at `index` has a raw metafield of this name.
  func hasMetafield(_ name: String, _ index: Int32) -> Bool {
    guard lua_getmetatable(thread, index) != 0 else { return false }
    pushString(name)
    let kind = lua_rawget(thread, -2)
    pop(2)
    return kind != LUA_TNIL
  }

  func isCallable(_ index: Int32) -> Bool {
    switch kind(index) {
    case .function: true
    case .table, .userdata: hasMetafield("__call", index)
    default: false
    }
  }

  /// The class name of a host object; `type()` of any other value.
  package func typeName(_ index: Int32) -> String {
    if let object = nj_to_object(thread, index) { return state.className(object.pointee.class_id) }
    return kind(index) == .none ? "nothing" : String(cString: lua_typename(thread, lua_type(thread, index)))
  }

  func pushNil() { lua_pushnil(thread) }
  func push(_ value: Bool) { lua_pushboolean(thread, value ? 1 : 0) }
  func push(_ value: Int) { lua_pushinteger(thread, lua_Integer(value)) }
  /// A NaN loses its sign, which processors choose and Lua would print as `-nan`.
  func push(_ value: Double) { lua_pushnumber(thread, value.isNaN ? .nan : value) }

  func pushString(_ text: String) {
    var text = text
    text.withUTF8 { push(UnsafeRawBufferPointer($0)) }
  }

  func pushBytes(_ bytes: [UInt8]) { bytes.withUnsafeBytes { push($0) } }

  private func push(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress, !bytes.isEmpty {
      lua_pushlstring(thread, start.assumingMemoryBound(to: CChar.self), bytes.count)
    } else {
      lua_pushlstring(thread, "", 0)
    }
  }

  /// Pushes a new table.
  package func pushTable(list: Int = 0, fields: Int = 0) {
    lua_createtable(thread, Int32(clamping: list), Int32(clamping: fields))
  }

  /// Sets a field of the table at `index` to the value on top, and pops it.
  package func setField(_ name: String, of index: Int32) {
    let table = absolute(index)
    pushString(name)
    lua_rotate(thread, -2, 1)
    lua_rawset(thread, table)
  }

  func setElement(_ position: Int, of index: Int32) { lua_rawseti(thread, index, lua_Integer(position)) }

  /// Pushes a field by raw access.
  @discardableResult
  package func getField(_ name: String, of index: Int32) -> LuaKind {
    let table = absolute(index)
    pushString(name)
    return LuaKind(rawValue: lua_rawget(thread, table)) ?? .none
  }

  @discardableResult
  func getElement(_ position: Int, of index: Int32) -> LuaKind {
    LuaKind(rawValue: lua_rawgeti(thread, index, lua_Integer(position))) ?? .none
  }

  /// Pops a table and sets it as the metatable of the value at `index`.
  package func setMetatable(of index: Int32) { lua_setmetatable(thread, index) }

  func push(_ reference: LuaReference) throws {
    guard reference.releases === state.releases else {
      throw ScriptError("a Lua value was passed to a state that it does not belong to")
    }
    lua_rawgeti(thread, nj_registry_index(), lua_Integer(reference.key))
  }

  /// Pops the value on top into a reference.
  package func takeReference() -> LuaReference {
    state.flushReleases()
    return LuaReference(key: luaL_ref(thread, nj_registry_index()), releases: state.releases)
  }

  func reference(_ index: Int32) -> LuaReference {
    copy(index)
    return takeReference()
  }
}
