import Tensors

/// What a script, a plugin or a host function called from Lua failed with.
///
/// The message starts with the script's `file:line` where there is one.
public struct ScriptFailure: Failure {
  /// Where and what, one line.
  public var message: String
  /// The Lua calls that led there, innermost first: `plugins/x.lua:12: in function 'learn'`.
  public var traceback: [String]
  /// The error a host function threw, with its own type.
  public let cause: (any Error)?

  /// Whether the message already says where in the script.
  let isPlaced: Bool

  /// The `file:line: ` that a host function's message was given when it went through Lua.
  var place = ""

  /// Text from a script is made printable and cut.
  public init(_ message: String, traceback: [String] = [], cause: (any Error)? = nil) {
    self.init(message, traceback: traceback, cause: cause, isPlaced: false)
  }

  init(_ message: String, traceback: [String] = [], cause: (any Error)?, isPlaced: Bool) {
    self.message = message.printable()
    self.traceback = traceback
    self.cause = cause
    self.isPlaced = isPlaced
  }

  /// The cause's own code, so that a full memory stays 4 and Ctrl-C stays 130; else 1.
  public var exitCode: ExitCode { (cause as? any Failure)?.exitCode ?? .script }

  /// The message, then the traceback, one call a line.
  public var description: String { ([message] + traceback.map { "  " + $0 }).joined(separator: "\n") }

  /// The same failure as the host function said it, without the place in the script that called it.
  var unplaced: ScriptFailure {
    var copy = self
    if message.hasPrefix(place) { copy.message = String(message.dropFirst(place.count)) }
    return copy
  }

  /// The same failure with words put before its message.
  public func prefixed(_ words: String) -> ScriptFailure {
    var copy = self
    copy.message = words + message
    return copy
  }
}
