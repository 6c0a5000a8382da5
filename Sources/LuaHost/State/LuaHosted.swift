/// A Swift type whose values scripts can hold: classes directly, structures in a ``HostBox``.
public protocol LuaHosted: LuaPushable {
  /// The name of the ``LuaClass`` that describes it, as scripts see it: `"tensor"`.
  static var luaClassName: String { get }
  /// The object that the userdata retains.
  var luaStorage: AnyObject { get }
  /// The value for an object that a userdata retains; nil for another type.
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

/// Holds a structure for Lua.
public final class HostBox<Value> {
  // Every access is a single read or write on the state's thread, so accesses cannot overlap.
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

  /// The value if it is of this type; nil otherwise.
  public func `as`<T: LuaHosted>(_ type: T.Type = T.self) -> T? { T.fromLuaStorage(storage) }
}
