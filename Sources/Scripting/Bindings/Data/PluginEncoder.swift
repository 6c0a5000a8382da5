import FewShot
import Tensors

/// An encoder plugin as the feature store uses it.
final class PluginEncoder: ClipEncoder {
  private let instance: PluginInstance
  private var isPrepared = false

  init(_ plugin: Plugin, options: LuaTable, in state: LuaState) throws {
    instance = try plugin.makeInstance(options: options, seed: 0, in: state)
  }

  var keyParts: [String] { instance.plugin.keyParts(options: instance.options) }
  var name: String { instance.plugin.name }

  func prepare(rate: Int) throws -> Int {
    guard instance.has("setup") else { return rate }
    let wanted = try instance.call("setup", rate).first?.integer
    guard let wanted else { return rate }
    guard (1000...384_000).contains(wanted) else {
      throw ScriptFailure("plugin encoder/\(name): setup asks for \(wanted) samples a second")
    }
    return wanted
  }

  func encode(_ waves: Tensor) throws -> Tensor {
    let results = try Recording.off { try instance.call("encode", waves) }
    guard let features = results.first?.object(Tensor.self) else {
      throw ScriptFailure(
        "plugin encoder/\(name): encode gave \(results.first?.typeName ?? "nothing"), not a tensor")
    }
    guard features.rank == 3, features.shape[0] == waves.shape[0] else {
      throw ScriptFailure(
        "plugin encoder/\(name): encode gave \(features.shape) for waves \(waves.shape), "
          + "expected (batch, time, channel)"
      )
    }
    return features
  }
}
