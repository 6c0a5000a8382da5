import ArgumentParser
import Foundation
import LuaHost
import Support
import Tensors

/// How long each operation goes without a look at the clock: see ``InventoryCommand``.
struct Inventory {
  /// What was measured of one operation.
  struct Row {
    let path: String
    /// Calls that were made, and those whose arguments were accepted.
    var calls = 0
    var passed = 0
    /// The longest time without a look, and the call that it was measured in.
    var longest = Duration.zero
    var call = ""
    /// The longest time that a call took.
    var time = Duration.zero
  }

  private static let memory = 6 << 30

  let world: World
  /// Calls with random arguments of each operation.
  let tries: Int
  let seed: UInt64
  /// After which a call is to end.
  let limit: Duration
  private let watch = LookWatch()

  init(_ world: World, tries: Int, seed: UInt64, limit: Duration) {
    self.world = world
    self.tries = tries
    self.seed = seed
    self.limit = limit
  }

  /// Measures the operations whose path contains `text`; says each row when it is done.
  func measure(_ text: String, _ note: (Row) -> Void) throws {
    let device = Device(memory: Self.memory)
    let runner = CaseRun(world, .plain)
    var limits = Limits()
    limits[.luaMemory] = Double(1 << 30)
    let state = try runner.open(device, limits)
    let watch = watch
    state.isInterrupted = { watch.look() }
    guard let module = state.module("nightjar") else { throw Finding("there is no module") }
    let environment = try state.makeEnvironment([
      "nj": module, "FILES": state.reference(to: world.own("files")), "DATA": state.reference(to: world.data),
    ])
    func run(_ text: String) throws {
      try state.call(state.load(text, path: "inventory.lua", environment: environment))
    }
    let catalogue = Catalogue()
    watch.begin(.seconds(1_000))
    try run(Prelude.text)
    try run(LargeValues.text)
    let callables = catalogue.rest + catalogue.library
    for (number, callable) in callables.enumerated() where text.isEmpty || callable.path.contains(text) {
      var row = Row(path: callable.path)
      var maker = CaseMaker(catalogue, seed: seed, number: number, mode: .plain)
      let random = (0..<tries).map { _ in LargeCall("", maker.fittingCall(of: callable, LargeValues.texts)) }
      for call in (LargeValues.calls[callable.path] ?? []) + random { measure(call, into: &row, run) }
      note(row)
    }
  }

  /// Measures a call. A gap may be that of other work on the same cores: of several the shortest counts.
  private func measure(_ call: LargeCall, into row: inout Row, _ run: (String) throws -> Void) {
    var shortest: Duration?
    for _ in 0..<Self.attempts where shortest.map({ $0 > .milliseconds(50) }) ?? true {
      watch.begin(.seconds(1_000))
      try? run("restore()")
      if !call.setup.isEmpty { try? run(call.setup) }
      let (gap, time, passed) = one(call.call, run)
      row.time = max(row.time, time)
      if shortest == nil {
        row.calls += 1
        row.passed += passed ? 1 : 0
      }
      shortest = min(shortest ?? gap, gap)
    }
    guard let shortest, shortest > row.longest else { return }
    row.longest = shortest
    row.call = call.call
  }

  private static let attempts = 4

  private func one(
    _ call: String, _ run: (String) throws -> Void
  ) -> (gap: Duration, time: Duration, passed: Bool) {
    // Those that are written here give one value.
    let isExpression = !call.hasPrefix("do ") && !call.hasPrefix("for ") && !call.contains("] = ")
    let text = isExpression ? "x[1] = " + call : call
    let watch = watch
    let start = ContinuousClock.now
    watch.begin(limit)
    var message: String?
    do {
      try Interruption.withExpiry({ watch.look() ? InterruptionError(during: "a call") : nil }) {
        try run(text)
      }
    } catch { message = (error as? ScriptError)?.line ?? "\(error)" }
    let gap = watch.finish()
    return (gap, ContinuousClock.now - start, !MessageCheck.isRefusal(message))
  }
}

/// A table of all operations by the longest time that they go without looking at the clock.
struct InventoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inventory", abstract: "How long each operation goes without looking at the clock")

  @Option(help: "Calls with random arguments of each operation.") var tries = 4
  @Option(help: "What the arguments follow from.") var seed: UInt64 = 1
  @Option(help: "Seconds after which a call is to end.") var limit = 1.0
  @Option(help: "Only operations whose path contains this.") var only = ""
  @Option(help: "Milliseconds that an operation may go without a look.") var allowed = 50

  func run() throws {
    let world = try World.make()
    defer { world.remove() }
    let inventory = Inventory(world, tries: tries, seed: seed, limit: .seconds(limit))
    var rows: [Inventory.Row] = []
    try inventory.measure(only) { row in
      rows.append(row)
      Self.say(row)
    }
    let late = rows.filter { $0.longest > .milliseconds(allowed) }
    let reached = rows.filter { $0.passed > 0 }
    print("\(rows.count) operations, \(reached.count) with arguments that pass; the longest without a look:")
    for row in rows.sorted(by: { $0.longest > $1.longest }).prefix(40) { print(Self.text(row)) }
    let unreached = rows.filter { $0.passed == 0 }.map(\.path)
    if !unreached.isEmpty { print("not reached: \(unreached.joined(separator: ", "))") }
    if !late.isEmpty { throw ExitCode(1) }
  }

  /// At once, to standard error: a measurement of everything takes long, and may be stopped before its end.
  private static func say(_ row: Inventory.Row) {
    FileHandle.standardError.write(Data((text(row) + "\n").utf8))
  }

  private static func text(_ row: Inventory.Row) -> String {
    func milliseconds(_ time: Duration) -> String {
      let text = "\(Int(time / .milliseconds(1)))"
      return String(repeating: " ", count: max(0, 6 - text.count)) + text
    }
    return "\(milliseconds(row.longest)) ms of \(milliseconds(row.time)) ms, "
      + "\(row.passed)/\(row.calls) \(row.path): \(row.call.prefix(100))"
  }
}
