import LuaHost
import Support
import Tensors

/// The core's errors as a script's author reads them: counted from 1, with the names and the syntax of Lua.
///
/// The core counts from 0 and knows no Lua. Each of its error types has its own file here.
package enum CoreErrorTranslation {
  /// The error that a script, or the command that ran it, reports for an error of the core.
  ///
  /// - Returns: a ``ScriptError`` with the same locations, whose cause is `error`, and so with its exit code
  ///   and `isRecoverable`. Any other error is returned unchanged.
  package static func translate(_ error: any Error) -> any Error {
    guard let known = error as? any NightjarError, let message = scriptMessage(of: known) else {
      return error
    }
    return ScriptError(message, at: known.locations, cause: error)
  }

  /// The message of an error in the words of a script: translated for an error of the core, else its own.
  package static func message(of error: any NightjarError) -> ErrorMessage {
    scriptMessage(of: error) ?? error.message
  }

  /// Nil for errors that need no translation.
  private static func scriptMessage(of error: any NightjarError) -> ErrorMessage? {
    switch error {
    case let error as TensorError: error.scriptMessage
    default: nil
    }
  }
}
