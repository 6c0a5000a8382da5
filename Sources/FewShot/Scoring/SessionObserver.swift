import Support

/// An observer of every tested batch of a repeat: a custom metric or a test function.
///
/// It sees the labels, and must leave the network as it is. The tensors it is given are copies of its own.
///
/// A recoverable error of one of its functions (`NightjarError.isRecoverable`) leaves it out of the rest of the repeat;
/// other errors end the experiment.
public protocol SessionObserver: AnyObject {
  /// The name its failure is reported under: `metric/forgetting`.
  var name: String { get }
  /// Called with every scored batch of a session's test. Its `scores` are masked.
  ///
  /// - Throws: the observer's own errors, such as that of a script.
  func observe(_ tested: TestedBatch) throws
  /// Called when all batches of a session's test were observed.
  ///
  /// - Throws: the observer's own errors, such as that of a script.
  func endSession(_ session: Int) throws
  /// Called at the end of the repeat; returns the observer's numbers by name.
  ///
  /// - Throws: the observer's own errors, such as that of a script.
  func finish() throws -> [String: [Double]]
  /// The error for a rule that it violated, with its location where known.
  func violation(_ message: ErrorMessage) -> any NightjarError
}

extension SessionObserver {
  public func violation(_ message: ErrorMessage) -> any NightjarError {
    ProtocolViolationError(message.prefixed("\(name): "))
  }
}

/// What an observer is made with at the start of a repeat.
public struct ObserverContext: Sendable {
  /// The name of the learner under test.
  public let learner: String
  /// The number of the repeat, from 0.
  public let number: Int
  /// The seed of everything the observer draws.
  public let seed: UInt64
}

/// Makes a new observer for every repeat of every learner.
public struct ObserverFactory {
  /// The name failures are reported under: `metric/forgetting`.
  public let title: String
  /// Everything that its observers depend on; nil where it is not known.
  let keyParts: [String]?
  let make: (ObserverContext) throws -> any SessionObserver

  public init(
    _ title: String, keyParts: [String]? = nil,
    make: @escaping (ObserverContext) throws -> any SessionObserver
  ) {
    self.title = title
    self.keyParts = keyParts
    self.make = make
  }
}

/// Wraps the scoring of a test's samples by a learner, to count or to time it.
public protocol ScoringObserver {
  /// Runs `work`, the scoring of some samples in a session, and returns its result.
  ///
  /// - Throws: what `work` throws.
  func watch<Result>(session: Int, samples: Int, _ work: () throws -> Result) throws -> Result
  /// Runs `work`, the only scoring of some samples in a repeat with `sessions` tests, and returns its result.
  ///
  /// `first` has for each sample the first session whose test has it; all later tests have it too.
  ///
  /// - Throws: what `work` throws.
  func watch<Result>(_ first: [Int], of sessions: Int, _ work: () throws -> Result) throws -> Result
}

/// The observers of one repeat: one that fails is left out from then on, and the others go on.
struct ObserverList {
  private var observers: [any SessionObserver]
  /// The reasons of observers that failed, and of numbers that are NaN.
  private(set) var failures: [String: String] = [:]

  init(_ observers: [any SessionObserver]) { self.observers = observers }

  var isEmpty: Bool { observers.isEmpty }

  /// Calls `body` with every observer that has not failed. None may change `weights`, the network's tensors; nil does
  /// not check them.
  mutating func each(_ weights: TensorSnapshot?, _ body: (any SessionObserver) throws -> Void) throws {
    var remaining: [any SessionObserver] = []
    for observer in observers {
      do {
        defer { if weights?.isModified == true { try? weights?.restore() } }
        try body(observer)
        guard weights?.isModified != true else {
          throw observer.violation(
            ErrorMessage(
              "it changed the network's weights, which the learner goes on with",
              hint: "only read them, or work on a copy"))
        }
        remaining.append(observer)
      } catch let failure as any NightjarError where failure.isRecoverable {
        failures[observer.name] = failure.description
      }
    }
    observers = remaining
  }

  /// What all of them measured; NaN is a failure, not a number.
  mutating func finish(_ weights: TensorSnapshot?) throws -> [String: [Double]] {
    var measures: [String: [Double]] = [:]
    var invalid: [String: String] = [:]
    try each(weights) { observer in
      for (name, numbers) in try observer.finish() {
        guard let index = numbers.firstIndex(where: \.isNaN) else {
          measures[name] = measures[name] ?? numbers
          continue
        }
        let which = numbers.count == 1 ? "it" : "number \(index + 1) of \(numbers.count)"
        let kind = observer.name.split(separator: "/").dropLast().map { $0 + "/" }.joined()
        invalid[kind + name] =
          observer.violation(
            ErrorMessage(
              "\(name): \(which) is NaN", hint: "check for 0/0, such as the mean over no samples")
          )
          .description
      }
    }
    failures.merge(invalid) { first, _ in first }
    return measures
  }
}
