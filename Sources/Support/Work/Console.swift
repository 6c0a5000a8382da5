import Foundation

/// The output of a command for the user, on standard error.
public struct Console: Sendable {
  /// How progress is displayed.
  public enum Style: Sendable {
    case line, plain, quiet
    /// Not even warnings: for work on made-up data, whose outcome is reported by other means.
    case silent
  }

  public let style: Style

  public init(style: Style) { self.style = style }

  /// A redrawn line on a terminal, plain lines elsewhere, nothing with `--quiet`.
  public init(quiet: Bool) {
    style = quiet ? .quiet : isatty(STDERR_FILENO) == 1 ? .line : .plain
  }

  var displaysProgress: Bool { style == .line || style == .plain }

  /// Prints one line unless quiet.
  public func say(_ text: String) {
    if displaysProgress { write(text + "\n") }
  }

  /// Prints a warning, even when quiet.
  public func warn(_ text: String) {
    if style != .silent { write("warning: \(text)\n") }
  }

  func write(_ text: String) {
    // A closed pipe (`2>&1 | head`) is no reason to stop.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
