/// What can be given to Lua.
public protocol LuaPushable {
  var luaValue: LuaValue { get }
}

extension LuaValue: LuaPushable { public var luaValue: LuaValue { self } }
extension Bool: LuaPushable { public var luaValue: LuaValue { .boolean(self) } }
extension Int: LuaPushable { public var luaValue: LuaValue { .integer(self) } }
extension Double: LuaPushable { public var luaValue: LuaValue { .number(self) } }
extension Float: LuaPushable { public var luaValue: LuaValue { .number(Double(self)) } }
extension String: LuaPushable { public var luaValue: LuaValue { .string(self) } }
extension LuaTable: LuaPushable { public var luaValue: LuaValue { .table(self) } }
/// Pushed as the value it stands for, whatever its type.
extension LuaReference: LuaPushable { public var luaValue: LuaValue { .function(self) } }
extension LuaObject: LuaPushable { public var luaValue: LuaValue { .object(self) } }
extension LuaHosted { public var luaValue: LuaValue { .object(LuaObject(self)) } }

extension Optional: LuaPushable where Wrapped: LuaPushable {
  public var luaValue: LuaValue { self?.luaValue ?? .nil }
}

extension Array: LuaPushable where Element: LuaPushable {
  public var luaValue: LuaValue { .table(LuaTable(list: map(\.luaValue))) }
}

/// Fields are pushed in the order of their names.
extension Dictionary: LuaPushable where Key == String, Value: LuaPushable {
  public var luaValue: LuaValue {
    .table(LuaTable(fields: sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value.luaValue) }))
  }
}
