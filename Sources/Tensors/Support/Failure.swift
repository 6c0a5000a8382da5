/// An error a user can cause. Its description says what failed, where, and how to mend it.
public protocol Failure: Error, CustomStringConvertible, Sendable {
  /// What the command ends with when this error reaches it.
  var exitCode: ExitCode { get }

  /// Whether a run goes on without the plugin that failed: its own mistakes and the limits of one call of it.
  ///
  /// Limits of the whole run, Ctrl-C, and data or options that are wrong for everybody end the run.
  var isRecoverable: Bool { get }
}

extension Failure {
  public var isRecoverable: Bool { exitCode == .script }
}

/// The exit codes of the `nightjar` command.
public enum ExitCode: Int32, Sendable {
  case done = 0
  case script = 1
  case usage = 2
  case data = 3
  case limit = 4
  case interrupted = 130
}

/// The user asked to stop (Ctrl-C); work done so far has been kept.
public struct Interrupted: Failure {
  /// What was under way.
  public let during: String

  public init(during: String) { self.during = during }

  public var exitCode: ExitCode { .interrupted }
  public var description: String {
    "interrupted during \(during); run the same command again to go on from here"
  }
}

extension String {
  /// The name of `candidates` that is nearest to this one, for "did you mean"; nil when nothing is close.
  public func nearest(in candidates: some Sequence<String>) -> String? {
    // Nothing is that long; a text of megabytes would be compared for minutes.
    guard utf8.count <= 200 else { return nil }
    let limit = Swift.max(2, count / 2)
    let best = candidates.map { (name: $0, distance: editDistance(to: $0)) }.min { $0.distance < $1.distance }
    guard let best, best.distance <= limit else { return nil }
    return best.name
  }

  /// Levenshtein's distance: the fewest insertions, deletions and replacements of characters.
  func editDistance(to other: String) -> Int {
    let target = Array(other.lowercased())
    var row = Array(0...target.count)
    for (i, character) in lowercased().enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in target.indices {
        let replaced = diagonal + (character == target[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = Swift.min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[target.count]
  }
}
