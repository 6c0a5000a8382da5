import Foundation
import Support
import Synchronization

/// Another process of this program, watched through what it writes to its standard output.
final class Child {
  /// What a child did.
  enum Event {
    case line(String)
    /// It said nothing for as long as it was given.
    case silence
    /// It is over: its exit code, or the number of the signal that ended it as a negative one.
    case end(Int32)
  }

  private let process: pid_t
  private let output: Int32
  private let errors: String
  private var buffer: [UInt8] = []
  private var status: Int32?

  /// Starting holds this lock, so that no child inherits the pipe that was just made for another one.
  private static let starting = Mutex(())

  /// - Parameter errors: the file that gets what it writes to its standard error.
  static func start(_ arguments: [String], errors: String) throws -> Child {
    try starting.withLock { _ in try Child(arguments, errors: errors) }
  }

  private init(_ arguments: [String], errors: String) throws {
    self.errors = errors
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw FileError(errnoOf: "make a pipe to", "a child") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    output = ends[0]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = Self.environment().map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }
    var process = pid_t()
    let failed = posix_spawn(&process, program, &actions, nil, &words, &variables)
    close(ends[1])
    guard failed == 0 else {
      close(output)
      errno = failed
      throw FileError(errnoOf: "start", program)
    }
    self.process = process
  }

  deinit {
    kill()
    close(output)
  }

  /// Programs that the host would start, and folders of the user, are out of a case's reach. The sanitizers stop at
  /// the first finding, and let a large allocation fail as without them.
  private static func environment() -> [String] {
    var variables = ProcessInfo.processInfo.environment
    let symbols = variables["FUZZ_SYMBOLIZER"] ?? ""
    for (name, value) in [
      ("PATH", "/nowhere"), ("HOME", "/nowhere"), ("XDG_CACHE_HOME", "/nowhere"),
      ("XDG_DATA_HOME", "/nowhere"), ("FUZZ", "1"),
    ] {
      variables[name] = value
    }
    let usual = [
      "ASAN_OPTIONS":
        "detect_leaks=0:quarantine_size_mb=64:allocator_may_return_null=1:handle_sigill=1:handle_sigtrap=1"
        + ":detect_stack_use_after_return=0:external_symbolizer_path=\(symbols)",
      "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    return variables.merging(usual) { given, _ in given }.map { "\($0.key)=\($0.value)" }
  }

  /// The next thing it does.
  func next(within seconds: Double) -> Event {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeSubrange(...end)
        return .line(line)
      }
      var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, Int32(seconds * 1000))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return .silence }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(output, &bytes, bytes.count)
      guard count > 0 else { return .end(wait()) }
      buffer += bytes[..<count]
    }
  }

  /// Its last words to standard error.
  var lastWords: String {
    let bytes = FileManager.default.contents(atPath: errors) ?? Data()
    return String(decoding: bytes.suffix(20_000), as: UTF8.self)
  }

  /// Ends it, if it is not over yet.
  func kill() {
    guard status == nil else { return }
    Foundation.kill(process, SIGKILL)
    _ = wait()
  }

  private func wait() -> Int32 {
    if let status { return status }
    var word: Int32 = 0
    while waitpid(process, &word, 0) < 0, errno == EINTR {}
    let signal = word & 0x7F
    let ended = signal == 0 ? (word >> 8) & 0xFF : -signal
    status = ended
    return ended
  }
}
