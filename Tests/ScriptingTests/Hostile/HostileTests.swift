import Foundation
import LuaHost
import Scripting
import Synchronization
import Tensors
import TestSupport
import Testing

/// Scripts that attack their host (`Tests/Lua/hostile`, a file each). Each ends as its head comment declares, in
/// time and with a message that is safe to print on a terminal, and leaves a state in which the next script works.
@Suite(.serialized) struct HostileTests {
  private static let inProcess = HostileScript.all.filter { !$0.needsOwnProcess }
  private static let tally = Mutex<[HostileScript.Outcome: Int]>([:])
  /// Native memory, in bytes.
  private static let memory = 256 << 20
  /// The time that a script may take beyond its limit: the longest operation that does not check the clock (one matrix
  /// product, one full collection of 64 MiB), and other tests on the same cores.
  private static let grace = Duration.seconds(4)

  @Test func everyScriptDeclaresItsOutcome() {
    #expect(HostileScript.all.count >= 369)
    for script in HostileScript.all {
      let words = HostileScript.Outcome.allCases.map(\.rawValue)
      #expect(!script.expected.isEmpty, "\(script): no line '-- expect: …' with words among \(words)")
    }
  }

  @Test(arguments: inProcess) func endsAsExpected(_ script: HostileScript) throws {
    let host = try BindingsState(memory: Self.memory, granted: false)
    host.state.attach(PluginLibrary(shipped: Fixtures.folder + "/../../plugins", standard: false))
    host.state.limits = try Self.limits(of: script)

    let (outcome, elapsed) = attack(script, in: host)
    let longest = Duration.seconds(host.state.limits[.time] ?? 0) + Self.grace
    #expect(script.expected.contains(outcome), "it ended with: \(outcome.rawValue)")
    #expect(elapsed < longest)
    #expect(Self.isPrintable(host.printed))
    // Its own run's folder is the only one that it could write to.
    let around = try FileManager.default.contentsOfDirectory(atPath: host.root)
    #expect(Set(around).isSubset(of: ["cache", "files", "out", "secret"]))
    for folder in ["files", "secret"] {
      #expect(try FileManager.default.contentsOfDirectory(atPath: host.root + "/" + folder).isEmpty)
    }

    // The same limits, but enough time on a machine with other work: this tests the state.
    host.state.limits[.time] = 10
    if !script.keepsMemory {
      #expect(throws: Never.self, "the next script") {
        try host.state.runFile(HostileScript.nextScript)
      }
    }
    Self.count(outcome)
  }

  /// Cycles between Lua and the host live as long as their state; after that every byte is released.
  @Test(arguments: inProcess.filter(\.keepsMemory)) func memoryIsReleasedWithTheState(_ script: HostileScript)
    throws
  {
    var host: BindingsState? = try BindingsState(memory: Self.memory, granted: false)
    let pool = try #require(host?.context.device.pool)
    host?.state.limits = try Self.limits(of: script)
    #expect(throws: ScriptError.self) { try host?.state.runFile(script.path) }
    // Ten megabytes are far above what an idle state holds, and below what each of these scripts keeps.
    #expect(pool.usage.live + (host?.state.luaBytes ?? 0) > 10 << 20)
    host = nil
    #expect(pool.usage.live == 0)
  }

  /// Runs the script; how it ended, and how long that took.
  private func attack(_ script: HostileScript, in host: BindingsState) -> (HostileScript.Outcome, Duration) {
    let start = ContinuousClock.now
    do {
      try host.state.runFile(script.path)
      return (.completion, ContinuousClock.now - start)
    } catch {
      let elapsed = ContinuousClock.now - start
      check(error, of: script)
      return (Self.outcome(of: error), elapsed)
    }
  }

  private func check(_ error: any Error, of script: HostileScript) {
    guard let failure = error as? ScriptError else {
      Issue.record("not an error of a script: \(error)")
      return
    }
    // A script may omit the position from its own message, by error("…", 0); the traceback still has it.
    let isPlaced = ([failure.line] + failure.traceback).contains {
      $0.hasPrefix(script.path + ":") && $0.dropFirst(script.path.count + 1).first?.isNumber == true
    }
    #expect(isPlaced, "\(failure)")
    #expect(Self.isPrintable(failure.description), "\(failure)")
    #expect(failure.description.utf8.count < 10_000)
    if let text = script.message {
      // The path in a position may contain any word.
      let message = failure.line.replacing(#/[^\n]*?\.lua:[0-9]+: /#, with: "")
      #expect(message.contains(text), "\(failure.line)")
    }
  }

  private static func limits(of script: HostileScript) throws -> Limits {
    var limits = Limits()
    for text in ["time=1s", "lua-memory=64MiB", "output=1MiB"] + script.limits { try limits.set(text) }
    return limits
  }

  private static func outcome(of error: any Error) -> HostileScript.Outcome {
    let failure = error as? ScriptError
    switch (failure?.cause as? LimitError)?.limit {
    case .time, .call: return .time
    case .instructions: return .instructions
    case .luaMemory, .memory: return .memory
    case .output: return .output
    case nil: return failure?.exitCode == .limit ? .memory : .error
    }
  }

  /// Whether a text has no control characters, and none that change the direction of writing.
  private static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar == "\n" || scalar == "\t"
        || (scalar.properties.generalCategory != .control && !(0x202A...0x202E).contains(scalar.value))
    }
  }

  /// Counts an outcome, and prints the counts after the last script.
  private static func count(_ outcome: HostileScript.Outcome) {
    tally.withLock { tally in
      tally[outcome, default: 0] += 1
      guard tally.values.reduce(0, +) == inProcess.count else { return }
      let words = HostileScript.Outcome.allCases.map { "\($0.rawValue) \(tally[$0] ?? 0)" }
      print("hostile scripts: \(inProcess.count): " + words.joined(separator: ", "))
    }
  }
}
