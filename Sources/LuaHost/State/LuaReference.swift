import Synchronization

/// A Lua value kept alive from Swift: a function, a table, anything.
///
/// It may be dropped on any thread; the state lets go of the value at its next call.
public final class LuaReference: Sendable {
  let key: Int32
  let releases: ReleaseQueue

  init(key: Int32, releases: ReleaseQueue) {
    self.key = key
    self.releases = releases
  }

  deinit { releases.add(key) }
}

/// Registry keys whose references are gone. It also tells which state a reference belongs to.
final class ReleaseQueue: Sendable {
  private let keys = Mutex<[Int32]>([])
  private let isEmpty = Atomic<Bool>(true)

  func add(_ key: Int32) {
    keys.withLock { $0.append(key) }
    isEmpty.store(false, ordering: .releasing)
  }

  /// The keys added since the last call.
  func take() -> [Int32] {
    guard !isEmpty.load(ordering: .acquiring) else { return [] }
    return keys.withLock { keys in
      isEmpty.store(true, ordering: .relaxed)
      defer { keys.removeAll() }
      return keys
    }
  }
}
