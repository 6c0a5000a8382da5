/// A Swift type whose values scripts can hold: classes directly, structures in a ``HostBox``.
public protocol LuaHosted: LuaPushable {
  /// The name of the ``LuaClass`` that describes it, as scripts see it: `"tensor"`.
  static var luaClassName: String { get }
  /// The object that the userdata retains.
  var luaStorage: AnyObject { get }
  /// The value for an object that a userdata retains; nil for another type.
  static func fromLuaStorage(_ storage: AnyObject) -> Self?
  /// The native bytes of the value that an object holds, one that a userdata retains: they count towards collecting
  /// garbage.
  static func nativeBytes(of storage: AnyObject) -> Int
}

extension LuaHosted {
  public static func nativeBytes(of storage: AnyObject) -> Int { 0 }
}

extension LuaHosted {
  @inlinable public var luaStorage: AnyObject { HostBox.holding(self) }
  @inlinable public static func fromLuaStorage(_ storage: AnyObject) -> Self? {
    // A comparison, where a cast would look for superclasses.
    type(of: storage) == HostBox<Self>.self
      ? unsafeDowncast(storage, to: HostBox<Self>.self).pointer.pointee : nil
  }
}

extension LuaHosted where Self: AnyObject {
  @inlinable public var luaStorage: AnyObject { self }
  @inlinable public static func fromLuaStorage(_ storage: AnyObject) -> Self? { storage as? Self }
}

/// Holds a structure for Lua.
///
/// Behind the object's header rather than in a property: reading a field of it through the pointer neither copies the
/// structure nor checks for exclusive access, which together would take longer than a small call. Every access is a
/// single read or write on the state's thread, so accesses cannot overlap.
public final class HostBox<Value>: ManagedBuffer<Void, Value> {
  @inlinable static func holding(_ value: Value) -> HostBox {
    let box = unsafeDowncast(create(minimumCapacity: 1) { _ in }, to: HostBox.self)
    box.pointer.initialize(to: value)
    return box
  }

  @inlinable package var pointer: UnsafeMutablePointer<Value> { withUnsafeMutablePointerToElements { $0 } }

  /// The structure in an object that is known to be such a box, to read a field of it.
  @inlinable package static func pointer(in storage: AnyObject) -> UnsafePointer<Value> {
    UnsafePointer(unsafeDowncast(storage, to: HostBox.self).pointer)
  }

  deinit { pointer.deinitialize(count: 1) }
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
