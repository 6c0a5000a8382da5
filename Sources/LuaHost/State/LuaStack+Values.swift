import CLua
import LuaBridge

/// Whole values between Swift and Lua.
extension LuaStack {
  /// Deepest table and most entries that are copied into Swift.
  private static let maxDepth = 64
  private static let maxEntries = 4_000_000

  /// Pushes a value; tables are built anew.
  package func push(_ value: LuaValue) throws {
    switch value {
    case .nil: pushNil()
    case .boolean(let value): push(value)
    case .integer(let value): push(value)
    case .number(let value): push(value)
    case .string(let value): pushString(value)
    case .function(let reference): try push(reference)
    case .object(let object): try state.push(object, on: self)
    case .table(let table):
      try reserve(4)
      pushTable(list: table.list.count, fields: table.fields.count)
      for (i, element) in table.list.enumerated() {
        try push(element)
        setElement(i + 1, of: -2)
      }
      for field in table.fields {
        try push(field.value)
        setField(field.name, of: -2)
      }
    }
  }

  /// The value at `index`, copied. A table that contains itself, is too deep or has odd keys is a failure.
  package func value(_ index: Int32) throws -> LuaValue {
    var entries = 0
    return try value(absolute(index), depth: 0, entries: &entries)
  }

  private func value(_ index: Int32, depth: Int, entries: inout Int) throws -> LuaValue {
    switch kind(index) {
    case .none, .nil: return .nil
    case .boolean: return .boolean(boolean(index))
    case .number: return isInteger(index) ? .integer(integer(index) ?? 0) : .number(number(index))
    case .string: return .string(string(index) ?? "")
    case .function: return .function(reference(index))
    case .table: return .table(try table(index, depth: depth, entries: &entries))
    case .userdata:
      guard let object = nj_to_object(thread, index) else { throw ScriptError("a foreign userdata") }
      return .object(try state.object(object))
    case .lightUserdata, .thread: throw ScriptError("a \(typeName(index)) cannot be given to the host")
    }
  }

  private func table(_ index: Int32, depth: Int, entries: inout Int) throws -> LuaTable {
    guard depth < Self.maxDepth else {
      throw ScriptError("a table is nested more than \(Self.maxDepth) deep, or contains itself")
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
    // The table cannot change while it is walked: nothing here runs a script.
    while lua_next(thread, index) != 0 {
      let keep = top - 1
      do {
        if let position = integer(keep), position >= 1, position <= count {
          pop()
          continue
        }
        try countEntry(&entries)
        guard let name = string(keep) else { throw oddKey(keep) }
        result.fields.append((name: name, value: try value(top, depth: depth + 1, entries: &entries)))
        pop()
      } catch {
        pop(2)
        throw error
      }
    }
    result.fields.sort { $0.name < $1.name }
    return result
  }

  private func oddKey(_ index: Int32) -> ScriptError {
    if let position = integer(index) {
      return ScriptError("a table has the key \(position), which leaves a hole in its list")
    }
    return ScriptError("a table has a \(typeName(index)) as a key; keys are names, or 1, 2, …")
  }

  private func countEntry(_ entries: inout Int) throws {
    entries += 1
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
}
