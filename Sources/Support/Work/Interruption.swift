import Foundation
import Synchronization

/// Ctrl-C, as long work sees it: the signal sets a flag, work looks at it between steps, saves and stops.
///
/// The signal belongs to the whole process, and so does the flag.
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Whether the user asked to stop.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Starts to listen. The first signal asks; a second one ends the process at once.
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
    // A parent that blocks them hands that on, and then Ctrl-C would do nothing.
    var asked = sigset_t()
    sigemptyset(&asked)
    for number in [SIGINT, SIGTERM] { sigaddset(&asked, number) }
    pthread_sigmask(SIG_UNBLOCK, &asked, nil)
  }

  /// What else may end work on one thread: a limit of the script that asked for it.
  private final class Expiry {
    static let key = "nightjar.expiry"
    let failure: @Sendable () -> (any Error)?
    init(_ failure: @escaping @Sendable () -> (any Error)?) { self.failure = failure }
  }

  /// What else may end work on this thread: for threads that take over a part of it.
  package static var expiry: (@Sendable () -> (any Error)?)? {
    (Thread.current.threadDictionary[Expiry.key] as? Expiry)?.failure
  }

  /// Runs `body`, whose every ``check(_:)`` on this thread throws what `expiry` gives, once it gives something.
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

  /// Throws ``InterruptionError`` when the user asked to stop, or what the work has run into.
  public static func check(_ work: @autoclosure () -> String) throws { try check(work(), expiry) }

  private static func check(
    _ work: @autoclosure () -> String, _ expiry: (@Sendable () -> (any Error)?)?
  ) throws {
    if isRequested { throw InterruptionError(during: work()) }
    if let failure = expiry?() { throw failure }
  }

  /// Looks for it inside a loop of many short steps: so often that the loop ends in time, so seldom that it
  /// costs nothing.
  ///
  /// A copy on another thread looks for the same as the thread that made it.
  public struct Watch: Sendable {
    /// A few milliseconds of arithmetic.
    private static let stretch = 1 << 22
    private var done = 0
    private let expiry = Interruption.expiry

    public init() {}

    /// Counts operations of the loop; now and then throws what ``Interruption/check(_:)`` throws.
    public mutating func count(_ operations: Int, _ work: @autoclosure () -> String) throws {
      done += operations
      guard done >= Self.stretch else { return }
      done = 0
      try Interruption.check(work(), expiry)
    }
  }

  /// Asks as the signal would, or takes it back; for tests and embedding hosts.
  public static func request(_ asked: Bool = true) { flag.store(asked, ordering: .relaxed) }
}

/// The user asked to stop (Ctrl-C); work done so far has been kept.
public struct InterruptionError: NightjarError {
  /// What was under way.
  public let during: String

  public init(during: String) { self.during = during }

  public var exitCode: ExitCode { .interrupted }
  public var message: ErrorMessage {
    "interrupted during \(during); run the same command again to go on from here"
  }
}
