import CLua
import LuaBridge
import Support

/// A table as text, for `print` and the prompt: written as in Lua, small ones in one line.
///
/// Entries are read by raw access, so that no metamethod runs. The order depends on no hash seed and no address: the
/// list part, then other numbers, booleans and names, then the rest by its text. Deep, long and cyclic tables are cut.
struct TableText {
  private static let maxDepth = 4
  /// Entries of one table that are displayed; of a longer list both ends.
  private static let maxEntries = 60
  private static let edge = 3
  /// Entries in all tables together.
  private static let maxTotal = 600
  /// Names that are sorted; a larger table is described by its size.
  private static let maxNames = 1000
  private static let maxString = 200
  private static let lineWidth = 80

  private let stack: LuaStack
  private var total = 0
  /// The tables around the current one.
  private var path: [UnsafeRawPointer?] = []

  private init(_ stack: LuaStack) { self.stack = stack }

  /// The text of the table at `index`.
  ///
  /// - Throws: ``ScriptError`` when the stack cannot grow.
  static func describe(_ stack: LuaStack, _ index: Int32) throws -> String {
    var text = TableText(stack)
    return try text.table(stack.absolute(index), indent: 0)
  }

  private mutating func table(_ index: Int32, indent: Int) throws -> String {
    let address = lua_topointer(stack.thread, index)
    guard path.count < Self.maxDepth, !path.contains(address) else {
      return stack.isEmptyTable(index) ? "{}" : "{…}"
    }
    path.append(address)
    defer { path.removeLast() }
    try stack.reserve(8)
    let list = try listed(index, indent: indent + 2)
    let fields = try named(index, indent: indent + 2)
    let entries = list + fields
    let line = "{" + entries.joined(separator: ", ") + "}"
    let isOneLine = indent + line.count <= Self.lineWidth && !entries.contains { $0.contains("\n") }
    if isOneLine { return line }
    let margin = String(repeating: " ", count: indent + 2)
    let lines = fields.isEmpty ? Self.wrapped(list, width: Self.lineWidth - indent - 2) : entries
    return "{\n" + lines.map { margin + $0 + ",\n" }.joined() + String(repeating: " ", count: indent) + "}"
  }

  /// Short entries, as many in a line as fit.
  private static func wrapped(_ entries: [String], width: Int) -> [String] {
    var lines: [String] = []
    for entry in entries {
      if let last = lines.last, !last.contains("\n"), !entry.contains("\n"), !entry.hasPrefix("{"),
        last.count + entry.count + 3 <= width
      {
        lines[lines.count - 1] = last + ", " + entry
      } else {
        lines.append(entry)
      }
    }
    return lines
  }

  private mutating func listed(_ index: Int32, indent: Int) throws -> [String] {
    let count = stack.rawLength(index)
    let isCut = count > Self.maxEntries
    var entries: [String] = []
    for position in isCut ? Array(1...Self.edge) + Array(count - Self.edge + 1...count) : Array(1..<count + 1)
    {
      if isCut, entries.count == Self.edge { entries.append("…") }
      stack.getElement(position, of: index)
      defer { stack.pop() }
      guard noteEntry() else { return entries + ["…"] }
      entries.append(try value(-1, indent: indent))
    }
    return entries
  }

  /// The entries that are not in the list part.
  private mutating func named(_ index: Int32, indent: Int) throws -> [String] {
    let count = stack.rawLength(index)
    var keys: [Key] = []
    stack.pushNil()
    // The table cannot change during the traversal: nothing here runs a script.
    while lua_next(stack.thread, index) != 0 {
      stack.pop()
      if let position = stack.isInteger(-1) ? stack.integer(-1) : nil, position >= 1, position <= count {
        continue
      }
      keys.append(key(-1))
      if keys.count > Self.maxNames {
        stack.pop()
        return ["… more than \(Self.maxNames) names"]
      }
    }
    var entries: [String] = []
    for key in keys.sorted(by: Key.isBefore) {
      guard entries.count < Self.maxEntries, noteEntry() else {
        return entries + ["… \(keys.count) names in all"]
      }
      guard let name = key.name else {
        entries.append("\(key.text) = …")
        continue
      }
      try name.push(on: stack)
      lua_rawget(stack.thread, index)
      defer { stack.pop() }
      entries.append("\(key.text) = " + (try value(-1, indent: indent)))
    }
    return entries
  }

  private mutating func noteEntry() -> Bool {
    total += 1
    return total <= Self.maxTotal
  }

  /// A value inside a table, short.
  private mutating func value(_ index: Int32, indent: Int) throws -> String {
    switch stack.kind(index) {
    case .nil, .none: return "nil"
    case .boolean: return stack.boolean(index) ? "true" : "false"
    case .number: return stack.numberText(index)
    case .string: return (stack.string(index) ?? "").luaQuoted(limit: Self.maxString)
    case .table:
      if let name = stack.ownName(index) { return name }
      return try table(stack.absolute(index), indent: indent)
    case .userdata: return stack.brief(index)
    default: return stack.typeName(index)
    }
  }

  /// A key with what it is sorted by.
  private struct Key {
    enum Name {
      case integer(Int), number(Double), boolean(Bool), string([UInt8])

      func push(on stack: LuaStack) throws {
        switch self {
        case .integer(let value): stack.push(value)
        case .number(let value): stack.push(value)
        case .boolean(let value): stack.push(value)
        case .string(let bytes): stack.pushBytes(bytes)
        }
      }
    }

    /// The key's own value; nil for tables, functions and objects, which have no text of their own.
    let name: Name?
    let text: String
    let rank: Int
    var number = 0.0
    /// What it is sorted by among keys of its rank and number.
    let order: String

    static func isBefore(_ a: Key, _ b: Key) -> Bool {
      (a.rank, a.number, a.order) < (b.rank, b.number, b.order)
    }
  }

  private func key(_ index: Int32) -> Key {
    switch stack.kind(index) {
    case .number:
      let number = stack.number(index)
      let name = stack.isInteger(index) ? Key.Name.integer(stack.integer(index) ?? 0) : .number(number)
      return Key(name: name, text: "[\(stack.numberText(index))]", rank: 0, number: number, order: "")
    case .boolean:
      let value = stack.boolean(index)
      return Key(name: .boolean(value), text: "[\(value)]", rank: 1, order: "\(value)")
    case .string:
      let text = stack.string(index) ?? ""
      let isPlain = text.isIdentifier && !EditorTypes.reserved.contains(text)
      return Key(
        name: .string(stack.bytes(index) ?? []),
        text: isPlain ? text : "[\(text.luaQuoted(limit: Self.maxString))]", rank: 2,
        order: text)
    default:
      let type = stack.typeName(index)
      return Key(name: nil, text: "[\(type)]", rank: 3, order: type)
    }
  }
}

extension String {
  /// As a string of Lua in quotes, cut after `limit` characters.
  package func luaQuoted(limit: Int) -> String {
    let escapes = ["\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\t": "\\t", "\r": "\\r"]
    let cut = prefix(limit)
    return "\"" + cut.map { escapes[String($0)] ?? String($0) }.joined()
      + (cut.endIndex < endIndex ? "…\"" : "\"")
  }
}

extension LuaStack {
  fileprivate func isEmptyTable(_ index: Int32) -> Bool {
    let index = absolute(index)
    pushNil()
    guard lua_next(thread, index) != 0 else { return true }
    pop(2)
    return false
  }

  /// A number as `print` writes it.
  fileprivate func numberText(_ index: Int32) -> String {
    copy(index)
    defer { pop() }
    var length = 0
    guard let bytes = lua_tolstring(thread, -1, &length) else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }

  /// The name that a table's metatable gives it, as the host's own tables have.
  fileprivate func ownName(_ index: Int32) -> String? {
    guard lua_getmetatable(thread, index) != 0 else { return nil }
    defer { pop(2) }
    return getField("__name", of: -1) == .string ? string(-1) : nil
  }

  /// A host object in one line.
  fileprivate func brief(_ index: Int32) -> String {
    guard let object = nj_to_object(thread, index), object.pointee.object != nil, let storage = storage(index)
    else { return typeName(index) }
    let description = state.classes[Int(object.pointee.class_id)]
    return description.brief(storage) ?? description.name
  }
}

extension LuaState {
  /// Pushes the text of the table at `index`, for `print`.
  func pushDescription(_ thread: OpaquePointer, _ index: Int32) {
    let stack = LuaStack(thread: thread, state: self)
    _ = lua_checkstack(thread, 8)
    stack.pushString((try? TableText.describe(stack, index)) ?? "table")
  }
}
