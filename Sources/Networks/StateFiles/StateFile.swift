import Foundation
import Support
import Tensors

/// Files with named tensors: safetensors, NumPy's npz and npy, PyTorch's. The first bytes of a file tell its format.
public enum StateFile {
  /// Reads a file.
  ///
  /// - Parameter name: what messages call the file; nil for its path.
  /// - Returns: a table of tensors by name from safetensors and npz; from a PyTorch file what `torch.load` would
  ///   return, including nested tables; from npy, or a PyTorch file of one tensor, that tensor.
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)`` for a damaged file, `FileError` for one that does not exist,
  ///   and `TensorError` when the memory budget does not admit it.
  public static func read(_ path: String, named name: String? = nil, on device: Device) throws -> StateValue {
    try decode(bytes(path, named: name ?? path), named: name ?? path, on: device)
  }

  /// The content of a file's bytes; `path` is for messages.
  ///
  /// - Throws: as ``read(_:named:on:)``.
  public static func decode(_ file: Data, named path: String, on device: Device) throws -> StateValue {
    if file.starts(with: NumpyFile.magic) {
      let array = try NumpyFile.read(file, on: device) {
        .badFile(path: path, reason: $0.what, hint: $0.hint)
      }
      return .tensor(array.tensor, stored: array.stored)
    }
    if file.starts(with: ZipArchive.magic) {
      let archive = try ZipArchive(file, named: path)
      if let pickle = TorchFile.pickle(of: archive) {
        var torch = TorchFile(archive, pickle, named: path, on: device)
        return try torch.read()
      }
      return try NumpyFile.read(archive, named: path, on: device)
    }
    if let reason = unreadable(file, path) {
      throw NetworkError.badFile(path: path, reason: reason.what, hint: reason.hint)
    }
    let entries = try SafeTensors.entries(of: file, named: path, on: device).entries
    return .table(
      entries.sorted { $0.key < $1.key }
        .map { (name: $0.key, value: .tensor($0.value.tensor, stored: $0.value.stored)) })
  }

  /// The bytes of a file with named tensors: npz for a path with that extension, else safetensors.
  ///
  /// - Throws: ``NetworkError/badArgument(operation:reason:hint:)`` for the extension of a format that can only be
  ///   read.
  public static func encode(_ tensors: [(name: String, tensor: Tensor)], for path: String) throws -> Data {
    switch (path as NSString).pathExtension.lowercased() {
    case "npz": return try NumpyFile.encode(tensors)
    case "npy", "pt", "pth", "ckpt":
      throw NetworkError.badArgument(
        operation: "save",
        reason: "\(path) would not be what its extension says: npy and PyTorch files can only be read",
        hint:
          "name it ….npz, which numpy.load reads, or ….safetensors, which safetensors.torch.load_file does")
    default: return try SafeTensors.encode(tensors)
    }
  }

  /// A file's bytes, memory-mapped where possible.
  static func bytes(_ path: String, named name: String) throws -> Data {
    do {
      try FileStatus.requireRegular(path)
      return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch let error as FileError {
      throw FileError("read", name, reason: error.reason)
    } catch {
      throw FileError(
        "read", name,
        reason: FileManager.default.fileExists(atPath: path)
          ? "it is not a readable file" : "there is no such file")
    }
  }

  /// Why a file that is neither an archive nor an array cannot be a safetensors file; nil when it may be one.
  private static func unreadable(_ file: Data, _ path: String) -> ErrorMessage? {
    // A pickle's first instruction and its protocol; as the length of a header it would be too large.
    if file.count >= 2, file.first == PickleOpcode.version.rawValue,
      (1...5).contains(file[file.startIndex + 1]),
      file.prefix(8).last != 0
    {
      return ErrorMessage(
        "it is a bare pickle, as PyTorch wrote before 1.6",
        hint: "in Python, torch.save(torch.load(\"old.pt\"), \"new.pt\")")
    }
    let ending = (path as NSString).pathExtension.lowercased()
    let isHDF5 = file.starts(with: [0x89, 0x48, 0x44, 0x46])
    if ending == "onnx" || isHDF5 {
      return ErrorMessage(
        "it is \(isHDF5 ? "an HDF5 file, as NIR's are," : "an ONNX file,") which can be written but not read",
        hint: "use the state file that the model was exported from")
    }
    switch ending {
    case "pt", "pth", "ckpt": return "it is not a zip archive, which PyTorch's files are"
    case "npz": return "it is not a zip archive, which npz files are"
    case "npy": return "it does not begin with the signature of npy files"
    default: return nil
    }
  }
}
