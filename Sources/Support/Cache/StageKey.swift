/// Everything that made a stage's result, in words: "model.channels=256", "data=3f1c…", the key of the stage
/// before it.
public struct StageKey: Sendable, Hashable, CustomStringConvertible {
  /// Told in the cache's side file, so that a person can see why an entry was not reused.
  public let parts: [String]

  public init(_ parts: [String]) { self.parts = parts }

  /// This key and more, for a stage that builds on another.
  public func adding(_ more: [String]) -> StageKey { StageKey(parts + more) }

  /// The digest of the parts.
  public var content: ContentKey { ContentKey(parts: parts) }

  public var description: String { content.description }
}

/// How a stage got its result, for the summary a command prints.
public struct StageReport: Sendable, Hashable, CustomStringConvertible {
  public enum Outcome: Sendable, Hashable {
    case reused
    case made(seconds: Double)
    /// There was an entry, but stale or torn.
    case rebuilt(seconds: Double, reason: String)
  }

  public let stage: String
  public let outcome: Outcome

  /// `embedding: reused`, `training: made in 41 s`.
  public var description: String {
    switch outcome {
    case .reused: "\(stage): reused"
    case .made(let seconds): "\(stage): made in \(Progress.duration(seconds))"
    case .rebuilt(let seconds, let reason): "\(stage): made anew in \(Progress.duration(seconds)) (\(reason))"
    }
  }

  /// For `results.json`.
  public var timing: StageTiming {
    switch outcome {
    case .reused: StageTiming(stage: stage, seconds: 0, isReused: true)
    case .made(let seconds), .rebuilt(let seconds, _):
      StageTiming(stage: stage, seconds: seconds, isReused: false)
    }
  }
}

/// How long a stage took, in seconds; reused ones cost next to nothing.
public struct StageTiming: Codable, Sendable, Hashable {
  public var stage: String
  public var seconds: Double
  public var isReused: Bool

  public init(stage: String, seconds: Double, isReused: Bool) {
    self.stage = stage
    self.seconds = seconds
    self.isReused = isReused
  }

  /// One timing a stage, in order of their first: seconds added, reused where all of it was.
  public static func summed(_ timings: [StageTiming]) -> [StageTiming] {
    var sums: [StageTiming] = []
    for timing in timings {
      guard let place = sums.firstIndex(where: { $0.stage == timing.stage }) else {
        sums.append(timing)
        continue
      }
      sums[place].seconds += timing.seconds
      sums[place].isReused = sums[place].isReused && timing.isReused
    }
    return sums
  }
}
