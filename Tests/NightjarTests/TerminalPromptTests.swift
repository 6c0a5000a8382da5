import Foundation
import TestSupport
import Testing

/// `nightjar repl` on a terminal: editing, completion, history, Ctrl-C and Ctrl-D.
@Suite struct TerminalPromptTests {
  @Test func isEditedOnATerminal() throws {
    let sandbox = try Sandbox()
    let terminal = try Terminal(["repl"], in: sandbox)
    try terminal.expect("> ", after: "")
    try terminal.expect("> ", after: "x = nj.zeros(2)\r")
    // Completed: a field of a variable, a method, a function of a module, a plugin.
    try terminal.expect("_1 = {2}", after: "x.sh\t\r")
    try terminal.expect("_2 = tensor(0.)", after: "x:mea\t(1)\r")
    try terminal.expect("LeakyReadout", after: "nj.nn.L\t\t\t")
    // Ctrl-C discards the line.
    try terminal.expect("^C", after: "\u{3}")
    try terminal.expect("_3 = plugin", after: "nj.plugin('learner', 'prototyp\t')\r")
    try terminal.expect("… ", after: "for i = 1, 2 do\r")
    try terminal.expect("> ", after: "\u{3}")
    // Ctrl-C interrupts what runs.
    terminal.type("while true do pcall(error) end\r")
    sleep(1)
    kill(terminal.process.processIdentifier, SIGINT)
    try terminal.expect("interrupted", after: "")
    // The line before, by the arrow key; characters of several bytes.
    try terminal.expect("_4 = \"größer\"", after: "'größer'\r")
    try terminal.expect("_5 = \"größer\"", after: "\u{1B}[A\r")
    // Before the prompt is there, the terminal would take Ctrl-D as the end of a line.
    try terminal.expect("> ", after: "")
    try terminal.expect("", after: "\u{4}")
    #expect(terminal.end() == 0)
    let history = sandbox.read("state/nightjar/history").split(separator: "\n")
    #expect(history.first == "x = nj.zeros(2)" && history.suffix(2) == ["'größer'", "'größer'"])
    let mode = try FileManager.default.attributesOfItem(atPath: sandbox.path("state/nightjar/history"))
    #expect(mode[.posixPermissions] as? Int == 0o600)
    // The next prompt knows them.
    let next = try Terminal(["repl"], in: sandbox)
    try next.expect("> ", after: "")
    try next.expect("_1 = \"größer\"", after: "\u{1B}[A\r")
    try next.expect("", after: ":quit\r")
    #expect(next.end() == 0)
  }
}

/// The command on a pseudo-terminal.
private final class Terminal {
  struct SilenceError: Error, CustomStringConvertible {
    let description: String
  }

  let process = Process()
  private let main: Int32
  private var output = ""
  private var checked = 0

  init(_ arguments: [String], in sandbox: Sandbox) throws {
    main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var isLocked: Int32 = 0
    var number: UInt32 = 0
    // As unlockpt() and ptsname() do, which Swift does not see: TIOCSPTLCK and TIOCGPTN of Linux.
    guard main >= 0, ioctl(main, 0x4004_5431, &isLocked) == 0, ioctl(main, 0x8004_5430, &number) == 0 else {
      throw SilenceError(description: "there are no pseudo-terminals here")
    }
    let side = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    let handle = FileHandle(fileDescriptor: side, closeOnDealloc: true)
    process.executableURL = URL(fileURLWithPath: try Sandbox.program())
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: sandbox.folder)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "TERM": "xterm", "HOME": sandbox.folder, "XDG_STATE_HOME": sandbox.path("state"),
      "XDG_CACHE_HOME": sandbox.path("cache"), "XDG_DATA_HOME": sandbox.path("data"),
    ]) { $1 }
    process.standardInput = handle
    process.standardOutput = handle
    process.standardError = handle
    try Sandbox.launch(process)
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    close(main)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(main, bytes, bytes.count)
  }

  /// Types a text, and waits until the terminal displays what is expected after what was expected before.
  func expect(_ expected: String, after text: String) throws {
    type(text)
    guard !expected.isEmpty else { return }
    let deadline = Date(timeIntervalSinceNow: 120)
    while Date() < deadline {
      let fresh = output.dropFirst(checked)
      if let range = fresh.range(of: expected) {
        checked = output.distance(from: output.startIndex, to: range.upperBound)
        return
      }
      var input = pollfd(fd: main, events: Int16(POLLIN), revents: 0)
      guard poll(&input, 1, 200) > 0 else { continue }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(main, &bytes, bytes.count)
      if count <= 0 { break }
      // Carriage returns would be one character with the line feed after them.
      output += String(decoding: bytes.prefix(count).filter { $0 != 13 }, as: UTF8.self)
    }
    throw SilenceError(description: "'\(expected)' did not appear after '\(text)'; there was:\n\(output)")
  }

  /// Waits for the end of the command.
  ///
  /// - Returns: its exit code; -1 where it does not end.
  func end() -> Int32 {
    eventually { !process.isRunning }
    return process.isRunning ? -1 : process.terminationStatus
  }
}
