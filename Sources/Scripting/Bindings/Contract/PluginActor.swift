import Tensors

/// One use of a plugin by the host: under the rules of its role, with random numbers and other plugins of its own, so
/// that what it draws and loads changes nothing for others and tells them nothing.
final class PluginActor {
  let instance: PluginInstance
  let session: Session
  private unowned let state: LuaState
  private let role: Role
  private var randomness: Randomness
  private var loaded: [String: Plugin] = [:]

  /// - Parameter seed: what it draws from; the same for the same work, whatever was run before.
  init(_ instance: PluginInstance, as role: Role, seed: UInt64, in state: LuaState) throws {
    (self.instance, self.role, self.state) = (instance, role, state)
    session = try state.attached(Session.self)
    randomness = Randomness(seed: seed, shown: session.seed, device: session.device)
  }

  var plugin: Plugin { instance.plugin }

  /// Runs `body`, which calls the plugin.
  func act<Result>(_ body: (PluginInstance) throws -> Result) throws -> Result {
    let library = try? state.attached(PluginLibrary.self)
    var own = randomness
    swap(&session.randomness, &own)
    let others = library?.loaded
    library?.loaded = loaded
    defer {
      swap(&session.randomness, &own)
      randomness = own
      loaded = library?.loaded ?? [:]
      library?.loaded = others ?? [:]
    }
    return try session.acting(as: role, for: plugin) { try body(instance) }
  }

  /// `file:line` of one of the plugin's functions.
  func place(of function: String) -> String { plugin.place(of: function, in: state) }

  /// What the plugin did against the rules in one of its functions, with file and line.
  func fault(_ what: String, in function: String) -> ScriptFailure {
    plugin.fault(what, in: function, state)
  }
}
