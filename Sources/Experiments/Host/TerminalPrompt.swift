import Foundation
import Support

/// Questions to the person at the terminal.
enum TerminalPrompt {
  /// Whether there is one: both the questions and the answers have a terminal.
  static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// Asks on standard error; anything but `y` or `yes` is no.
  ///
  /// - Throws: `InterruptionError` on Ctrl-C.
  static func ask(_ question: String) throws -> Bool {
    // What was typed before the question is no answer to it.
    tcflush(STDIN_FILENO, TCIFLUSH)
    // One line: a folder's name may have line ends in it.
    let line = question.printable(limit: .max).replacing("\n", with: "\\n")
    try FileHandle.standardError.write(contentsOf: Data("\(line) [y/N] ".utf8))
    // A line that is read waits through signals; this looks for them.
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&input, 1, 100) <= 0 { try Interruption.check("the question") }
    return ["y", "yes"].contains((readLine() ?? "").trimmingCharacters(in: .whitespaces).lowercased())
  }
}
