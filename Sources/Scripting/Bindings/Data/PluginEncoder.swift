import FewShot
import LuaHost
import Support
import Tensors

/// An encoder plugin with its options.
final class PluginEncoder: ClipEncoder {
  private let invocation: PluginInvocation

  init(_ plugin: Plugin, options: LuaTable, in state: LuaState) throws {
    let instance = try plugin.makeInstance(options: options, seed: 0, in: state)
    invocation = try PluginInvocation(
      instance, as: .encoder, seed: state.attached(ScriptContext.self).seed, in: state)
  }

  var keyParts: [String] { invocation.plugin.keyParts(options: invocation.instance.options) }
  var name: String { invocation.plugin.name }
  var location: ErrorLocation { invocation.location(of: "encode") }

  func prepare(rate: Int) throws -> Int {
    guard invocation.instance.has("setup") else { return rate }
    guard let wanted = try invocation.act({ try $0.call("setup", rate) }).first?.integer else { return rate }
    guard (1000...384_000).contains(wanted) else {
      throw invocation.violation(
        "setup returned \(wanted) samples per second, expected 1000 to 384000", in: "setup")
    }
    return wanted
  }

  func encode(_ waveforms: Tensor) throws -> Tensor {
    let results = try Recording.off { try invocation.act { try $0.call("encode", waveforms) } }
    guard let features = results.only?.object(Tensor.self) else {
      throw invocation.violation(
        "encode returned \(results.typeNames), expected a tensor (batch, time, channel)",
        hint: results.returnHint, in: "encode")
    }
    guard features.rank == 3, features.shape[0] == waveforms.shape[0], features.count > 0,
      features.dtype == .float32
    else {
      throw invocation.violation(
        "encode returned \(features.shape) of \(features.dtype) for waveforms \(waveforms.shape), expected "
          + "[\(waveforms.shape[0]), time, channel] of float32", in: "encode")
    }
    return features
  }
}
