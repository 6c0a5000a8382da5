import CEditLine
import Experiments
import Foundation
import Support

/// Lines that the user edits on a terminal, by libedit: with a history, and completion by Tab.
///
/// All unsafe code of the prompt is here. One thread at a time; the objects of libedit live as long as this.
final class LineEditor {
  enum Line {
    case text(String)
    /// The user pressed Ctrl-C.
    case interrupted
    /// The user pressed Ctrl-D, or the terminal is gone.
    case end
  }

  /// The completions of the text before the cursor.
  var complete: (String) -> (length: Int, candidates: [String], common: String) = { _ in (0, [], "") }

  /// The version of libedit.
  static let version = "\(LIBEDIT_MAJOR).\(LIBEDIT_MINOR)"

  private static let historySize: Int32 = 2000
  private let edit: OpaquePointer
  private let lines: OpaquePointer
  private var prompt: UnsafeMutablePointer<CChar>
  private var isInterrupted = false
  /// Whether the last key was Tab and had nothing to add: the next one lists the candidates.
  private var wasAmbiguous = false

  /// An editor of the standard streams; nil where they are no terminal, or it cannot be made.
  init?() {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return nil }
    // For characters of several bytes. Not the user's language, whose letters would change Lua's string functions.
    setlocale(LC_CTYPE, "C.UTF-8")
    guard let prompt = strdup(""), let lines = history_init(), let edit = nj_edit_open()
    else { return nil }
    self.prompt = prompt
    self.lines = lines
    self.edit = edit
    nj_history_set_size(lines, Self.historySize)
    nj_edit_set_client(edit, Unmanaged.passUnretained(self).toOpaque())
    nj_edit_start(edit, lines)
    nj_edit_set_prompt(edit) { edit in LineEditor.of(edit)?.prompt }
    nj_edit_bind(edit, "^I", "nightjar-complete") { edit, _ in LineEditor.of(edit)?.completeWord() ?? 6 }
    nj_edit_bind(edit, "^C", "nightjar-interrupt") { edit, _ in LineEditor.of(edit)?.interrupt() ?? 6 }
    nj_edit_bind(edit, "^Z", "nightjar-suspend") { edit, _ in
      if let edit { nj_edit_suspend(edit) }
      return UInt8(CC_REDISPLAY)
    }
    nj_edit_bind_builtin(edit, "^R", "em-inc-search-prev")
  }

  deinit {
    el_end(edit)
    history_end(lines)
    free(prompt)
  }

  private static func of(_ edit: OpaquePointer?) -> LineEditor? {
    guard let edit, let client = nj_edit_client(edit) else { return nil }
    return Unmanaged<LineEditor>.fromOpaque(client).takeUnretainedValue()
  }

  /// Adds a line to the history.
  func remember(_ line: String) {
    if !line.isEmpty { nj_history_enter(lines, line) }
  }

  /// Reads one line, without its end.
  func read(prompt text: String) -> Line {
    free(prompt)
    prompt = strdup(text)
    isInterrupted = false
    wasAmbiguous = false
    nj_edit_prepare(edit)
    var count: Int32 = 0
    let line = el_gets(edit, &count)
    if isInterrupted { return .interrupted }
    guard let line, count > 0 else { return .end }
    let bytes = UnsafeRawBufferPointer(start: line, count: Int(count))
    let text = String(decoding: bytes, as: UTF8.self)
    return .text(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }

  /// Ctrl-C ends the line, which is discarded.
  private func interrupt() -> UInt8 {
    isInterrupted = true
    print("^C")
    return UInt8(CC_NEWLINE)
  }

  private func completeWord() -> UInt8 {
    guard let info = el_line(edit)?.pointee, let start = info.buffer, let cursor = info.cursor else {
      return UInt8(CC_ERROR)
    }
    let before = String(
      decoding: UnsafeRawBufferPointer(start: start, count: cursor - start), as: UTF8.self)
    if before.allSatisfy(\.isWhitespace) {
      el_insertstr(edit, "  ")
      return UInt8(CC_REFRESH)
    }
    let found = complete(before)
    guard !found.candidates.isEmpty else { return UInt8(CC_REFRESH_BEEP) }
    let rest = Array(found.common.utf8).dropFirst(found.length)
    if !rest.isEmpty {
      wasAmbiguous = false
      el_insertstr(edit, String(decoding: rest, as: UTF8.self))
      return UInt8(CC_REFRESH)
    }
    guard found.candidates.count > 1 else { return UInt8(CC_REFRESH) }
    guard wasAmbiguous else {
      wasAmbiguous = true
      return UInt8(CC_REFRESH_BEEP)
    }
    wasAmbiguous = false
    print("\n" + Self.columns(found.candidates, width: Self.width))
    return UInt8(CC_REDISPLAY)
  }

  private func print(_ text: String) {
    fflush(nil)
    try? StandardOutput().line(text)
  }

  private static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The candidates' last parts in columns, at most 200 of them.
  static func columns(_ candidates: [String], width: Int) -> String {
    let shown = candidates.prefix(200).map { $0.printableLine() }
    let cell = (shown.map(\.count).max() ?? 0) + 2
    let perLine = max(1, width / cell)
    let lines = stride(from: 0, to: shown.count, by: perLine).map { start in
      shown[start..<min(start + perLine, shown.count)].map {
        $0 + String(repeating: " ", count: cell - $0.count)
      }
      .joined()
    }
    return (lines + (candidates.count > 200 ? ["… \(candidates.count) in all"] : [])).joined(separator: "\n")
  }
}
