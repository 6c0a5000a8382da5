import FewShot
import Tensors

/// An encoder plugin as the feature store uses it.
final class PluginEncoder: ClipEncoder {
  private let instance: PluginInstance

  init(_ plugin: Plugin, options: LuaTable, in state: LuaState) throws {
    instance = try plugin.makeInstance(options: options, seed: 0, in: state)
  }

  var keyParts: [String] { instance.plugin.keyParts(options: instance.options) }
  var name: String { instance.plugin.name }
  var title: String { "plugin \(instance.plugin.title) (\(instance.plugin.path))" }

  func prepare(rate: Int) throws -> Int {
    guard instance.has("setup") else { return rate }
    let wanted = try instance.call("setup", rate).first?.integer
    guard let wanted else { return rate }
    guard (1000...384_000).contains(wanted) else {
      throw instance.plugin.fault(
        "setup asks for \(wanted) samples a second, expected 1000 to 384000")
    }
    return wanted
  }

  func encode(_ waves: Tensor) throws -> Tensor {
    let results = try Recording.off { try instance.call("encode", waves) }
    guard let features = results.first?.object(Tensor.self) else {
      throw instance.plugin.fault(
        "encode gave \(results.first?.typeName ?? "nothing"), expected a tensor (batch, time, channel)")
    }
    guard features.rank == 3, features.shape[0] == waves.shape[0], features.count > 0,
      features.dtype == .float32
    else {
      throw instance.plugin.fault(
        "encode gave \(features.shape) of \(features.dtype) for waves \(waves.shape), expected "
          + "[\(waves.shape[0]), time, channel] of float32")
    }
    return features
  }
}
