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

  /// Another reason to end work on one thread: a limit of the script that started it.
  private final class Expiry {
    static let key = "nightjar.expiry"
    let error: @Sendable () -> (any Error)?
    init(_ error: @escaping @Sendable () -> (any Error)?) { self.error = error }
  }

  /// The expiry of this thread, for threads that take over a part of its work.
  package static var expiry: (@Sendable () -> (any Error)?)? {
    (Thread.current.threadDictionary[Expiry.key] as? Expiry)?.error
  }

  /// Runs `body`; every ``check(_:)`` on this thread throws the error that `expiry` returns, once it returns one.
  ///
  /// - Throws: what `body` throws.
  public static func withExpiry<Result>(
    _ expiry: (@Sendable () -> (any Error)?)?, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let expiry else { return try body() }
    let values = Thread.current.threadDictionary
    let outer = values[Expiry.key]
    values[Expiry.key] = Expiry(expiry)
    defer { values[Expiry.key] = outer }
    return try body()
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
  }

  /// Requests a stop as the signal does, or withdraws the request; for tests and embedding hosts.
  public static func request(_ isRequested: Bool = true) { flag.store(isRequested, ordering: .relaxed) }
}

/// The user requested a stop with Ctrl-C. The work done so far was saved.
public struct InterruptionError: NightjarError {
  /// The work that was interrupted.
  public let during: String

  public init(during: String) { self.during = during }

  public var exitCode: ExitCode { .interrupted }
  public var message: ErrorMessage {
    "interrupted during \(during); run the same command again to continue from here"
  }
}
