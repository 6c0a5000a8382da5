/// A field of host objects that looks like data: `x.shape`.
public struct LuaProperty: Sendable {
  public let name: String
  public let summary: String
  /// Its type in words: `"list of integers"`.
  public let type: String
  let read: LuaFunction
  let write: LuaFunction?
  /// What may be assigned to it; nil when nothing may.
  public var assigned: LuaParameter? { write?.parameters[0] }

  /// Declares a property that `read` computes; its argument 0 is the object.
  ///
  /// `set` has the type that may be assigned, and the setter, whose argument 0 is the object and 1 the value; nil when
  /// nothing may be assigned.
  public init(
    _ name: String, _ summary: String, _ type: String, set: (type: LuaType, body: LuaFunction.Body)? = nil,
    read: @escaping LuaFunction.Body
  ) {
    self.name = name
    self.summary = summary
    self.type = type
    self.read = LuaFunction(name, summary, returns: type, read)
    write = set.map { LuaFunction(name, summary, [LuaParameter("value", $0.type, optional: true)], $0.body) }
  }
}

/// What scripts can do with the values of one Swift type.
public struct LuaClass: Sendable {
  public let name: String
  public let summary: String
  public let methods: [LuaFunction]
  public let properties: [LuaProperty]
  /// Metamethods, named by event. Binary ones such as `__add` have their operands as arguments 1 and 2; the others are
  /// methods: `__index` (for keys that are not methods or properties), `__newindex`, `__len`, `__unm`, `__tostring`,
  /// `__call`, `__close`.
  public let operators: [LuaFunction]
  /// Whether the same Swift object is the same Lua value each time it is pushed; classes only.
  public let keepsIdentity: Bool
  /// Whether its objects hold native memory, which scopes and `release()` release.
  public let holdsMemory: Bool
  let bytes: @Sendable (AnyObject) -> Int
  let brief: @Sendable (AnyObject) -> String?

  /// Declares what scripts can do with the values of `type`.
  ///
  /// `brief` describes a value in one line where it stands in a table that is printed; nil for its class's name.
  /// `holdsMemory` adds a method `release()`, for values with native memory (``LuaHosted/nativeBytes(of:)``).
  public init<T: LuaHosted & SendableMetatype>(
    _ type: T.Type, _ summary: String, methods: [LuaFunction], properties: [LuaProperty] = [],
    operators: [LuaFunction] = [], keepsIdentity: Bool = false, brief: (@Sendable (T) -> String)? = nil,
    holdsMemory: Bool = false
  ) {
    name = T.luaClassName
    self.summary = summary
    self.properties = properties
    self.operators = operators
    self.keepsIdentity = keepsIdentity
    self.holdsMemory = holdsMemory
    bytes = T.nativeBytes(of:)
    self.brief = { storage in brief.flatMap { brief in T.fromLuaStorage(storage).map(brief) } }
    // One value for all its holders is released with the last of them.
    let release = LuaFunction(
      "release",
      keepsIdentity
        ? "Does nothing: others may hold it too" : "Releases its memory now; later use is an error"
    ) { call in
      if !keepsIdentity { call.release(0) }
      return .nothing
    }
    self.methods = holdsMemory && !methods.contains { $0.name == "release" } ? methods + [release] : methods
  }
}

/// A class in one state.
final class BoundClass {
  let name: String
  /// Nil until the class is registered.
  var metatable: LuaReference?
  /// The weak table from objects to their userdata, for classes with identity.
  var instances: LuaReference?
  var isScoped = false
  var bytes: (AnyObject) -> Int = { _ in 0 }
  var brief: (AnyObject) -> String? = { _ in nil }
  /// The names of its methods and properties.
  var members: [String] = []
  /// Those of them that are properties.
  var properties: Set<String> = []

  init(name: String) { self.name = name }
}
