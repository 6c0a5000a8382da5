import Dispatch

/// When to save the state of long work: at most twice a second, and so seldom that it costs a fiftieth of the time.
public struct SavePace: Sendable {
  private static let minInterval = 0.5
  private static let costRatio = 50.0

  private var saved = Self.now()
  /// How long the last save took, in seconds.
  private var cost = 0.0

  /// The pace of work that begins now.
  public init() {}

  /// Whether the state is to be saved now.
  public var isDue: Bool { Self.now() - saved >= max(Self.minInterval, Self.costRatio * cost) }

  /// Saves by `body`, and notes how long it took.
  ///
  /// - Throws: what `body` throws.
  public mutating func save(_ body: () throws -> Void) rethrows {
    let began = Self.now()
    try body()
    saved = Self.now()
    cost = saved - began
  }

  private static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}
