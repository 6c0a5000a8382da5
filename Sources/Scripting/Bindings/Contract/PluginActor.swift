import Tensors

/// One use of a plugin by the host: under the rules of its role, and with random numbers of its own, so that what it
/// draws changes nothing for others.
final class PluginActor {
  let instance: PluginInstance
  let session: Session
  private let state: LuaState
  private let role: Role
  private var randomness: Randomness

  /// - Parameter seed: what it draws from; the same for the same work, whatever was run before.
  init(_ instance: PluginInstance, as role: Role, seed: UInt64, in state: LuaState) throws {
    (self.instance, self.role, self.state) = (instance, role, state)
    session = try state.attached(Session.self)
    randomness = Randomness(seed: seed, shown: session.seed, device: session.device)
  }

  var plugin: Plugin { instance.plugin }

  /// Runs `body`, which calls the plugin.
  func act<Result>(_ body: (PluginInstance) throws -> Result) throws -> Result {
    var own = randomness
    defer { randomness = own }
    return try session.acting(as: role, for: plugin) {
      try session.drawing(from: &own) { try body(instance) }
    }
  }

  /// `file:line` of one of the plugin's functions.
  func place(of function: String) -> String { plugin.place(of: function, in: state) }

  /// What the plugin did against the rules in one of its functions, with file and line.
  func fault(_ what: String, in function: String) -> ScriptFailure {
    plugin.fault(what, in: function, state)
  }
}
