import Foundation
import Logging
import LuaHost
import Metrics
import Scripting
import Support
import Tensors

/// Everything a script or a plugin needs to run: a device, a Lua state with the `nightjar` module, the plugins.
///
/// Belongs to one thread at a time, as its Lua state does.
public final class ScriptHost {
  public let device: Device
  public let console: Console
  public let state: LuaState
  public let context: ScriptContext
  public let library: PluginLibrary
  public let run: HostRun
  /// The folder of the shipped plugins, if it was found.
  public let shipped: String?
  private let output: StandardOutput

  /// Opens a host.
  ///
  /// - Throws: a usage failure for an unknown capability.
  public init(_ options: HostOptions, output: StandardOutput = StandardOutput()) throws {
    self.output = output
    console = Console(quiet: options.isQuiet)
    device = Device(memory: options.memory, threads: options.threads)
    run = HostRun(options, console: console, versions: ["nightjar": NightjarModule.version])
    context = ScriptContext(
      device: device, seed: options.seed, console: console, cache: StageCache(console: console), run: run)
    context.capabilities = try Capabilities(parsing: options.grants)
    if TerminalPrompt.isPossible { context.ask = TerminalPrompt.ask }
    shipped = Installation.shippedPlugins()
    library = PluginLibrary(folders: options.pluginFolders, shipped: shipped)
    state = try LuaState(seed: options.seed)
    // Garbage tensors are collected before the budget bites.
    state.pool = device.pool
    state.limits = options.limits
    state.endsProcess = true
    state.print = output.writeOrStop
    state.attach(context)
    state.attach(library)
    try NightjarModule.install(in: state)
    context.startUp = try? ProcessStatistics.secondsSinceStart()
    Logger(label: "nightjar.host").debug(
      "opened",
      metadata: [
        "threads": "\(device.threads)", "budget": "\(ByteCount(device.pool.budget))",
        "seed": "\(options.seed)", "blas": "\(BlasKernels.name)",
        "plugins": "\(library.searchPath.joined(separator: ":"))",
      ])
  }

  /// Runs a script file. Its `require` finds modules beside it, then the shipped ones.
  ///
  /// - Throws: `ScriptError` with file, line and traceback; `FileError`; what the output failed with.
  @discardableResult
  public func run(file path: String) throws -> [LuaValue] {
    try keepingOutput { try state.runFile(path, roots: shipped.map { [$0] } ?? []) }
  }

  /// Runs `body`, then writes what the run still holds in memory, also when it failed.
  public func keepingOutput<Result>(_ body: () throws -> Result) throws -> Result {
    let result = Swift.Result { try body() }
    try run.flush()
    // A reader that has gone stops a script as Ctrl-C does; it is no interruption by the user.
    try output.check()
    return try result.get()
  }
}
