import Foundation

/// How a command speaks to the person at the terminal.
public struct Console: Sendable {
  /// How progress is shown.
  public enum Style: Sendable { case line, plain, quiet }

  public let style: Style

  public init(style: Style) { self.style = style }

  /// A redrawn line on a terminal, plain lines elsewhere, nothing with `--quiet`.
  public init(quiet: Bool) {
    style = quiet ? .quiet : isatty(STDERR_FILENO) == 1 ? .line : .plain
  }

  /// One line for the person, on standard error, unless quiet.
  public func say(_ text: String) {
    if style != .quiet { write(text + "\n") }
  }

  /// A warning, shown even when quiet.
  public func warn(_ text: String) { write("warning: \(text)\n") }

  func write(_ text: String) {
    // Nobody may be reading (`2>&1 | head`), which is no reason to stop.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
