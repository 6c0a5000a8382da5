import Foundation
import LuaHost
import Support
import Synchronization
import TestSupport
import Testing

/// What a script causes without doing it itself: memory of the host that nothing counts, results of stages.
@Suite(.serialized) struct UncountedTests {
  /// Memory that is held until the test ends.
  private final class Held: Sendable {
    private let blocks = Mutex<[Data]>([])

    func add(_ bytes: Int) { blocks.withLock { $0.append(Data(repeating: 1, count: bytes)) } }
  }

  /// Calls a Lua function with `function` as its argument.
  private static func run(_ text: String, _ function: LuaFunction, in host: BindingsState) throws {
    let chunk = try host.state.load(text, path: "test.lua", environment: host.state.makeEnvironment())
    try host.state.call(chunk, [host.state.function(function).luaValue])
  }

  @Test func theMemoryOfTheProcessIsALine() throws {
    let host = try BindingsState(memory: 16 << 20)
    let held = Held()
    let hold = LuaFunction("hold", "Holds a part of the memory, two gigabytes at most") { _ in
      held.add(4 << 20)
      return .nothing
    }
    host.state.endsProcess = true
    for limit in ["time=30s", "lua-memory=16MiB"] { try host.state.limits.set(limit) }
    let failure = #expect(throws: ScriptError.self) {
      try Self.run("local hold = ...\nfor _ = 1, 512 do pcall(hold) end\nwhile true do end", hold, in: host)
    }
    #expect(failure?.exitCode == .limit)
    #expect(failure?.line.contains("memory: the process holds more than") == true, "\(failure?.line ?? "")")
    #expect(failure?.line.hasPrefix("test.lua:") == true, "\(failure?.line ?? "")")
  }

  /// A sixteenth of their bytes: four results of four megabytes are allowed, more are not.
  @Test func storedResultsAreOutput() throws {
    let host = try BindingsState()
    let cache = host.context.cache
    let number = Mutex(0)
    let made = LuaFunction("make", "Stores a result") { _ in
      let key = number.withLock { number in
        number += 1
        return StageKey(["number=\(number)"])
      }
      _ = try cache.value(stage: "test", key: key) { Data(count: 4 << 20) }
      return .nothing
    }
    try host.state.limits.set("output=1MiB")
    try Self.run("local make = ...\nfor _ = 1, 3 do make() end", made, in: host)
    let failure = #expect(throws: ScriptError.self) {
      try Self.run("local make = ...\nwhile true do pcall(make) end", made, in: host)
    }
    #expect((failure?.cause as? LimitError)?.limit == .output, "\(failure?.line ?? "")")
    #expect(number.withLock { $0 } <= 3 + 6)
  }
}
