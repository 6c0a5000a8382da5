import CLua
import LuaBridge

/// What values consist of, for completion at the prompt. Everything is raw access: no code of a script runs.
extension LuaState {
  /// A name that can follow a value.
  public struct Member: Sendable, Hashable {
    public let name: String
    /// Whether it is called with a colon: a method of a host object, or a function of a table.
    public let isMethod: Bool
    /// Whether it is read with a dot.
    public let isField: Bool
  }

  private static let maxMembers = 5000
  /// Tables in a chain of `__index`.
  private static let maxChain = 16

  /// The names that can follow a value: fields of a table and of the tables behind its `__index`, methods and
  /// properties of a host object. Unsorted.
  public func members(of reference: LuaReference) -> [Member] {
    let found = try? reading(reference) { stack, index -> [Member] in
      if let object = nj_to_object(stack.thread, index) {
        let description = classes[Int(object.pointee.class_id)]
        return description.members.map { name in
          let isProperty = description.properties.contains(name)
          return Member(name: name, isMethod: !isProperty, isField: isProperty)
        }
      }
      var members: [Member] = []
      try walk(stack, index) { table in
        collect(stack, table, into: &members)
        if let path = stack.metafieldText("__name", table) {
          members += (moduleProperties[path] ?? []).map { Member(name: $0, isMethod: false, isField: true) }
        }
        return members.count < Self.maxMembers
      }
      return members
    }
    return found ?? []
  }

  /// A field of a table, or of the tables behind its `__index`; nil otherwise.
  public func member(_ name: String, of reference: LuaReference) -> LuaReference? {
    let found = try? reading(reference) { stack, index -> LuaReference? in
      var result: LuaReference?
      try walk(stack, index) { table in
        if stack.getField(name, of: table) == .nil {
          stack.pop()
          return true
        }
        result = stack.takeReference()
        return false
      }
      return result
    }
    return found ?? nil
  }

  /// The class of a host object; nil for any other value.
  public func className(of reference: LuaReference) -> String? {
    let found = try? reading(reference) { stack, index in
      nj_to_object(stack.thread, index).map { classes[Int($0.pointee.class_id)].name }
    }
    return found ?? nil
  }

  /// Calls `body` with the stack index of a table, then of those behind its `__index`, as long as it returns true.
  private func walk(_ stack: LuaStack, _ index: Int32, _ body: (Int32) throws -> Bool) throws {
    let base = stack.top
    defer { stack.top = base }
    try stack.reserve(3 * Self.maxChain)
    stack.copy(index)
    for _ in 0..<Self.maxChain where stack.kind(-1) == .table {
      guard try body(stack.top), lua_getmetatable(stack.thread, -1) != 0 else { return }
      stack.getField("__index", of: -1)
    }
  }

  private func collect(_ stack: LuaStack, _ table: Int32, into members: inout [Member]) {
    stack.pushNil()
    while lua_next(stack.thread, table) != 0 {
      let isFunction = stack.isCallable(-1)
      stack.pop()
      guard let name = stack.string(-1), name.isIdentifier else { continue }
      members.append(Member(name: name, isMethod: isFunction, isField: true))
      if members.count >= Self.maxMembers {
        stack.pop()
        return
      }
    }
  }
}

extension LuaStack {
  fileprivate func metafieldText(_ name: String, _ index: Int32) -> String? {
    guard lua_getmetatable(thread, index) != 0 else { return nil }
    defer { pop(2) }
    return getField(name, of: -1) == .string ? string(-1) : nil
  }
}
