import FewShot
import LuaHost
import Networks
import Tensors

extension PluginChoice {
  /// The encoder of an encoder plugin.
  ///
  /// - Throws: ``OptionError`` for options that do not fit; `ScriptError`.
  public func clipEncoder(in state: LuaState) throws -> any ClipEncoder {
    try PluginEncoder(plugin, options: options, in: state)
  }

  /// A learner of a learner plugin outside of an experiment, which has not been taught anything.
  ///
  /// - Parameters:
  ///   - module: the network that embeds what it learns from.
  ///   - classes: the number of all classes.
  ///   - seed: what it draws from.
  ///   - state: where the plugin is loaded again.
  ///   - waveforms: the waveforms of its base for `nil`, and of what it learns in a session, counted from 0:
  ///     (samples, rate).
  /// - Throws: ``OptionError`` for options that do not fit; `ScriptError`.
  public func fewShotLearner(
    module: any Module, classes: Int, seed: UInt64, in state: LuaState,
    waveforms: @escaping (_ session: Int?) throws -> Tensor
  ) throws -> any FewShotLearner {
    let context = try state.attached(ScriptContext.self)
    let handle = context.handle(module, classes: classes)
    let instance = try plugin.reloaded(in: state)
      .makeInstance(options: options, seed: Int(seed >> 2), in: state)
    return PluginLearner(
      try PluginInvocation(instance, as: .learner, seed: seed, in: state), model: handle,
      sound: SampleSound(base: { try waveforms(nil) }, support: { try waveforms($0) }))
  }
}
