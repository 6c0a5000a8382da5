/// Everything that determines a stage's result, as text: "model.channels=256", "data=3f1c…", the key of the previous
/// stage.
public struct StageKey: Sendable, Hashable, CustomStringConvertible {
  /// Written to the cache's side file, which shows why an entry was not reused.
  public let parts: [String]

  public init(_ parts: [String]) { self.parts = parts }

  /// This key with more parts, for a stage that builds on another.
  public func adding(_ more: [String]) -> StageKey { StageKey(parts + more) }

  /// The digest of the parts.
  public var content: ContentKey { ContentKey(parts: parts) }

  public var description: String { content.description }
}

/// How a stage got its result, for the summary of a command.
public struct StageReport: Sendable, Hashable, CustomStringConvertible {
  /// The outcome of a stage.
  public enum Outcome: Sendable, Hashable {
    case reused
    case made(seconds: Double)
    /// There was an entry, but it was stale or incomplete.
    case rebuilt(seconds: Double, reason: String)
  }

  public let stage: String
  public let outcome: Outcome

  /// `embedding: reused`, `training: made in 41 s`.
  public var description: String {
    switch outcome {
    case .reused: "\(stage): reused"
    case .made(let seconds): "\(stage): made in \(Progress.duration(seconds))"
    case .rebuilt(let seconds, let reason): "\(stage): rebuilt in \(Progress.duration(seconds)) (\(reason))"
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

/// The duration of a stage in seconds; 0 for a reused one.
public struct StageTiming: Codable, Sendable, Hashable {
  public var stage: String
  public var seconds: Double
  public var isReused: Bool

  public init(stage: String, seconds: Double, isReused: Bool) {
    self.stage = stage
    self.seconds = seconds
    self.isReused = isReused
  }

  /// One timing per stage, in order of their first: the sum of the seconds, reused where all of them were.
  public static func summed(_ timings: [StageTiming]) -> [StageTiming] {
    var sums: [StageTiming] = []
    for timing in timings {
      guard let index = sums.firstIndex(where: { $0.stage == timing.stage }) else {
        sums.append(timing)
        continue
      }
      sums[index].seconds += timing.seconds
      sums[index].isReused = sums[index].isReused && timing.isReused
    }
    return sums
  }
}
