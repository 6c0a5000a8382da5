import Foundation
import Tensors

/// Models as files that other programs run: ONNX and NIR; as safetensors or npz, their state alone.
///
/// All are written as in evaluation, whatever the model is switched to.
public enum ModelFile {
  /// A file's bytes, and what is odd about them.
  public struct Content: Sendable {
    public let bytes: Data
    /// Lines for the person.
    public let warnings: [String]
  }

  /// What models are written with: versions of formats and of the library below them.
  public static var versions: String { "ONNX opset \(ONNXModel.opset), NIR by HDF5 \(HDF5File.version)" }

  /// What the ending of a path says to write.
  public enum Format: String, CaseIterable, Sendable {
    case onnx, nir, h5, safetensors, npz

    /// - Throws: `TensorError` for an ending that is none of these.
    public init(of path: String) throws(TensorError) {
      let ending = (path as NSString).pathExtension.lowercased()
      guard let format = Self(rawValue: ending) else {
        throw .badArgument(
          operation: "export",
          reason:
            "\(path): the ending says what is written, and "
            + "\(ending.isEmpty ? "there is none" : "\"\(ending)\" is not known")",
          hint: ".onnx, .nir or .h5 (NIR), .safetensors or .npz (the state alone)")
      }
      self = format
    }

    /// Whether the file says what the model computes, for which the input's sizes have to be known.
    public var needsInput: Bool { self == .onnx || self == .nir || self == .h5 }
  }

  /// The bytes of a model's file, in the format that the path's ending says.
  ///
  /// - Parameters:
  ///   - input: what the model takes; only needed for ONNX and NIR.
  ///   - timeStep: seconds between two time steps, which NIR's time constants are in.
  /// - Throws: ``NetworkError/inLayer(name:layer:reason:)`` with the layer that the format has nothing for.
  public static func encode(
    _ module: any Module, for path: String, input: ExportInput? = nil, timeStep: Double = NIRModel.usualStep
  ) throws -> Content {
    let format = try Format(of: path)
    let warnings = try warnings(on: module)
    guard format.needsInput else {
      return Content(bytes: try StateFile.encode(module.state, for: path), warnings: warnings)
    }
    guard let input else { throw ExportInput.missing }
    if format == .onnx {
      return Content(bytes: try ONNXModel.encode(module, input: input), warnings: warnings)
    }
    return Content(
      bytes: try NIRModel.encode(module, input: input, timeStep: timeStep), warnings: warnings)
  }

  /// What is odd about a model's state, in lines for the person.
  public static func warnings(on module: any Module) throws -> [String] {
    try module.state.filter { entry in
      try entry.tensor.dtype == .float32 && entry.tensor.isFinite().all().item() == 0
    }.map {
      "\($0.name) holds NaN or infinity; it is written as it is"
    }
  }
}

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
