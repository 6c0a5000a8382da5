import Foundation
import Support
import Tensors

/// Files with named tensors: safetensors, NumPy's npz and npy, PyTorch's. The first bytes of a file tell its format.
public enum StateFile {
  /// Reads a file.
  ///
  /// Messages call the file `name`; nil for its path. `isWanted` says which tensors are read by name; the others are
  /// passed over.
  ///
  /// - Returns: a table of tensors by name from safetensors and npz; from a PyTorch file what `torch.load` would
  ///   return, including nested tables; from npy, or a PyTorch file of one tensor, that tensor. What cannot be used is
  ///   a value that says so.
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)`` for a damaged file, or one in which nothing can be used,
  ///   `FileError` for one that does not exist, and `TensorError` when the memory budget does not admit it.
  public static func read(
    _ path: String, named name: String? = nil, on device: Device,
    where isWanted: @escaping (String) -> Bool = { _ in true }
  ) throws -> StateValue {
    try decode(bytes(path, named: name ?? path), named: name ?? path, on: device, where: isWanted)
  }

  /// The content of a file's bytes; `path` is for messages.
  ///
  /// - Throws: as ``read(_:named:on:where:)``.
  public static func decode(
    _ file: Data, named path: String, on device: Device,
    where isWanted: @escaping (String) -> Bool = { _ in true }
  ) throws -> StateValue {
    let value = try content(file, path, device, isWanted)
    try value.requireUse(of: path)
    return value
  }

  private static func content(
    _ file: Data, _ path: String, _ device: Device, _ isWanted: @escaping (String) -> Bool
  ) throws -> StateValue {
    if let foreign = ForeignContent(start: file.prefix(ForeignContent.examined)) {
      throw NetworkError.badFile(path: path, reason: foreign.message.what, hint: foreign.message.hint)
    }
    if file.starts(with: NumpyFile.magic) {
      do {
        let array = try NumpyFile.read(file, on: device)
        return .tensor(array.tensor, stored: array.stored)
      } catch let problem as NumpyFile.Problem {
        throw NetworkError.badFile(path: path, reason: problem.message.what, hint: problem.message.hint)
      }
    }
    if file.starts(with: ZipArchive.magic) || file.starts(with: ZipArchive.emptyMagic) {
      let archive = try ZipArchive(file, named: path, on: device)
      if let pickle = TorchFile.pickle(of: archive) {
        var torch = try TorchFile(archive, pickle, named: path, on: device, where: isWanted)
        return try torch.read()
      }
      return try NumpyFile.read(archive, named: path, on: device, where: isWanted)
    }
    if LegacyTorchFile.matches(file) {
      var torch = try TorchFile(legacy: file, named: path, on: device, where: isWanted)
      return try torch.read()
    }
    if !SafeTensors.matches(file), let reason = unreadable(file, path) {
      throw NetworkError.badFile(path: path, reason: reason.what, hint: reason.hint)
    }
    let entries = try SafeTensors.entries(of: file, named: path, on: device, where: isWanted).entries
    return .table(entries.sorted { $0.name.isNamedBefore($1.name) })
  }

  /// The extensions of the files that it reads, for the completion of file names.
  public static let extensions = ["safetensors", "npz", "npy", "pt", "pth", "ckpt"]

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
        "it is a pickle that torch.save did not write",
        hint: "in Python, torch.save(value, \"new.pt\"), or numpy.savez(\"new.npz\", **arrays)")
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
