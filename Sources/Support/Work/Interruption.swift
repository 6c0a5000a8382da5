import Foundation
import Synchronization

/// Cancellation by Ctrl-C: the signal sets a flag, which long work checks between steps, to save and stop.
///
/// The flag is global, as is the signal.
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Whether a stop was requested.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Installs the signal handlers. The first signal requests a stop; a second one ends the process at once.
  public static func listen() {
    for number in [SIGINT, SIGTERM] {
      // A program that started this one may have had them blocked, which children inherit.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, number)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      signal(number) { _ in
        if Interruption.flag.exchange(true, ordering: .relaxed) { _exit(ExitCode.interrupted.rawValue) }
      }
    }
  }

  /// Runs `body`, which waits for the user, so that SIGTERM ends the process at once; the flag would not be looked at.
  public static func endingOnTermination<Result>(_ body: () throws -> Result) rethrows -> Result {
    signal(SIGTERM, SIG_DFL)
    defer { listen() }
    return try body()
  }

  /// Another reason to end the work of this thread: a limit of the script that started it. For threads that take over a
  /// part of the work, too.
  @TaskLocal package static var expiry: (@Sendable () -> (any Error)?)?

  /// Runs `body`; every ``check(_:)`` on this thread throws the error that `expiry` returns, once it returns one.
  ///
  /// - Throws: what `body` throws.
  public static func withExpiry<Result>(
    _ expiry: (@Sendable () -> (any Error)?)?, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let expiry else { return try body() }
    return try $expiry.withValue(expiry, operation: body)
  }

  /// Ends work that should stop; `work` describes it, such as "training".
  ///
  /// - Throws: ``InterruptionError`` after Ctrl-C, or the error of the expiry.
  public static func check(_ work: @autoclosure () -> String) throws { try check(work(), expiry) }

  private static func check(
    _ work: @autoclosure () -> String, _ expiry: (@Sendable () -> (any Error)?)?
  ) throws {
    if isRequested { throw InterruptionError(during: work()) }
    if let failure = expiry?() { throw failure }
  }

  /// Whether ``check(_:)`` would throw, given the expiry of the thread that the work belongs to.
  package static func isDue(_ expiry: (@Sendable () -> (any Error)?)?) -> Bool {
    isRequested || expiry?() != nil
  }

  private static let cutLoops = Atomic<Int>(0)

  /// The number of loops so far, on all threads, that ended early because ``isDue(_:)``. If it has changed during some
  /// work on this thread, the results may be incomplete: ``check(_:)`` then tells whether they are.
  package static var cuts: Int { cutLoops.load(ordering: .relaxed) }

  /// Counts a loop that ended early.
  package static func noteCut() { cutLoops.wrappingAdd(1, ordering: .relaxed) }

  /// Checks for an interruption in a loop of many short steps, once in some milliseconds.
  ///
  /// A copy on another thread uses the expiry of the thread that made the original.
  public struct Watch: Sendable {
    /// The operations between two checks: a few milliseconds of arithmetic.
    private static let operationsPerCheck = 1 << 22
    private var done = 0
    private let expiry = Interruption.expiry

    public init() {}

    /// Counts operations of the loop and sometimes checks.
    ///
    /// - Throws: as ``Interruption/check(_:)``.
    public mutating func count(_ operations: Int, _ work: @autoclosure () -> String) throws {
      done += operations
      guard done >= Self.operationsPerCheck else { return }
      done = 0
      try Interruption.check(work(), expiry)
    }

    /// Counts operations of a loop that cannot throw. If it returns true, the loop has to end early, which is noted in
    /// ``Interruption/cuts``.
    package mutating func isDue(after operations: Int) -> Bool {
      done += operations
      guard done >= Self.operationsPerCheck else { return false }
      done = 0
      guard Interruption.isDue(expiry) else { return false }
      Interruption.noteCut()
      return true
    }
  }

  /// Requests a stop as the signal does, or withdraws the request; for tests and embedding hosts.
  public static func request(_ isRequested: Bool = true) { flag.store(isRequested, ordering: .relaxed) }
}

/// The user requested a stop with Ctrl-C.
///
/// Whether the same command continues from here is for the command to say: a bench and its data set do, a script
/// only as far as its stages are cached.
public struct InterruptionError: NightjarError {
  /// The work that was interrupted.
  public let during: String

  public init(during: String) { self.during = during }

  public var exitCode: ExitCode { .interrupted }
  public var message: ErrorMessage { "interrupted during \(during)" }
}
