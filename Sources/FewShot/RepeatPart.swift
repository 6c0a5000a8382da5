import Foundation
import Support

/// The part of an experiment's repeats that one of several processes runs.
public struct RepeatPart: Sendable, Equatable {
  /// The part, from 0: that of the process which gathers the others.
  public let index: Int
  public let count: Int

  /// Part number `index` of `count`.
  public init(_ index: Int, of count: Int) {
    self.index = index
    self.count = count
  }

  /// The numbers of its repeats, of `repeats` from 0. The first part, which begins first, has none fewer than others.
  func range(of repeats: Int) -> Range<Int> { start(index, repeats)..<start(index + 1, repeats) }

  private func start(_ part: Int, _ repeats: Int) -> Int { (repeats * part + count - 1) / count }
}

/// Other processes that run parts of an experiment's repeats meanwhile, and leave them in the cache.
///
/// Results never depend on them: repeats that a helper did not deliver, for whatever reason, are run by the experiment
/// itself.
public protocol RepeatHelpers: AnyObject {
  /// Whether they are to be used however short the work is.
  var isRequested: Bool { get }
  /// Starts a process for every part but the first. Those of an earlier experiment of the same work go on: each of them
  /// runs its part of all experiments.
  ///
  /// - Returns: the number of parts; 1 where no process was started.
  func start(repeats: Int) -> Int
  /// Whether the process of a part has ended.
  func hasEnded(_ part: RepeatPart) -> Bool
  /// The threads that this process may use beside `running` others, of those that run `parts` parts.
  func threads(besides running: Int, of parts: Int) -> Int
}

/// An experiment's process and its helpers.
final class RepeatTeam {
  private let helpers: (any RepeatHelpers)?
  private var count: Int?

  /// What other processes have to save to be worth their start, in which they read the embeddings again.
  private static let worthwhile = Duration.milliseconds(1500)

  init(_ helpers: (any RepeatHelpers)?) { self.helpers = helpers }

  /// Whether it is not known yet who runs the repeats.
  var isUndecided: Bool { helpers != nil && count == nil }

  /// All parts, that of this process first.
  var parts: [RepeatPart] {
    let count = count ?? 1
    return (0..<count).map { RepeatPart($0, of: count) }
  }

  /// The threads that this process may use now; nil for all. A helper that has ended leaves its own.
  var threads: Int? {
    guard let helpers else { return nil }
    let running = parts.dropFirst().count { !helpers.hasEnded($0) }
    return running > 0 ? helpers.threads(besides: running, of: parts.count) : nil
  }

  /// Starts the helpers, for work that would leave threads without work for so long.
  func start(repeats: Int, idle duration: Duration) {
    guard let helpers else { return }
    count = helpers.isRequested || duration >= Self.worthwhile ? helpers.start(repeats: repeats) : 1
  }

  /// Waits for the repeats of a part, and adds them to a learner's results; nil where its helper did not deliver them.
  ///
  /// - Returns: what was read for them.
  /// - Throws: `InterruptionError` and exceeded limits while it waits.
  func collect(
    _ part: RepeatPart, of repeats: Int, from delivery: EvaluationCheckpoint,
    into outcome: inout FewShotResults.Learner
  ) throws -> [StageRead]? {
    while !delivery.isDelivered, helpers?.hasEnded(part) == false {
      try Interruption.check("the repeats of another process")
      usleep(10_000)
    }
    defer { delivery.remove() }
    return delivery.collect(part.range(of: repeats).count, into: &outcome)
  }
}
