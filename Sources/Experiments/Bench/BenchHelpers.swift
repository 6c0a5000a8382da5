import FewShot
import Figures
import Foundation
import Logging
import LuaHost
import Scripting
import Support

/// Processes of this program that run parts of a bench's repeats, each on some of the threads: one Lua state runs one
/// repeat after another, and the products of a learner are too small for many threads.
///
/// A helper runs the same command line, with its part of all experiments of the task. It reads the network and its
/// embeddings from the cache, and leaves its repeats there. It writes nothing else: where a plugin prints, logs or
/// warns, the helper gives up, and the bench runs these repeats itself.
public final class BenchHelpers: RepeatHelpers {
  /// The option that a helper is started with, beside those of the command.
  public static let option = "part"

  private struct Helper {
    let process: Process
    var hasStarted = false
    /// Whether it has ended without all of its repeats.
    var hasFailed: Bool { !hasStarted || (!process.isRunning && process.terminationStatus != 0) }
    /// What the helper reads: it ends when this process does, which closes it.
    let input: Pipe
  }

  private let command: [String]
  private let most: Int
  private let threads: Int
  private let memory: Int
  public let isRequested: Bool
  /// The seed of the experiment that is run.
  var seed: UInt64 = 0
  /// Whether an experiment has been shared.
  private(set) var hasStarted = false
  private var helpers: [Helper] = []
  /// The seed of the experiments that the helpers run.
  private var startedSeed: UInt64?

  /// The memory that a process is to have, in bytes.
  private static let minMemory = 1 << 30

  /// Helpers of a command.
  ///
  /// - Parameters:
  ///   - command: the command line after the program, without what has no influence on results.
  ///   - processes: the number of processes, this one included; nil for as many as there are threads and memory for.
  ///   - threads: the threads of all processes together.
  ///   - memory: the budget of all processes together, in bytes.
  public init(_ command: [String], processes: Int?, threads: Int, memory: Int) {
    self.command = command
    self.threads = threads
    self.memory = memory
    isRequested = processes != nil
    most = processes ?? min(threads, memory / Self.minMemory)
  }

  deinit { stop() }

  /// The threads of a helper.
  private func share(of parts: Int) -> Int { max(1, threads / parts) }

  public func threads(besides running: Int, of parts: Int) -> Int {
    max(1, threads - running * share(of: parts))
  }

  public func start(repeats: Int) -> Int {
    hasStarted = true
    // One that has failed may have had to train, which only its bench does and is done by now.
    if startedSeed == seed, !helpers.isEmpty, !helpers.contains(where: \.hasFailed) {
      return helpers.count + 1
    }
    stop()
    startedSeed = seed
    let parts = min(repeats, most)
    guard parts > 1 else { return 1 }
    for index in 1..<parts {
      var helper = Helper(process: Process(), input: Pipe())
      // The program as it runs, whatever has become of its file.
      helper.process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
      helper.process.arguments =
        command + [
          "--\(Self.option)", BenchPart(RepeatPart(index, of: parts), seed: seed).text,
          "--threads", "\(share(of: parts))", "--memory", "\(memory / parts)",
        ]
      helper.process.standardInput = helper.input
      helper.process.standardOutput = FileHandle.nullDevice
      helper.process.standardError = FileHandle.nullDevice
      // Without it, its repeats are run here.
      helper.hasStarted = (try? helper.process.run()) != nil
      Logger(label: "nightjar.bench").debug(
        "part \(index) of \(parts) in process \(helper.process.processIdentifier)")
      helpers.append(helper)
    }
    return parts
  }

  public func hasEnded(_ part: RepeatPart) -> Bool {
    guard helpers.indices.contains(part.index - 1) else { return true }
    return !helpers[part.index - 1].process.isRunning
  }

  /// Ends all helpers.
  func stop() {
    for helper in helpers where helper.process.isRunning { kill(helper.process.processIdentifier, SIGKILL) }
    helpers = []
  }
}

/// What a helper runs: a part of the repeats, of an experiment with a seed.
public struct BenchPart: Sendable {
  let part: RepeatPart
  let seed: UInt64

  init(_ part: RepeatPart, seed: UInt64) {
    self.part = part
    self.seed = seed
  }

  /// Reads what ``text`` writes; nil for anything else.
  public init?(parsing text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { UInt64($0) }
    guard numbers.count == 3, let count = numbers[1], (1...1024).contains(count), let index = numbers[0],
      index < count, let seed = numbers[2]
    else { return nil }
    self.init(RepeatPart(Int(index), of: Int(count)), seed: seed)
  }

  /// `1/4/7` for part 1 of 4 of the experiment with seed 7.
  var text: String { "\(part.index)/\(part.count)/\(seed)" }
}

/// The run of a helper, which may not write what its bench does not know of.
public final class HelperRun: ScriptRun {
  public let settings: [(name: String, value: String)]

  /// A run with the values of `--set`.
  public init(settings: [(name: String, value: String)]) { self.settings = settings }

  /// Ends the process without its repeats.
  public static func giveUp() -> Never { _exit(ExitCode.script.rawValue) }

  /// Ends the process when the one that started it has ended.
  public static func endWithParent() {
    Thread {
      while let data = try? FileHandle.standardInput.read(upToCount: 1), !data.isEmpty {}
      giveUp()
    }.start()
  }

  public func folder() throws -> String { Self.giveUp() }
  public func log(_ name: String, _ value: Double, step: Int) throws { Self.giveUp() }
  public func log(_ name: String, _ histogram: Figure.Histogram, step: Int) throws { Self.giveUp() }
  public func noteWarning() { Self.giveUp() }
}
