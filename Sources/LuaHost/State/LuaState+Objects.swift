import CLua
import LuaBridge

/// Host objects in Lua.
extension LuaState {
  /// The number of a class in this state; a class may be named before it is registered.
  func classNumber(_ name: String) -> Int32 {
    if let number = classNumbers[name] { return number }
    let number = Int32(classes.count)
    classes.append(BoundClass(name: name))
    classNumbers[name] = number
    return number
  }

  func className(_ number: Int32) -> String { classes[Int(number)].name }

  /// Pushes a new userdata that holds `object`, or the one there is for a class with identity.
  func push(_ object: LuaObject, on stack: LuaStack) throws {
    let number = classNumber(object.className)
    let described = classes[Int(number)]
    guard let metatable = described.metatable else {
      throw ScriptError("the class '\(object.className)' was not registered with this state")
    }
    if described.isScoped { weighPool() }
    try stack.reserve(4)
    let key = Unmanaged.passUnretained(object.storage).toOpaque()
    if let known = described.known {
      try stack.push(known)
      lua_rawgetp(stack.thread, -1, key)
      if !stack.isReleased(-1) {
        lua_rotate(stack.thread, -2, 1)
        stack.pop()
        return
      }
      stack.pop()  // leaves the table of known objects below the new one
    }
    nj_push_object(
      stack.thread, Unmanaged.passRetained(object.storage).toOpaque(), number, metatable.key,
      described.bytes(object.storage), described.isScoped ? 1 : 0)
    if described.known != nil {
      stack.copy(-1)
      lua_rawsetp(stack.thread, -3, key)
      lua_rotate(stack.thread, -2, 1)
      stack.pop()
    }
  }

  /// Collects garbage when the pool holds far more than after the last collection: a small tensor may keep all that
  /// its gradient needs, which Lua's own count of bytes does not see.
  private func weighPool() {
    guard let pool, pool.liveBytes > poolThreshold else { return }
    collectGarbage()
    let live = pool.liveBytes
    // As nj_collect_if_needed: at twice what is left, earlier when the budget is near.
    let usual = live + max(live, 64 << 20)
    let near = pool.budget / 4 * 3
    poolThreshold = usual > near ? max(live + pool.budget / 16, near) : usual
  }

  /// The object a userdata holds.
  func object(_ userdata: UnsafeMutablePointer<nj_object>) throws -> LuaObject {
    let name = className(userdata.pointee.class_id)
    guard let object = userdata.pointee.object else { throw ScriptError("\(name): used after release") }
    let storage = Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue()
    return LuaObject(className: name, storage: storage)
  }

  /// A mark for ``release(since:)``.
  var mark: UInt64 { host.pointee.serial }

  /// Releases the objects with native memory made since the mark, save those kept.
  func release(since mark: UInt64) { nj_release_since(current, mark) }
}

extension LuaStack {
  /// The number of the host object's class at `index`; nil for any other value.
  func classNumber(_ index: Int32) -> Int32? { nj_to_object(thread, index)?.pointee.class_id }

  /// Whether the value at `index` is a host object of this class that was not released.
  func isLive(_ index: Int32, _ classNumber: Int32) -> Bool { nj_is_live(thread, index, classNumber) != 0 }

  func isReleased(_ index: Int32) -> Bool { nj_to_object(thread, index)?.pointee.object == nil }

  /// The host object at `index`; nil when the value is none, or has been released.
  func storage(_ index: Int32) -> AnyObject? { withStorage(index) { $0 } }

  /// Reads the host object at `index` where it lies, without counting a reference; nil as for ``storage(_:)``.
  @inline(__always)
  package func withStorage<R>(_ index: Int32, _ read: (AnyObject) -> R?) -> R? {
    guard let object = nj_to_object(thread, index)?.pointee.object else { return nil }
    return Unmanaged<AnyObject>.fromOpaque(object)._withUnsafeGuaranteedRef(read)
  }

  /// Gives the object's memory back; later use is an error.
  func release(_ index: Int32) {
    if let object = nj_to_object(thread, index) { nj_release_object(thread, object) }
  }

  /// Tells the collector how many native bytes hang on an object now.
  func setBytes(_ bytes: Int, _ index: Int32) {
    if let object = nj_to_object(thread, index) { nj_set_bytes(thread, object, max(bytes, 0)) }
  }

  /// Hands the object to the scope that was opened at `mark`'s parent.
  func keep(_ index: Int32, past mark: UInt64) {
    guard let object = nj_to_object(thread, index) else { return }
    object.pointee.owner = min(object.pointee.owner, mark)
  }
}
