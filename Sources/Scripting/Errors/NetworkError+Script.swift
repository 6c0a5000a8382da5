import LuaHost
import Networks
import Support
import Tensors

extension NetworkError {
  /// The same error with ``scriptMessage``.
  var forScripts: ScriptError { ScriptError(scriptMessage, at: locations, cause: self) }

  /// The message for a script's author, with the names of Lua.
  var scriptMessage: ErrorMessage {
    switch self {
    case .noReadout(let module):
      ErrorMessage(
        "\(module) has no readout", hint: "end the model with nn.Linear, or name its last part \"readout\"")
    case .noReadoutFunction(let module):
      ErrorMessage(
        "\(module) has no readout",
        hint: "give nn.module the functions features(self, x), up to the embedding, and "
          + "readout(self, f), from there to the scores")
    case .stateMismatch(let mismatch):
      ErrorMessage(message.prefixed("load_state: ").what, hint: mismatch.prefix?.luaLoop)
    case .tooDeep:
      ErrorMessage(message.what, hint: "use a flat nn.Sequential, and no module within itself")
    case .notParameters:
      ErrorMessage(message.what, hint: "give model:parameters()")
    case .inLayer(let path, let layer, let underlying):
      ((CoreErrorTranslation.translate(underlying) as? any NightjarError)?.message ?? underlying.message)
        .prefixed("in layer \(path), \(layer): ")
    case .notExportable(_, _, .notBuiltIn):
      ErrorMessage(
        message.what,
        hint:
          "build the model from nn.Sequential, nn.Residual and built-in layers, or export its state alone, as "
          + ".safetensors")
    case .missingExportInput:
      ErrorMessage(
        message.what,
        hint: "{ input = { time = 201, channels = 20 } }; "
          + "only channels for (batch, channels), only time for the indices of an Embedding")
    case .fileMismatch, .badLayer, .badOptimizerState, .notExportable, .badArgument, .badFile: message
    }
  }
}

extension StatePrefix {
  /// A line of Lua that makes the names of a state `file` those of the model.
  fileprivate var luaLoop: String {
    let loop = "local state = {} for name, tensor in pairs(file) do"
    switch self {
    case .inState(let prefix, let isCommon):
      let size = prefix.utf8.count
      let strip = "state[name:sub(\(size + 1))] = tensor"
      return isCommon
        ? "\(loop) \(strip) end" : "\(loop) if name:sub(1, \(size)) == \"\(prefix)\" then \(strip) end end"
    case .inModel(let prefix): return "\(loop) state[\"\(prefix)\" .. name] = tensor end"
    }
  }
}
