import FewShot
import LuaHost
import Support
import Tensors

/// An encoder plugin as the feature store uses it.
final class PluginEncoder: ClipEncoder {
  private let actor: PluginInvocation

  init(_ plugin: Plugin, options: LuaTable, in state: LuaState) throws {
    let instance = try plugin.makeInstance(options: options, seed: 0, in: state)
    actor = try PluginInvocation(
      instance, as: .encoder, seed: state.attached(ScriptContext.self).seed, in: state)
  }

  var keyParts: [String] { actor.plugin.keyParts(options: actor.instance.options) }
  var name: String { actor.plugin.name }
  var location: ErrorLocation { actor.location(of: "encode") }

  func prepare(rate: Int) throws -> Int {
    guard actor.instance.has("setup") else { return rate }
    guard let wanted = try actor.act({ try $0.call("setup", rate) }).first?.integer else { return rate }
    guard (1000...384_000).contains(wanted) else {
      throw actor.violation("setup asks for \(wanted) samples a second, expected 1000 to 384000", in: "setup")
    }
    return wanted
  }

  func encode(_ waveforms: Tensor) throws -> Tensor {
    let results = try Recording.off { try actor.act { try $0.call("encode", waveforms) } }
    guard let features = results.first?.object(Tensor.self) else {
      throw actor.violation(
        "encode gave \(results.first?.typeName ?? "nothing"), expected a tensor (batch, time, channel)",
        in: "encode")
    }
    guard features.rank == 3, features.shape[0] == waveforms.shape[0], features.count > 0,
      features.dtype == .float32
    else {
      throw actor.violation(
        "encode gave \(features.shape) of \(features.dtype) for waveforms \(waveforms.shape), expected "
          + "[\(waveforms.shape[0]), time, channel] of float32", in: "encode")
    }
    return features
  }
}
