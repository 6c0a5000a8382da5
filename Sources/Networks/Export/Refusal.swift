extension Module {
  /// Why this layer cannot be exported; `path` is its dotted name, empty for the model itself.
  func refusal(at path: String, _ reason: String, hint: String? = nil) -> NetworkError {
    path.isEmpty
      ? .badLayer(layer: description, reason: reason, hint: hint)
      : .inLayer(name: path, layer: description, reason: reason, hint: hint)
  }

  /// The refusal of a layer that is none of the built-in ones.
  func foreign(at path: String, to format: String) -> NetworkError {
    refusal(
      at: path,
      "it is no built-in layer, so what it computes cannot be written as \(format)",
      hint: "make the model of "
        + "nn.Sequential, nn.Residual and built-in layers, or export its state alone, as .safetensors")
  }
}

/// The dotted name of a part.
func dotted(_ path: String, _ part: String) -> String { path.isEmpty ? part : "\(path).\(part)" }
