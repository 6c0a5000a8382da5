import Support

/// An error of a script, of a plugin, or of a host function that Lua called.
public struct ScriptError: NightjarError {
  public let message: ErrorMessage
  public private(set) var locations: [ErrorLocation]
  /// The Lua calls that led to it, innermost first: `plugins/x.lua:12: in function 'learn'`.
  public private(set) var traceback: [String] = []
  /// The error a host function threw, with its own type.
  public let cause: (any Error)?

  /// An error of a host function. The line of the calling script is added on the way through Lua.
  ///
  /// Control characters are escaped, and long text is cut: it may come from a script.
  public init(_ what: String, hint: String? = nil, at locations: [ErrorLocation] = []) {
    self.init(ErrorMessage(what, hint: hint), at: locations)
  }

  /// Creates an error from a message, optionally with the error that caused it.
  public init(_ message: ErrorMessage, at locations: [ErrorLocation] = [], cause: (any Error)? = nil) {
    self.message = ErrorMessage(message.what.printable(), hint: message.hint?.printable())
    self.locations = locations
    self.cause = cause
  }

  /// Wraps an error that a host function threw.
  init(cause: any Error, at locations: [ErrorLocation] = []) {
    // One of the core that was translated has its cause already.
    if let translated = cause as? ScriptError {
      self = translated.located(in: locations)
      return
    }
    guard let known = cause as? any NightjarError else {
      self.init(ErrorMessage(String(describing: cause)), at: locations, cause: cause)
      return
    }
    self.init(known.message, at: locations + known.locations, cause: cause)
  }

  /// The exit code of the cause, so that a full memory stays 4 and Ctrl-C stays 130; otherwise 1.
  public var exitCode: ExitCode { (cause as? any NightjarError)?.exitCode ?? .script }

  /// As its cause says when a host function failed; a script's own errors are recoverable.
  public var isRecoverable: Bool { (cause as? any NightjarError)?.isRecoverable ?? (cause == nil) }

  /// Whether its locations include a line of a script.
  var isLocated: Bool { locations.contains(where: \.isScript) }

  /// Locations and message, then the traceback, one call per line.
  public var description: String { ([line] + traceback.map { "  " + $0 }).joined(separator: "\n") }

  /// The same error with a location before the ones it has.
  public func located(in location: ErrorLocation) -> ScriptError { located(in: [location]) }

  /// The same error with locations before the ones it has.
  func located(in outer: [ErrorLocation]) -> ScriptError {
    var copy = self
    copy.locations = outer + locations
    return copy
  }

  /// The same error without the leading locations for which `isUnwanted` holds.
  public func droppingLocations(while isUnwanted: (ErrorLocation) -> Bool) -> ScriptError {
    var copy = self
    copy.locations = Array(locations.drop(while: isUnwanted))
    return copy
  }

  /// The same error with these frames as its traceback; the middle of a very deep one is left out.
  package func with(_ frames: [LuaFrame]) -> ScriptError {
    var copy = self
    let lines = frames.map { $0.description.printable(limit: 300) }
    let omitted = lines.count - 16
    copy.traceback = omitted <= 1 ? lines : lines.prefix(10) + ["… \(omitted) more calls …"] + lines.suffix(6)
    return copy
  }
}

extension ErrorLocation {
  /// Whether it is a line of a script.
  public var isScript: Bool { if case .script = self { true } else { false } }
  /// Whether it is a plugin.
  public var isPlugin: Bool { if case .plugin = self { true } else { false } }
}

extension ScriptError {
  /// The same error with the line of the script that is running, and the calls that led there.
  package func placed(in state: LuaState) -> ScriptError {
    let frames = state.stack.frames()
    return located(in: frames.first.map { [$0.location] } ?? []).with(frames)
  }
}
