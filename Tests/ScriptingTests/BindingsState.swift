import Foundation
import LuaHost
import Scripting
import Support
import Tensors
import Testing

/// A run that keeps what it is told, in a folder that goes with it.
final class TestRun: ScriptRun {
  var settings: [(name: String, value: String)] = []
  var logged: [(name: String, value: Double, step: Int)] = []
  private let path: String

  init(folder: String) { path = folder }

  func folder() throws -> String {
    try AtomicFile.makeFolder(path)
    return path
  }

  func log(_ name: String, _ value: Double, step: Int) throws { logged.append((name, value, step)) }
}

/// A state with the whole `nightjar` module, and a folder of its own that is removed with it.
final class BindingsState {
  let state: LuaState
  let context: ScriptContext
  let run: TestRun
  /// `files/`, which may be read and written; `secret/`, which may not; `out/`, the run's own.
  let root: String
  /// What scripts printed.
  private(set) var printed = ""

  var files: String { root + "/files" }

  init(threads: Int = 2, memory: Int = 1 << 30, granted: Bool = true) throws {
    root = FileManager.default.temporaryDirectory.path + "/bindings.\(UInt64.random(in: 0 ... .max))"
    for folder in ["files", "secret"] { try AtomicFile.makeFolder(root + "/" + folder) }
    run = TestRun(folder: root + "/out")
    let console = Console(style: .quiet)
    context = ScriptContext(
      device: Device(memory: memory, threads: threads), seed: 1, console: console,
      cache: StageCache(folder: root + "/cache", console: console), run: run)
    if granted {
      let grants = ["fs.read=\(root)/files", "fs.write=\(root)/files"]
      context.capabilities = try Capabilities(parsing: grants)
    }
    state = try LuaState(seed: 1)
    state.attach(context)
    state.pool = context.device.pool
    try NightjarModule.install(in: state)
    state.print = { [unowned self] in printed += $0 }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// What a script gives. It has `nj`, and FILES and SECRET, the two folders.
  @discardableResult
  func run(_ text: String) throws -> [LuaValue] {
    let function = try state.load(
      "local nj, FILES, SECRET = ...\n" + text, path: "test.lua", environment: state.makeEnvironment())
    return try state.call(function, [try #require(state.module("nightjar")), files, root + "/secret"])
  }

  /// The failure a script ends with.
  func failure(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> ScriptError? {
    do {
      try run(text)
      Issue.record("no failure: \(text)", sourceLocation: sourceLocation)
      return nil
    } catch { return error as? ScriptError }
  }

  /// Puts a file under the root.
  func put(_ bytes: String, at name: String) throws {
    let path = root + "/" + name
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    try AtomicFile.write(bytes, to: path)
  }

  /// The text of a file under the root.
  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: root + "/" + name)), as: UTF8.self)
  }
}

/// A script that has to fail, and a part of what it has to say.
struct BadScript: Sendable, CustomTestStringConvertible {
  let script: String
  let says: String
  var code = ExitCode.script
  var testDescription: String { script }

  init(_ script: String, _ says: String, _ code: ExitCode = .script) {
    self.script = script
    self.says = says
    self.code = code
  }

  func check(in state: BindingsState, sourceLocation: SourceLocation = #_sourceLocation) {
    guard let failure = state.failure(script, sourceLocation: sourceLocation) else { return }
    #expect(failure.line.contains(says), "\(failure.line)", sourceLocation: sourceLocation)
    #expect(failure.line.hasPrefix("test.lua:"), "\(failure.line)", sourceLocation: sourceLocation)
    #expect(failure.exitCode == code, "\(failure.line)", sourceLocation: sourceLocation)
  }
}
