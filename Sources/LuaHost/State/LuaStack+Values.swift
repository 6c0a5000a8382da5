import CLua
import LuaBridge
import Support

/// Conversion of whole values between Swift and Lua.
extension LuaStack {
  /// Limits on tables that are copied into Swift.
  private static let maxDepth = 64
  private static let maxEntries = 4_000_000
  /// Some milliseconds of copying.
  private static let entriesPerCheck = 1 << 14

  /// Pushes a value; tables become new Lua tables.
  ///
  /// - Throws: ``ScriptError`` for an object of an unregistered class, or a value of another state.
  package func push(_ value: LuaValue) throws {
    switch value {
    case .nil: pushNil()
    case .boolean(let value): push(value)
    case .integer(let value): push(value)
    case .number(let value): push(value)
    case .string(let value): pushString(value)
    case .bytes(let value): pushBytes(value)
    case .function(let reference): try push(reference)
    case .object(let object): try state.push(object, on: self)
    case .table(let table):
      try reserve(4)
      pushTable(list: table.list.count, fields: table.fields.count)
      for (i, element) in table.list.enumerated() {
        if i % Self.entriesPerCheck == Self.entriesPerCheck - 1 { try Interruption.check("copying a table") }
        try push(element)
        setElement(i + 1, of: -2)
      }
      for field in table.fields {
        try push(field.value)
        setField(field.name, of: -2)
      }
    }
  }

  /// The value at `index`, copied.
  ///
  /// - Throws: ``ScriptError`` for a table that contains itself, is nested too deeply or has keys other than names in
  ///   UTF-8 and 1, 2, …; for threads and light userdata.
  package func value(_ index: Int32) throws -> LuaValue {
    var entries = 0
    return try value(absolute(index), depth: 0, entries: &entries)
  }

  private func value(_ index: Int32, depth: Int, entries: inout Int) throws -> LuaValue {
    switch kind(index) {
    case .none, .nil: return .nil
    case .boolean: return .boolean(boolean(index))
    case .number: return isInteger(index) ? .integer(integer(index) ?? 0) : .number(number(index))
    case .string: return stringValue(index) ?? .nil
    case .function: return .function(reference(index))
    case .table: return .table(try table(index, depth: depth, entries: &entries))
    case .userdata:
      guard let object = nj_to_object(thread, index) else {
        throw ScriptError("a userdata that is not a host object cannot be passed to the host")
      }
      return .object(try state.object(object))
    case .lightUserdata, .thread: throw ScriptError("a \(typeName(index)) cannot be passed to the host")
    }
  }

  private func table(_ index: Int32, depth: Int, entries: inout Int) throws -> LuaTable {
    guard depth < Self.maxDepth else {
      throw ScriptError("a table is nested more than \(Self.maxDepth) levels deep, or contains itself")
    }
    try reserve(4)
    let count = rawLength(index)
    var result = LuaTable()
    result.list.reserveCapacity(min(count, 1024))
    for i in 0..<count {
      try countEntry(&entries)
      getElement(i + 1, of: index)
      defer { pop() }
      result.list.append(try value(top, depth: depth + 1, entries: &entries))
    }
    pushNil()
    // The table cannot change during the traversal: nothing here runs a script.
    while lua_next(thread, index) != 0 {
      let key = top - 1
      do {
        if let position = integer(key), position >= 1, position <= count {
          pop()
          continue
        }
        try countEntry(&entries)
        guard case .string(let name)? = stringValue(key) else { throw invalidKey(key) }
        result.fields.append((name: name, value: try value(top, depth: depth + 1, entries: &entries)))
        pop()
      } catch {
        pop(2)
        throw error
      }
    }
    try Self.sort(&result.fields)
    return result
  }

  private static func sort(_ fields: inout [(name: String, value: LuaValue)]) throws {
    guard fields.count > entriesPerCheck else { return fields.sort { $0.name.isNamedBefore($1.name) } }
    let unsorted = fields
    fields = try UninterruptibleWork.run("copying a table") {
      unsorted.sorted { $0.name.isNamedBefore($1.name) }
    }
  }

  private func invalidKey(_ index: Int32) -> ScriptError {
    if let position = integer(index) {
      return ScriptError("a table has the key \(position), which leaves a hole in its list")
    }
    if let bytes = bytes(index), let problem = bytes.problemAsUTF8 {
      return ScriptError(
        "a table has the key '\(bytes.prefix(80).escapedBytes)', which is not a name in UTF-8: \(problem)")
    }
    return ScriptError("a table has a \(typeName(index)) as a key; keys are names, or 1, 2, …")
  }

  private func countEntry(_ entries: inout Int) throws {
    entries += 1
    if entries % Self.entriesPerCheck == 0 { try Interruption.check("copying a table") }
    if entries > Self.maxEntries {
      throw ScriptError("a table has more than \(Self.maxEntries) entries; use a tensor")
    }
  }
}

extension LuaStack {
  /// The keys of a table as text, sorted; a list part counts as `1`, `2`, ….
  package func keyNames(_ index: Int32) -> [String] {
    let index = absolute(index)
    var names: [String] = []
    pushNil()
    while lua_next(thread, index) != 0 {
      pop()
      names.append(string(-1) ?? integer(-1).map(String.init) ?? typeName(-1))
    }
    return names.sorted()
  }

  /// Whether a table has at most 1000 keys, as a table of options has.
  func hasFewKeys(_ index: Int32) -> Bool {
    let index = absolute(index)
    var count = 0
    pushNil()
    while lua_next(thread, index) != 0 {
      pop()
      count += 1
      guard count <= 1000 else {
        pop()
        return false
      }
    }
    return true
  }

  /// A key of a table that is no position of its list; nil otherwise.
  func firstName(_ index: Int32) -> String? {
    let index = absolute(index)
    var watch = Interruption.Watch()
    pushNil()
    while lua_next(thread, index) != 0 {
      pop()
      if watch.isDue(after: 64) {
        pop()
        return nil
      }
      guard integer(-1) == nil else { continue }
      let name = string(-1) ?? typeName(-1)
      pop()
      return name
    }
    return nil
  }
}

/// Host objects in a table, without copying the rest.
extension LuaStack {
  /// A host object in a table, or a table that contains some.
  package enum Entry {
    case object(LuaObject)
    case table([(key: String, entry: Entry)])
  }

  /// The host objects in the table at `index` and in nested tables, by key: the list part first, from "1", then
  /// names in order. Numbers, strings, functions and tables nested more than `depth` levels deep are skipped.
  ///
  /// - Throws: ``ScriptError`` for a released object, or when the stack cannot grow.
  package func entries(_ index: Int32, depth: Int = 8) throws -> [(key: String, entry: Entry)] {
    let index = absolute(index)
    try reserve(4)
    var listed: [(position: Int, entry: Entry)] = []
    var named: [(key: String, entry: Entry)] = []
    pushNil()
    // The table cannot change during the traversal: nothing here runs a script.
    while lua_next(thread, index) != 0 {
      if let entry = try entry(-1, depth: depth) {
        if let position = integer(-2) { listed.append((position, entry)) }
        if let name = keyName(-2) { named.append((name, entry)) }
      }
      pop()
    }
    return listed.sorted { $0.position < $1.position }.map { (String($0.position), $0.entry) }
      + named.sorted { $0.key < $1.key }
  }

  private func entry(_ index: Int32, depth: Int) throws -> Entry? {
    switch kind(index) {
    case .userdata:
      guard let object = nj_to_object(thread, index), object.pointee.object != nil else { return nil }
      return .object(try state.object(object))
    case .table where depth > 0:
      let inner = try entries(index, depth: depth - 1)
      return inner.isEmpty ? nil : .table(inner)
    default: return nil
    }
  }
}
