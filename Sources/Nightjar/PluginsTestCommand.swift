import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Scripting
import Support
import Tensors

/// `nightjar plugins test [PATH…]`.
struct PluginsTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the tests of plugins: files named NAME_test.lua with describe, it and expect.",
    discussion: """
      Every test runs in a Lua state of its own. `expect(x)` compares numbers, tables and tensors: to_equal, \
      to_be_close, to_have_shape, to_be_finite, to_be_above, to_be_below, to_be_true, to_be_false, to_be_nil, \
      to_raise, and expect(x).never for the opposite. `require "nightjar.testing"` has made-up arguments.

        nightjar plugins test                                everything in ./plugins
        nightjar plugins test plugins/learners/mine_test.lua --filter "new words"
        nightjar plugins test --watch                        again after every save

      The exit code is 1 if any test fails.
      """)

  @Argument(
    help: ArgumentHelp("A test file, or a folder of them (default: ./plugins).", valueName: "path"),
    completion: .file())
  var paths: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("Run only tests whose names contain this.", valueName: "text"))
  var filter: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The seed of the tests' random numbers.", valueName: "n"),
    transform: IntegerArgument.within(0...UInt64.max))
  var seed: UInt64 = 1

  @Flag(name: .long, help: "Run the tests again whenever a file in their folders is saved, until Ctrl-C.")
  var watch = false

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Grant tests a capability: fs.read=DIR, env=NAME. Repeatable.", valueName: "capability"))
  var allow: [String] = []

  @OptionGroup var profiling: ProfileOptions

  @OptionGroup var options: PluginOptions

  func validate() throws {
    guard !(watch && options.common.json) else {
      throw UsageError("--watch prints for a reader, --json for a program", hint: "leave one of them out")
    }
  }

  func run() throws {
    let files = try TestFiles(paths)
    let allowed = try Capabilities(parsing: allow)
    let device = options.common.device
    guard watch else {
      guard try passes(files, allowed, on: device) else { throw ExitCode.script }
      return
    }
    // From before the first run, so that no change is missed.
    let changes = try FolderWatch(files.folders)
    while true {
      // A file may be gone, or half-written, for a moment.
      do { _ = try passes(TestFiles(paths), allowed, on: device) } catch let error as any NightjarError
        where error.exitCode != .interrupted
      { options.common.console.warn(error.description) }
      options.common.console.say("\nwaiting for a file to be saved; Ctrl-C ends")
      var saved: [String] = []
      while saved.isEmpty { saved = try changes.wait().filter { $0.hasSuffix(".lua") }.sorted() }
      options.common.console.say("\n\(saved.joined(separator: ", ")): saved, testing again")
    }
  }

  /// Runs all files and prints what comes out.
  private func passes(_ files: TestFiles, _ allowed: Capabilities, on device: Device) throws -> Bool {
    try profiling.measuring(on: device, options.common.console) {
      try passes(files, allowed, on: device, in: $0)
    }
  }

  private func passes(
    _ files: TestFiles, _ allowed: Capabilities, on device: Device, in profile: HostProfile?
  ) throws -> Bool {
    let started = DispatchTime.now().uptimeNanoseconds
    let output = StandardOutput()
    let isSilent = options.common.json || options.common.quiet
    var results: [TestResult] = []
    var settings = TrialSettings(
      device: device, shipped: Installation.shippedPlugins(), folders: options.plugins,
      capabilities: allowed, limits: try options.limits.applied(to: .forTrials))
    settings.onState = { profile?.attach(to: $0) }
    let print: (String) -> Void = { text in if !isSilent { output.writeOrStop(text) } }
    try TestRunner.with(settings, seed: seed, filter: filter, print: print) { runner in
      for file in files.paths {
        var isFirst = true
        try runner.run(file) { (result: TestResult) in
          results.append(result)
          guard !options.common.json, !isSilent || result.outcome == .failed else { return }
          if isFirst { try output.line(file.printableLine()) }
          isFirst = false
          try output.line(result.text)
        }
      }
    }
    try output.check()
    guard !results.isEmpty else {
      throw UsageError("no test has '\(filter ?? "")' in its name", at: "--filter")
    }
    if options.common.json {
      try output.json(results)
    } else if !options.common.quiet {
      try output.line(Self.summary(results, Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9))
    }
    return !results.contains { $0.outcome == .failed }
  }

  /// `12 tests: 11 passed, 1 failed in 0.42 s (seed 1)`.
  private static func summary(_ results: [TestResult], _ seconds: Double) -> String {
    let failed = results.count { $0.outcome == .failed }
    let counts = "\(results.count - failed) passed" + (failed > 0 ? ", \(failed) failed" : "")
    let time = String(format: "%.2f s", seconds)
    return "\n\("test".counted(results.count)): \(counts) in \(time) (seed \(results[0].seed))"
  }
}

/// The test files of the command line.
private struct TestFiles {
  let paths: [String]
  /// The folders that their plugins are in.
  let folders: [String]

  /// The files of every path; those in `./plugins` without one.
  ///
  /// - Throws: `FileError` for a path without tests; ``UsageError`` for a file that is no test.
  init(_ given: [String]) throws {
    let given = given.isEmpty ? ["plugins"] : given
    var paths: [String] = []
    for path in given {
      guard FileManager.default.fileExists(atPath: path) else {
        throw FileError(
          "read", path, reason: "no such file or folder",
          hint: "name a test file or a folder of plugins; `nightjar plugins new` creates both")
      }
      guard Folder.exists(path) else {
        guard PluginLibrary.isTest(path) else {
          let test = path.hasSuffix(".lua") ? path.dropLast(4) + "_test.lua" : path[...]
          throw UsageError(
            "'\(path)' is not a test: tests are named NAME_test.lua",
            hint: FileManager.default.fileExists(atPath: String(test)) ? "nightjar plugins test \(test)" : nil
          )
        }
        paths.append(path)
        continue
      }
      let names = FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []
      let tests = names.filter(PluginLibrary.isTest).sorted().map { "\(path)/\($0)" }
      guard !tests.isEmpty else {
        throw FileError(
          "test", path, reason: "it contains no tests",
          hint: "tests are named NAME_test.lua, beside NAME.lua; `nightjar plugins new` creates both")
      }
      paths += tests
    }
    self.paths = paths
    folders = Array(
      Set(
        given.map { path in
          guard !Folder.exists(path) else { return path }
          let root = path.parentFolder
          return root.isEmpty ? "." : root
        })
    ).sorted()
  }
}

extension TestResult {
  /// A line with the outcome, then why it failed and how to run it again.
  fileprivate var text: String {
    let time = line == nil ? "" : String(format: "  %.2f s", seconds)
    var lines = [
      "  \(outcome == .passed ? (findings.isEmpty ? "✓" : "!") : "✗") \(name.printableLine())\(time)"
    ]
    for finding in findings { lines.append(finding.text) }
    if outcome == .failed, line != nil {
      let last = name.components(separatedBy: " › ").last ?? name
      lines.append(
        "      run again: nightjar plugins test \(file.shellQuoted) --filter \(last.shellQuoted) --seed \(seed)"
      )
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// As a word of the shell.
  fileprivate var shellQuoted: String {
    wholeMatch(of: /[A-Za-z0-9_.\/-]+/) != nil ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
