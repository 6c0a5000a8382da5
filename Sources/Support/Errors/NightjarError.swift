/// An error that a user, a file or a script can cause.
///
/// It is a value: ``message`` is the fact and a hint, ``locations`` are where it happened. Only ``description`` makes
/// a text of them, and no code decides anything by that text.
public protocol NightjarError: Error, CustomStringConvertible, Sendable {
  /// The fact, with numbers and shapes, and a hint if one can help.
  var message: ErrorMessage { get }

  /// Where it happened, from the outside in: a plugin, a line of a script, a row of a file, a layer.
  var locations: [ErrorLocation] { get }

  /// The exit code of a command that this error ends.
  var exitCode: ExitCode { get }

  /// Whether a run continues without the plugin that failed: for its own errors and the limits of one call.
  ///
  /// Limits of the whole run, Ctrl-C, and invalid data or options end the run.
  var isRecoverable: Bool { get }

  /// Whether native memory was refused. A script may catch a few of these, to try with less.
  var isMemoryRefusal: Bool { get }
}

extension NightjarError {
  public var locations: [ErrorLocation] { [] }
  public var isRecoverable: Bool { exitCode == .script }
  public var isMemoryRefusal: Bool { false }

  /// One line: `plugin learner/ridge: plugins/ridge.lua:12: matmul: … Hint: …`.
  public var line: String { (locations.map(\.description) + [message.description]).joined(separator: ": ") }

  public var description: String { line }
}

/// The message of an error: a fact, and a hint how to fix it.
public struct ErrorMessage: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringInterpolation {
  /// The fact, without a full stop at its end.
  public var what: String
  /// Advice that helps; nil otherwise.
  public var hint: String?

  public init(_ what: String, hint: String? = nil) {
    self.what = what
    self.hint = hint
  }

  public init(stringLiteral what: String) { self.init(what) }

  /// The fact, then `Hint:` and the hint; on a line of its own where the fact has several. Names and contents of files
  /// are escaped, which may be anything.
  public var description: String {
    let text = what.printable(limit: .max)
    guard let hint = hint?.printable(limit: .max) else { return text }
    return text.contains("\n") ? "\(text)\nHint: \(hint)" : "\(text). Hint: \(hint)"
  }

  /// The same with words put before the fact.
  public func prefixed(_ words: String) -> ErrorMessage { ErrorMessage(words + what, hint: hint) }
}

/// Where an error happened.
public enum ErrorLocation: Sendable, Hashable, CustomStringConvertible {
  /// A line of a Lua file, from 1.
  case script(path: String, line: Int)
  /// A row of a list, from 1.
  case row(file: String, row: Int)
  /// A file or folder.
  case file(path: String)
  /// A layer of a network by its name, such as `blocks.0.conv`.
  case layer(name: String)
  /// A plugin by kind and name, `learner/ridge`, with the position of its function if it is known.
  case plugin(title: String, path: String? = nil, line: Int? = nil)
  /// An argument of the command line, such as `--limit time=x`.
  case argument(String)

  /// Names are escaped: a file may be called anything.
  public var description: String {
    let text =
      switch self {
      case .script(let path, let line): "\(path):\(line)"
      case .row(let file, let row): "\(file):\(row)"
      case .file(let path): path
      case .layer(let name): "layer \(name)"
      case .plugin(let title, let path?, let line?): "plugin \(title) (\(path):\(line))"
      case .plugin(let title, let path?, nil): "plugin \(title) (\(path))"
      case .plugin(let title, nil, _): "plugin \(title)"
      case .argument(let text): text
      }
    return text.printable()
  }
}

/// The exit codes of the `nightjar` command.
public enum ExitCode: Int32, Sendable {
  case done = 0
  case script = 1
  case usage = 2
  case data = 3
  case limit = 4
  case interrupted = 130
}
