import LuaHost
import Support

extension ScriptError {
  /// As its cause says, when a host function failed; a script's own mistakes can be gone on after.
  public var isRecoverable: Bool { (cause as? any NightjarError)?.isRecoverable ?? (cause == nil) }
}
