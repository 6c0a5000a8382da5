/// Where a state is, for objects that it owns and that may outlive it.
///
/// A weak reference would do as well, but every count of the references to an object that has one is slower.
public final class LuaStatePlace {
  /// Nil once the state has ended.
  public internal(set) unowned(unsafe) var state: LuaState?
}
