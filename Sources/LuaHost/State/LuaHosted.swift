/// A Swift type whose values scripts can hold. A class is held as it is, a structure in a box.
public protocol LuaHosted: LuaPushable {
  /// The name of the ``LuaClass`` that describes it, as scripts see it: `"tensor"`.
  static var luaClassName: String { get }
  /// The object that Lua holds.
  var luaStorage: AnyObject { get }
  /// The value in an object that Lua held.
  static func fromLuaStorage(_ storage: AnyObject) -> Self?
}

extension LuaHosted {
  @inlinable public var luaStorage: AnyObject { HostBox(self) }
  @inlinable public static func fromLuaStorage(_ storage: AnyObject) -> Self? {
    (storage as? HostBox<Self>)?.value
  }
}

extension LuaHosted where Self: AnyObject {
  @inlinable public var luaStorage: AnyObject { self }
  @inlinable public static func fromLuaStorage(_ storage: AnyObject) -> Self? { storage as? Self }
}

/// What holds a structure for Lua.
public final class HostBox<Value> {
  // Every access is one read or one write on the state's thread, so that none can overlap.
  @exclusivity(unchecked) @usableFromInline package var value: Value

  @inlinable init(_ value: Value) { self.value = value }
}

/// A host object inside a ``LuaValue``.
///
/// Sendable because the host object is only used on the thread that runs its state.
public struct LuaObject: @unchecked Sendable {
  public let className: String
  @usableFromInline let storage: AnyObject

  @usableFromInline init(className: String, storage: AnyObject) {
    self.className = className
    self.storage = storage
  }

  @inlinable public init<T: LuaHosted>(_ value: T) {
    self.init(className: T.luaClassName, storage: value.luaStorage)
  }

  /// The value, when it is of this type.
  public func `as`<T: LuaHosted>(_ type: T.Type = T.self) -> T? { T.fromLuaStorage(storage) }
}
