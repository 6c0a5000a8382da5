import Foundation
import Tensors
import TestSupport
import Testing

/// Hostile scripts that use time or memory where no limit is checked: each in a process of its own, which ends after a
/// while and says why. The system grants it three gigabytes, far more than the limits do.
@Suite(.serialized) struct HostileProcessTests {
  /// The time from the deadline to the end of the process, and some for other tests on the same cores.
  private static let grace = Duration.seconds(5 + 3)

  @Test(arguments: HostileScript.all.filter(\.needsOwnProcess)) func endsItsProcess(_ script: HostileScript)
    throws
  {
    let sandbox = try Sandbox()
    let limits = ["time=1s", "lua-memory=64MiB", "output=1MiB"] + script.limits
    let seconds = limits.compactMap(Self.seconds).last ?? 0
    let start = ContinuousClock.now
    let end = try sandbox.run(
      ["run", script.path, "--memory", "256MiB"] + limits.flatMap { ["--limit", $0] }, addressSpace: 3 << 30)
    #expect(ContinuousClock.now - start < .seconds(seconds) + Self.grace)
    #expect(
      script.expected.contains { Self.statuses(of: $0).contains(end.status) }, "\(end.status): \(end.errors)")
    // Lua may shorten the front of a long path.
    let file = (script.path as NSString).lastPathComponent
    #expect(end.status == 0 || end.errors.contains("\(file):"), "\(end.errors)")
  }

  /// The exit codes of an outcome.
  private static func statuses(of outcome: HostileScript.Outcome) -> ClosedRange<Int32> {
    switch outcome {
    case .completion: 0...0
    case .error: 1...3
    case .time, .instructions, .memory, .output: 4...4
    }
  }

  private static func seconds(_ limit: String) -> Double? {
    guard limit.hasPrefix("time=") else { return nil }
    let amount = limit.dropFirst(5)
    return amount.hasSuffix("ms")
      ? Double(amount.dropLast(2)).map { $0 / 1000 } : Double(amount.dropLast())
  }
}
