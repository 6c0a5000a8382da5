import Foundation
import LuaHost
import Scripting
import Support
import Tensors

/// What is done to a case besides running it.
enum Mode: String, CaseIterable {
  /// Nothing.
  case plain
  /// Each line is run again and again, its first, second, third … native allocation failing, until none is left to
  /// fail.
  case fail
  /// Lua collects its garbage at each allocation.
  case collect
}

/// Something that must not happen, found without a crash.
struct Finding: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Runs cases in this process, each in a state of its own.
final class CaseRun: Sendable {
  private let world: World
  private let mode: Mode

  private static let memory = 64 << 20
  /// Of a line.
  private static let limits = {
    var limits = Limits()
    limits[.time] = 1
    limits[.instructions] = 20_000_000
    limits[.luaMemory] = Double(64 << 20)
    limits[.output] = Double(1 << 20)
    return limits
  }()
  /// Lines that allocate more often than this are not made to fail further on.
  private static let maxFailures = 48

  /// What was counted.
  struct Tally {
    /// Lines that were run, each repetition counted.
    var runs = 0
    /// Calls of the host, where their arguments are all that can be wrong, and those whose arguments were accepted.
    var calls = 0
    var passed = 0

    mutating func add(_ other: Tally) {
      runs += other.runs
      calls += other.calls
      passed += other.passed
    }

    /// `, 73 % of them with arguments that pass`.
    var share: String { calls == 0 ? "" : ", \(passed * 100 / calls) % of them with arguments that pass" }
  }

  /// Gets each line's error.
  private let note: @Sendable (String) -> Void

  init(_ world: World, _ mode: Mode, note: @escaping @Sendable (String) -> Void = { _ in }) {
    self.world = world
    self.mode = mode
    self.note = note
  }

  /// Runs a case.
  ///
  /// - Parameter marked: the lines that are calls of the host.
  /// - Throws: ``Finding``
  func run(_ lines: [String], calls marked: Set<Int> = []) throws -> Tally {
    let pool = Sanitizer.isAddress ? MemoryPool(exactBudget: Self.memory) : MemoryPool(budget: Self.memory)
    weak var dropped: LuaState?
    var tally = Tally()
    do {
      let state = try open(Device(pool: pool, threads: 2), Self.limits)
      dropped = state
      tally = try run(lines, marked, in: state, pool)
    }
    guard dropped == nil else { throw Finding("the state outlives its last use") }
    // Work that a limit has left behind in a library holds its tensors until it ends.
    for _ in 0..<500 where pool.usage.live != 0 { usleep(20_000) }
    guard pool.usage.live == 0 else { throw Finding("\(pool.usage.live) native bytes outlive the state") }
    return tally
  }

  /// A state with the world's folders and plugins.
  func open(_ device: Device, _ limits: Limits) throws -> LuaState {
    let files = world.own("files")
    for name in (try? FileManager.default.contentsOfDirectory(atPath: files)) ?? [] {
      try? FileManager.default.removeItem(atPath: "\(files)/\(name)")
    }
    try AtomicFile.makeFolder(files)
    let console = Console(style: .quiet)
    let context = ScriptContext(
      device: device, seed: 1, console: console,
      cache: StageCache(folder: world.own("cache"), console: console),
      run: FuzzedRun(world.own("out")))
    context.capabilities = try Capabilities(parsing: [
      "fs.read=\(files)", "fs.read=\(world.data)", "fs.write=\(files)", "env=FUZZ",
    ])
    let state = try LuaState(seed: 1)
    state.attach(context)
    state.attach(PluginLibrary(folders: [world.plugins], shipped: nil, standard: false))
    state.pool = device.pool
    state.limits = limits
    state.print = { _ in }
    try NightjarModule.install(in: state)
    return state
  }

  private func run(
    _ lines: [String], _ marked: Set<Int>, in state: LuaState, _ pool: MemoryPool
  ) throws -> Tally {
    guard let module = state.module("nightjar") else { throw Finding("there is no module") }
    let environment = try state.makeEnvironment([
      "nj": module, "FILES": state.reference(to: world.own("files")), "DATA": state.reference(to: world.data),
    ])
    try state.call(state.load(Prelude.text, path: "prelude.lua", environment: environment))
    state.collectsAtEveryAllocation = mode == .collect
    var tally = Tally()
    for (index, line) in lines.enumerated() {
      // Errors of every line say the line of the case.
      let text = String(repeating: "\n", count: index) + line
      let (runs, message) = try run(text, environment, in: state, pool)
      tally.runs += runs
      guard mode != .fail, marked.contains(index) else { continue }
      tally.calls += 1
      if !MessageCheck.isRefusal(message) { tally.passed += 1 }
    }
    state.collectsAtEveryAllocation = false
    do {
      let fresh = try state.makeEnvironment(["nj": module])
      let given = try state.call(state.load(Prelude.afterwards, path: "afterwards.lua", environment: fresh))
      guard given == [true] else { throw Finding("after the case a good script gave \(given)") }
    } catch let failure as ScriptError {
      throw Finding("after the case a good script fails: \(failure.line)")
    }
    return tally
  }

  /// Gives how often the line was run, and its error, where it was run once.
  private func run(
    _ text: String, _ environment: LuaReference, in state: LuaState, _ pool: MemoryPool
  ) throws -> (runs: Int, message: String?) {
    guard mode == .fail else { return (1, try runOnce(text, environment, in: state)) }
    // A memory that is full for a moment, and one that stays full, are two ways to go wrong.
    let staysFull = text.utf8.count.isMultiple(of: 2)
    for number in 1...Self.maxFailures {
      let before = pool.failures
      pool.failAllocation(number, andAfter: staysFull)
      defer { pool.failAllocation(0) }
      try runOnce(text, environment, in: state)
      if pool.failures == before { return (number, nil) }
    }
    try runOnce(text, environment, in: state)
    return (Self.maxFailures + 1, nil)
  }

  @discardableResult
  private func runOnce(_ text: String, _ environment: LuaReference, in state: LuaState) throws -> String? {
    do {
      try state.call(state.load(text, path: "case.lua", environment: environment))
      return nil
    } catch let failure as ScriptError {
      note(failure.line)
      if let problem = MessageCheck.problem(with: failure.line, of: text) {
        throw Finding("\(problem): \(failure.line)")
      }
      return failure.line
    } catch { throw Finding("an error without a place in the script: \(error)") }
  }
}

/// A run whose folder is the process's own.
final class FuzzedRun: ScriptRun {
  let settings = [(name: "epochs", value: "3"), (name: "name", value: "fuzz")]
  private let path: String

  init(_ path: String) { self.path = path }

  func folder() throws -> String {
    try AtomicFile.makeFolder(path)
    return path
  }

  func log(_ name: String, _ value: Double, step: Int) throws {}
}
