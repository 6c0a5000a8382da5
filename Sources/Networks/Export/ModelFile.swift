import Foundation

/// Models as files that other programs run, ONNX and NIR, and their state alone, safetensors and npz.
///
/// Models are exported as in evaluation mode, whatever mode they are in.
public enum ModelFile {
  /// A file's bytes, and warnings about them.
  public struct Content: Sendable {
    public let bytes: Data
    /// One line each, for the user.
    public let warnings: [String]
  }

  /// The versions of the formats, and of the library that writes NIR.
  public static var versions: String {
    "ONNX opset \(ONNXModel.opset), "
      + (HDF5File.version.map { "NIR by HDF5 \($0)" } ?? "no NIR, for HDF5 is not installed")
  }

  /// The format of a file, by the extension of its name.
  public enum Format: String, CaseIterable, Sendable {
    case onnx, nir, h5, safetensors, npz

    /// - Throws: ``NetworkError/badArgument(operation:reason:hint:)`` for another extension.
    public init(of path: String) throws(NetworkError) {
      let ending = (path as NSString).pathExtension.lowercased()
      guard let format = Self(rawValue: ending) else {
        throw .badArgument(
          operation: "export",
          reason: "\(path): the extension says what is written, and "
            + (ending.isEmpty ? "it has no extension" : "\"\(ending)\" is unknown"),
          hint: ".onnx, .nir or .h5 (NIR), .safetensors or .npz (the state alone)")
      }
      self = format
    }

    /// Whether the file contains the computation, for which the sizes of the input must be known.
    public var needsInput: Bool { self == .onnx || self == .nir || self == .h5 }
  }

  /// The bytes of a model's file, in the format of the path's extension. Nothing is written.
  ///
  /// - Parameters:
  ///   - module: the model; it is exported as in evaluation mode.
  ///   - path: the file's name, of which only the extension counts.
  ///   - input: the sizes of the model's input; only needed for ONNX and NIR.
  ///   - timeStep: seconds between two time steps, the unit of NIR's time constants.
  /// - Throws: ``NetworkError/notExportable(path:layer:_:)`` with the layer that the format cannot represent,
  ///   ``NetworkError/missingExportInput`` without an input, ``NetworkError/badArgument(operation:reason:hint:)``
  ///   for an unknown extension.
  public static func encode(
    _ module: any Module, for path: String, input: ExportInput? = nil,
    timeStep: Double = NIRModel.defaultTimeStep
  ) throws -> Content {
    let format = try Format(of: path)
    let warnings = try warnings(on: module)
    guard format.needsInput else {
      return Content(bytes: try StateFile.encode(module.state, for: path), warnings: warnings)
    }
    guard let input else { throw NetworkError.missingExportInput }
    if format == .onnx {
      return Content(bytes: try ONNXModel.encode(module, input: input), warnings: warnings)
    }
    let content = try NIRModel.content(of: module, input: input, timeStep: timeStep)
    return Content(bytes: content.bytes, warnings: warnings + content.warnings)
  }

  /// Warnings about a model's state: tensors that hold NaN or infinity, one line each.
  ///
  /// - Throws: `TensorError` when the memory budget is exceeded.
  public static func warnings(on module: any Module) throws -> [String] {
    try module.state.filter { entry in
      try entry.tensor.dtype == .float32 && entry.tensor.isFinite().all().item() == 0
    }.map {
      "\($0.name) holds NaN or infinity; it is written as it is"
    }
  }
}

extension Module {
  /// The error about this layer; `path` is its dotted name, empty for the model itself.
  func notExportable(at path: String, _ reason: String, hint: String? = nil) -> NetworkError {
    .notExportable(path: path, layer: description, .unsupported(reason, hint: hint))
  }

  /// The error about a layer that is not one of the built-in ones.
  func notBuiltIn(at path: String, for format: String) -> NetworkError {
    .notExportable(path: path, layer: description, .notBuiltIn(format: format))
  }
}
