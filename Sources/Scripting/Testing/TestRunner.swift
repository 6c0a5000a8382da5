import Dispatch
import Foundation
import LuaHost
import Support

/// One test's outcome.
public struct TestResult: Sendable, Encodable {
  public enum Outcome: String, Sendable, Encodable { case passed, failed }

  public let file: String
  /// The groups it is in and its own name: `cosine › ignores the length of an embedding`.
  public let name: String
  /// Where it is declared; nil for what is wrong with the whole file.
  public let line: Int?
  public var outcome = Outcome.passed
  public var seconds = 0.0
  /// Why it failed, and warnings.
  public var findings: [CheckFinding] = []
  /// The seed of its random numbers.
  public let seed: UInt64
}

/// Runs test files of plugins: `describe`, `it`, `expect`.
///
/// The file is run once to collect its tests, then once for every test, in a state of its own: what a test changes,
/// no other test sees. All of them draw from the same seed.
public struct TestRunner {
  private let settings: TrialSettings
  private let folder: TrialFolder
  private let seed: UInt64
  private let filter: String?
  private let print: (String) -> Void

  /// Calls `body` with a runner, whose made-up data is removed afterwards.
  ///
  /// - Parameters:
  ///   - settings: the limits hold for every test, and for the file.
  ///   - seed: of all random numbers.
  ///   - filter: a part of the names of the tests that are run; nil for all.
  ///   - print: receives what tests print.
  ///   - body: gets the runner.
  /// - Throws: what `body` throws; `FileError`.
  public static func with<Result>(
    _ settings: TrialSettings, seed: UInt64, filter: String? = nil, print: @escaping (String) -> Void,
    _ body: (TestRunner) throws -> Result
  ) throws -> Result {
    try TrialFolder.with {
      try body(TestRunner(settings: settings, folder: $0, seed: seed, filter: filter, print: print))
    }
  }

  /// Runs the tests of a file, and calls `report` with every test's outcome as soon as it is known.
  ///
  /// - Throws: `InterruptionError`; `FileError` when the made-up data cannot be written.
  public func run(_ file: String, _ report: (TestResult) throws -> Void) throws {
    let collected: TestFile
    do { collected = try TestFile(file, self) } catch {
      var result = TestResult(file: file, name: "the file", line: nil, outcome: .failed, seed: seed)
      result.findings = [try CheckFinding(of: error, in: file)]
      return try report(result)
    }
    if filter == nil {
      let names = NameCheck(
        [(file, SourceNames(try LuaSource(file).text))], globals: collected.globals
      ).findings
      if !names.isEmpty {
        var result = TestResult(file: file, name: "the names in the file", line: nil, seed: seed)
        result.findings = names
        if names.contains(where: { !$0.isWarning }) { result.outcome = .failed }
        try report(result)
      }
    }
    for group in collected.suite.broken where isMeant(group.names) {
      var result = TestResult(
        file: file, name: Self.name(group.names), line: nil, outcome: .failed, seed: seed)
      result.findings = [try CheckFinding(of: group.error, in: file)]
      try report(result)
    }
    if collected.suite.tests.isEmpty, collected.suite.broken.isEmpty {
      var result = TestResult(file: file, name: "the file", line: nil, outcome: .failed, seed: seed)
      let message = ErrorMessage(
        "it declares no tests", hint: "it(\"…\", function() … end); a plugin is not named *_test.lua")
      result.findings = [CheckFinding(message, file: file, line: nil)]
      return try report(result)
    }
    for (number, test) in collected.suite.tests.enumerated() where isMeant(test.names) {
      try report(run(test, number, of: file))
    }
  }

  private func isMeant(_ names: [String]) -> Bool {
    filter.map { Self.name(names).localizedCaseInsensitiveContains($0) } ?? true
  }

  private static func name(_ names: [String]) -> String { names.joined(separator: " › ") }

  /// Runs one test in a state of its own.
  private func run(_ test: TestSuite.Test, _ number: Int, of file: String) throws -> TestResult {
    var result = TestResult(file: file, name: Self.name(test.names), line: test.line, seed: seed)
    let started = DispatchTime.now().uptimeNanoseconds
    do {
      let own = try TestFile(file, self)
      guard number < own.suite.tests.count else {
        throw ScriptError("the file declares other tests when it is run again")
      }
      try own.run(own.suite.tests[number])
    } catch {
      result.outcome = .failed
      result.findings = [try CheckFinding(of: error, in: file)]
    }
    try Interruption.check("tests")
    result.seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
    return result
  }

  /// A test file in a state of its own, with the tests that it declares.
  private final class TestFile {
    let suite = TestSuite()
    let trial: TrialState
    private let space: ScriptSpace

    /// The globals that the file starts with: those of scripts, and those of tests.
    let globals: [String]

    init(_ path: String, _ runner: TestRunner) throws {
      let folder = path.parentFolder.isEmpty ? "." : path.parentFolder
      let root = folder.parentFolder.isEmpty ? "." : folder.parentFolder
      // The plugin beside the test is found before others of its name.
      var settings = runner.settings
      settings.folders = [root] + settings.folders
      trial = try TrialState(settings, folder: runner.folder, seed: runner.seed, print: runner.print)
      let state = trial.state
      state.attach(suite)
      state.attach(TrialStore(trial.store))
      try state.register(.expectation)
      try state.install(TestingBindings.module(trial))
      let roots = [folder, root] + (settings.shipped.map { [$0] } ?? [])
      space = try ScriptSpace(in: state, roots: roots, purpose: "test")
      for function in TestSuite.functions {
        try state.setField(function.name, of: space.environment, to: state.function(function))
      }
      globals = try space.globals(in: state)
      _ = try space.run(path, in: state)
    }

    func run(_ test: TestSuite.Test) throws {
      suite.isRunning = true
      let state = trial.state
      let body = Result {
        for function in test.before { try state.call(function) }
        try state.call(test.body)
      }
      let after = Result { for function in test.after { try state.call(function) } }
      try body.get()
      try after.get()
    }
  }
}
