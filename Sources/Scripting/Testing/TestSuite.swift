import LuaHost
import Support

/// The tests that a file declares with `describe` and `it`, in one state.
final class TestSuite {
  struct Test {
    /// The names of the groups it is in, then its own.
    let names: [String]
    let line: Int
    let body: LuaReference
    /// What runs before it, the outermost group's first, and after it, the innermost group's first.
    let before: [LuaReference]
    let after: [LuaReference]
  }

  /// A group whose function raised an error.
  struct BrokenGroup {
    let names: [String]
    let error: any Error
  }

  /// What a group declares.
  private struct Group {
    var name: String?
    var before: [LuaReference] = []
    var after: [LuaReference] = []
    /// The numbers of its tests.
    var tests: [Int] = []
  }

  private struct Declared {
    let names: [String]
    let line: Int
    let body: LuaReference
  }

  /// Whether a test is running, in which nothing can be declared.
  var isRunning = false
  private(set) var broken: [BrokenGroup] = []
  private var groups = [Group()]
  private var declared: [Declared] = []
  /// By test: its hooks, known once its group is complete.
  private var hooks: [(before: [LuaReference], after: [LuaReference])] = []

  /// The tests in the order of the file, once it has run.
  var tests: [Test] {
    zip(declared, hooks).map { test, hooks in
      // Hooks of the file itself are outermost.
      Test(
        names: test.names, line: test.line, body: test.body, before: groups[0].before + hooks.before,
        after: hooks.after + groups[0].after)
    }
  }

  private var names: [String] { groups.compactMap(\.name) }

  private func require(_ function: String) throws {
    guard !isRunning else {
      throw ScriptError("\(function): a test is running", hint: "call it in describe, outside of it")
    }
  }

  /// Runs a group's function, which declares its tests. An error in it leaves the other groups of the file as they are.
  ///
  /// - Throws: `InterruptionError`, limits.
  func describe(_ name: String, _ body: LuaReference, in state: LuaState) throws {
    try require("describe")
    groups.append(Group(name: name))
    let path = names
    defer { close() }
    do { try state.call(body) } catch let error as any NightjarError where error.isRecoverable {
      broken.append(BrokenGroup(names: path, error: error))
    }
  }

  /// Ends the innermost group: its hooks hold for its tests and for those of the groups in it.
  private func close() {
    let group = groups.removeLast()
    for test in group.tests {
      hooks[test].before.insert(contentsOf: group.before, at: 0)
      hooks[test].after.append(contentsOf: group.after)
    }
    groups[groups.count - 1].tests += group.tests
  }

  func it(_ name: String, _ body: LuaReference, line: Int) throws {
    try require("it")
    groups[groups.count - 1].tests.append(declared.count)
    declared.append(Declared(names: names + [name], line: line, body: body))
    hooks.append(([], []))
  }

  func beforeEach(_ body: LuaReference) throws {
    try require("before_each")
    groups[groups.count - 1].before.append(body)
  }

  func afterEach(_ body: LuaReference) throws {
    try require("after_each")
    groups[groups.count - 1].after.append(body)
  }
}

/// What test files have beside what scripts have.
public enum TestReference {
  /// Their globals: `describe`, `it`, `expect`, …
  public static var functions: [LuaFunction] { TestSuite.functions }
  /// What `expect` returns.
  public static var classes: [LuaClass] { [.expectation] }
}

extension TestSuite {
  /// The globals that a test file has beside those of a script.
  static let functions: [LuaFunction] = [
    LuaFunction("describe", "A group of tests", [.string("name"), .function("tests")]) { call in
      try suite(call).describe(call.string(1), call.function(2), in: call.state)
      return .nothing
    },
    LuaFunction(
      "it", "A test, which fails with an error or an expectation", [.string("name"), .function("test")]
    ) {
      call in
      try suite(call).it(call.string(1), call.function(2), line: call.stack.line)
      return .nothing
    },
    LuaFunction("before_each", "Runs before every test of the group", [.function("f")]) { call in
      try suite(call).beforeEach(call.function(1))
      return .nothing
    },
    LuaFunction(
      "after_each", "Runs after every test of the group, also after one that fails", [.function("f")]
    ) {
      call in
      try suite(call).afterEach(call.function(1))
      return .nothing
    },
    LuaFunction(
      "expect", "What a value is expected to be: expect(x):to_equal(y)", [.any("value", optional: true)],
      returns: "expectation"
    ) { call in
      try call.push(Expectation(call.has(1) ? call.reference(1) : nil, in: call.state))
    },
  ]

  private static func suite(_ call: LuaCall) throws -> TestSuite { try call.state.attached(TestSuite.self) }
}
