import LuaHost
import Support

/// A plugin in use by the host: under the rules of its role, with random numbers and loaded plugins of its own, so that
/// what it draws and loads neither affects nor informs others.
final class PluginInvocation {
  let instance: PluginInstance
  let context: ScriptContext
  private unowned let state: LuaState
  private let role: Role
  private var randomness: Randomness
  private var loaded: [Name: Plugin] = [:]
  /// Whether what it prints and logs is dropped.
  private let isMuted: Bool

  /// A use of `instance` that draws from `seed`: the same for the same work, whatever ran before.
  init(
    _ instance: PluginInstance, as role: Role, seed: UInt64, isMuted: Bool = false, in state: LuaState
  ) throws {
    self.isMuted = isMuted
    self.instance = instance
    self.role = role
    self.state = state
    context = try state.attached(ScriptContext.self)
    randomness = Randomness(seed: seed, reported: context.seed, device: context.device)
  }

  var plugin: Plugin { instance.plugin }

  /// Runs `body`, which calls the plugin; what it draws leaves no trace where `keepsDraws` is false.
  func act<Result>(keepsDraws: Bool = true, _ body: (PluginInstance) throws -> Result) throws -> Result {
    let library = try? state.attached(PluginLibrary.self)
    let wasMuted = context.isMuted
    let print = state.print
    if isMuted {
      context.isMuted = true
      state.print = { _ in }
    }
    defer {
      context.isMuted = wasMuted
      state.print = print
    }
    var own = randomness
    swap(&context.randomness, &own)
    let others = library?.loaded
    library?.loaded = loaded
    defer {
      swap(&context.randomness, &own)
      if keepsDraws { randomness = own }
      loaded = library?.loaded ?? [:]
      library?.loaded = others ?? [:]
    }
    return try context.acting(as: role, for: plugin) { try body(instance) }
  }

  /// The location of one of the plugin's functions.
  func location(of function: String) -> ErrorLocation { plugin.location(of: function, in: state) }

  /// The error for a rule that one of the plugin's functions violated, with file and line.
  func violation(_ what: String, hint: String? = nil, in function: String) -> ScriptError {
    plugin.violation(what, hint: hint, in: function, state)
  }
}
