import Foundation
import Logging
import LuaHost
import Metrics
import Scripting
import Support
import Tensors

/// The environment of scripts and plugins: a device, a Lua state with the `nightjar` module, the plugin library, a run.
///
/// Belongs to one thread at a time, as its Lua state does.
public final class ScriptHost {
  public let device: Device
  public let console: Console
  public let state: LuaState
  public let context: ScriptContext
  public let library: PluginLibrary
  public let run: HostRun
  /// The folder of the shipped plugins; nil when it was not found.
  public let shipped: String?
  /// The code of an earlier run or of a file, where it runs instead of the installed plugins.
  let sources: RunSources?
  private var isFlushing = false
  private let output: StandardOutput
  private let profile: HostProfile?

  /// Opens a host.
  ///
  /// - Parameters:
  ///   - options: the options of the command.
  ///   - output: where `print` of scripts goes.
  ///   - memory: what hosts that are opened one after another share; nil for a host of its own.
  /// - Throws: an error with exit code 2 for an unknown capability, `ScriptError` when the state cannot be opened.
  public init(
    _ options: HostOptions, output: StandardOutput = StandardOutput(), sharing memory: HostMemory? = nil
  ) throws {
    self.output = output
    console = Console(quiet: options.isQuiet)
    device = memory?.device ?? Device(memory: options.memory, threads: options.threads)
    run = HostRun(options, console: console, versions: NightjarModule.versions)
    context = ScriptContext(
      device: device, seed: options.seed, console: console,
      cache: StageCache(
        folder: options.cache ?? UserFolder.cache.path(), console: console, memory: memory?.stages),
      run: run)
    context.capabilities = try Capabilities(parsing: options.grants)
    if TerminalPrompt.isPossible { context.ask = TerminalPrompt.ask }
    sources = options.sources
    if let sources = options.sources {
      shipped = sources.shipped
      library = PluginLibrary(folders: sources.searched, shipped: shipped, standard: false)
    } else {
      shipped = Installation.shippedPlugins()
      library = PluginLibrary(folders: options.pluginFolders, shipped: shipped)
    }
    state = try LuaState(seed: options.seed)
    // Garbage tensors are collected before the budget is exceeded.
    state.pool = device.pool
    state.limits = options.limits
    state.endsProcess = true
    state.print = output.writeOrStop
    if options.streamsEvents {
      state.print = { [output] in output.writeOrStop(StreamedEvent("print", ["text": .string($0)]).line) }
      run.onEvent = { [output] in output.writeOrStop($0.line) }
    }
    state.attach(context)
    state.attach(library)
    try NightjarModule.install(in: state)
    run.archiveSources = { [unowned state, library] folder in
      try SourceArchive(library).write(state.loadedSources, into: folder)
    }
    profile = options.profile.map { [device] in HostProfile($0, on: device) }
    profile?.attach(to: state)
    context.startUp = try? ProcessStatistics.secondsSinceStart()
    Logger(label: "nightjar.host").debug(
      "opened",
      metadata: [
        "threads": "\(device.threads)", "budget": "\(ByteCount(device.pool.budget))",
        "seed": "\(options.seed)", "blas": "\(BlasKernels.name)",
        "plugins": "\(library.searchPath.joined(separator: ":"))",
      ])
  }

  /// Runs a script file. Its `require` searches the folder of the script, then the shipped plugins.
  ///
  /// - Returns: the values that the script returns.
  /// - Throws: `ScriptError` with file, line and traceback; `FileError`; ``OutputClosedError``.
  @discardableResult
  public func run(file path: String) throws -> [LuaValue] {
    try flushing { try state.runFile(path, roots: shipped.map { [$0] } ?? []) }
  }

  /// Runs the text of a script, which errors call `name`. Its `require` searches the current folder, then the shipped
  /// plugins.
  ///
  /// - Returns: the values that the script returns.
  /// - Throws: as ``run(file:)``.
  @discardableResult
  public func run(text: Data, named name: String) throws -> [LuaValue] {
    try flushing { try state.runBytes(text, named: name, roots: shipped.map { [$0] } ?? []) }
  }

  /// Runs `body`, all that the run does, and records how it ended.
  ///
  /// - Throws: as ``flushing(_:)``.
  public func recording<Result>(_ body: () throws -> Result) throws -> Result {
    let result = Swift.Result { try flushing(body) }
    var failure: (any Error)?
    if case .failure(let error) = result { failure = error }
    run.finish(failure, stages: context.cache.reports.map(\.timing))
    return try result.get()
  }

  /// Runs `body`, then writes everything that is buffered, also when `body` fails.
  ///
  /// - Throws: the error of `body`, or of the output before it.
  public func flushing<Result>(_ body: () throws -> Result) throws -> Result {
    // The outermost call writes, once.
    guard !isFlushing else { return try body() }
    isFlushing = true
    defer { isFlushing = false }
    let result = Swift.Result { try profile?.measuring(body) ?? body() }
    try run.flush()
    try profile?.report(console, titles: library.titles)
    // A closed output interrupts a script like Ctrl-C, but is not an interruption by the user.
    try output.check()
    return try result.get()
  }
}

/// The options of a script host.
public struct HostOptions: Sendable {
  /// The maximum number of threads; nil for one per core.
  public var threads: Int?
  /// The budget of native memory in bytes; nil for half of what the machine has.
  public var memory: Int?
  public var isQuiet = false
  public var seed: UInt64 = 1
  /// The `--plugins` folders, in order.
  public var pluginFolders: [String] = []
  /// The capabilities of each `--allow`.
  public var grants: [String] = []
  /// The limits of scripts.
  public var limits = Limits.forRuns
  /// What becomes of a profile; nil measures nothing.
  public var profile: ProfileOutput?
  /// The `--set` pairs, in order; of two with the same name the last one applies.
  public var settings: [(name: String, value: String)] = []
  /// The run's folder; nil for a new one under `runs`.
  public var out: OutputFolder?
  /// The formats of figures besides text: png, svg, pdf.
  public var figures = ["png"]
  /// Whether what happens is printed as one JSON object a line.
  public var streamsEvents = false
  /// Whether the run's folder gets an event file for TensorBoard.
  public var writesEvents = false
  /// The name of the run in `runs`.
  public var name = "script"
  /// The code of an earlier run, to run it again; nil for the plugins that are installed.
  public var sources: RunSources?
  /// The folder of cached stages; nil for the user's.
  public var cache: String?
  /// Whether the run is recorded in the store of runs; not by one of many processes on several machines.
  public var isStored = true
  /// The command line, for the run's settings.
  public var command: [String] = []

  /// The default options.
  public init() {}
}

/// Yes-or-no questions on the terminal.
private enum TerminalPrompt {
  /// Whether both standard input and standard error are a terminal.
  static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// Asks on standard error; any answer but `y` or `yes` is no.
  ///
  /// - Throws: `InterruptionError` on Ctrl-C.
  static func ask(_ question: String) throws -> Bool {
    // Input typed before the question does not answer it.
    tcflush(STDIN_FILENO, TCIFLUSH)
    // One line: a folder's name may contain line ends.
    let line = question.printable(limit: .max).replacing("\n", with: "\\n")
    try FileHandle.standardError.write(contentsOf: Data("\(line) [y/N] ".utf8))
    // readLine() is not interrupted by signals; this checks for them.
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&input, 1, 100) <= 0 { try Interruption.check("the question") }
    return ["y", "yes"].contains((readLine() ?? "").trimmingCharacters(in: .whitespaces).lowercased())
  }
}
