import CLua
import LuaBridge

/// Host objects in Lua, as userdata.
extension LuaState {
  /// The number of a class in this state; a class gets one when it is first named, even before it is registered.
  func classNumber(_ name: String) -> Int32 {
    if let number = classNumbers[name] { return number }
    let number = Int32(classes.count)
    classes.append(BoundClass(name: name))
    classNumbers[name] = number
    return number
  }

  func className(_ number: Int32) -> String { classes[Int(number)].name }

  /// Pushes a new userdata that retains `object`; for a class with identity, the existing one.
  ///
  /// - Throws: ``ScriptError`` for a class that was not registered, or when the stack cannot grow.
  func push(_ object: LuaObject, on stack: LuaStack) throws {
    let number: Int32
    if let lastPushed, lastPushed.name == object.className {
      number = lastPushed.number
    } else {
      number = classNumber(object.className)
      lastPushed = (object.className, number)
    }
    let bound = classes[Int(number)]
    guard let metatable = bound.metatable else {
      throw ScriptError("the class '\(object.className)' was not registered with this state")
    }
    if bound.isScoped { collectIfPoolGrew() }
    try stack.reserve(4)
    let key = Unmanaged.passUnretained(object.storage).toOpaque()
    if let instances = bound.instances {
      try stack.push(instances)
      lua_rawgetp(stack.thread, -1, key)
      if !stack.isReleased(-1) {
        lua_rotate(stack.thread, -2, 1)
        stack.pop()
        return
      }
      stack.pop()  // leaves the table of instances below the new object
    }
    nj_push_object(
      stack.thread, Unmanaged.passRetained(object.storage).toOpaque(), number, metatable.key,
      bound.bytes(object.storage), bound.isScoped ? 1 : 0)
    if bound.instances != nil {
      stack.copy(-1)
      lua_rawsetp(stack.thread, -3, key)
      lua_rotate(stack.thread, -2, 1)
      stack.pop()
    }
  }

  /// Collects garbage when the pool holds far more than after the last collection: a small tensor may retain everything
  /// its gradient needs, which the bytes counted per object do not show.
  private func collectIfPoolGrew() {
    guard let pool, pool.liveBytes > poolThreshold else { return }
    collectGarbage()
    let live = pool.liveBytes
    // As in nj_collect_if_needed: at twice the live bytes, earlier when the budget is near.
    let doubled = live + max(live, 64 << 20)
    let near = pool.budget / 4 * 3
    poolThreshold = doubled > near ? max(live + pool.budget / 16, near) : doubled
  }

  /// The object that a userdata retains.
  ///
  /// - Throws: ``ScriptError`` when it was released.
  func object(_ userdata: UnsafeMutablePointer<nj_object>) throws -> LuaObject {
    let name = className(userdata.pointee.class_id)
    guard let object = userdata.pointee.object else { throw ScriptError("\(name): used after release") }
    let storage = Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue()
    return LuaObject(className: name, storage: storage)
  }

  /// A mark for ``release(since:)``.
  var mark: UInt64 { host.pointee.serial }

  /// Releases the objects with native memory that were made since the mark and not kept.
  func release(since mark: UInt64) { nj_release_since(current, mark) }
}

extension LuaStack {
  /// The class number of the host object at `index`; nil for any other value.
  func classNumber(_ index: Int32) -> Int32? { nj_to_object(thread, index)?.pointee.class_id }

  func isReleased(_ index: Int32) -> Bool { nj_to_object(thread, index)?.pointee.object == nil }

  /// The host object at `index`; nil when the value is not a host object, or was released.
  func storage(_ index: Int32) -> AnyObject? {
    guard let object = nj_to_object(thread, index)?.pointee.object else { return nil }
    return Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue()
  }

  /// Releases the object's memory; later use is an error.
  func release(_ index: Int32) {
    if let object = nj_to_object(thread, index) { nj_release_object(thread, object) }
  }

  /// Sets how many native bytes an object holds.
  func setBytes(_ bytes: Int, _ index: Int32) {
    if let object = nj_to_object(thread, index) { nj_set_bytes(thread, object, max(bytes, 0)) }
  }

  /// Moves the object from the scope that was opened at `mark` to the scope around it.
  func keep(_ index: Int32, past mark: UInt64) {
    guard let object = nj_to_object(thread, index) else { return }
    object.pointee.owner = min(object.pointee.owner, mark)
  }
}

/// Memory outside Lua that host objects hold: a state collects garbage when much of it is in use.
public protocol NativeMemory: AnyObject {
  /// Bytes in use.
  var liveBytes: Int { get }
  /// The maximum number of bytes in use.
  var budget: Int { get }
}

/// What `nj.scope()` returns: closing it releases the host objects with native memory made since it was opened.
final class Scope: LuaHosted {
  static let luaClassName = "scope"
  let mark: UInt64

  init(mark: UInt64) { self.mark = mark }
}

extension LuaClass {
  /// `local scope <close> = nj.scope()`; `scope:keep(x)` exempts values.
  public static var scope: LuaClass {
    LuaClass(
      Scope.self, "Releases what was made in a block",
      methods: [
        LuaFunction(
          "keep", "Lets values outlive the scope; returns them", [.rest("values")], returns: "values"
        ) {
          call in
          let scope = try call.object(0, Scope.self)
          for argument in 1..<(call.count + 1) { call.keep(argument, past: scope.mark) }
          return call.pushArguments()
        }
      ],
      operators: [
        LuaFunction("__close", "Releases what was made since the scope opened and not kept") { call in
          call.state.release(since: try call.object(0, Scope.self).mark)
          return .nothing
        }
      ])
  }
}

extension LuaFunction {
  /// `nj.scope`.
  public static let scope = LuaFunction(
    "scope", "Opens a scope: `local scope <close> = nj.scope()`", returns: "scope"
  ) { call in
    try call.push(Scope(mark: call.state.mark))
  }
}

extension LuaCall {
  func keep(_ argument: Int, past mark: UInt64) { stack.keep(index(argument), past: mark) }

  /// All arguments as results.
  func pushArguments() -> LuaResults { LuaResults(count: Int32(count)) }
}
