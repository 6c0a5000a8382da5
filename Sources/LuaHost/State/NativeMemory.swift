/// Memory outside Lua that host objects hold: a state collects garbage when much of it is in use.
public protocol NativeMemory: AnyObject {
  /// Bytes in use.
  var liveBytes: Int { get }
  /// The most bytes that may be in use.
  var budget: Int { get }
}
