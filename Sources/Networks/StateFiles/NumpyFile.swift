import Foundation
import Support
import Tensors

/// NumPy's arrays: one in an npy file, several by name in an npz archive.
///
/// Source: NumPy's `numpy/lib/_format_impl.py`, versions 1 to 3.
enum NumpyFile {
  /// What npy files begin with.
  static let magic = [0x93] + [UInt8]("NUMPY".utf8)

  /// What the names of arrays in npz archives end with.
  static let ending = ".npy"

  /// Reads an npz archive: a table of its arrays, without the `.npy` behind their names.
  static func read(_ archive: ZipArchive, named path: String, on device: Device) throws -> StateValue {
    guard archive.entries.contains(where: { $0.name.hasSuffix(ending) }) else {
      let names = archive.entries.prefix(5).map { $0.name.printable(limit: 40) }.joined(separator: ", ")
      throw NetworkError.badFile(
        path: path,
        reason: "it is a zip archive, but neither PyTorch's (data.pkl) nor npz (….npy); it has \(names)")
    }
    var table: [(name: String, value: StateValue)] = []
    for entry in archive.entries {
      try Interruption.check("reading \(path)")
      guard entry.name.hasSuffix(ending) else { throw archive.bad(entry, "it is no array (.npy)") }
      let content = try archive.content(of: entry, on: device)
      let array = try read(content.bytes, on: device) { archive.bad(entry, $0.what, hint: $0.hint) }
      table.append((String(entry.name.dropLast(ending.count)), .tensor(array.tensor, stored: array.stored)))
      withExtendedLifetime(content) {}
    }
    return .table(table)
  }

  /// Reads an array; `bad` makes the failure that names its file.
  static func read(
    _ file: Data, on device: Device, _ bad: (_ reason: ErrorMessage) -> NetworkError
  ) throws -> (tensor: Tensor, stored: StoredType) {
    guard file.starts(with: magic) else { throw bad("it does not begin as npy files do") }
    var reader = ByteReader(file, at: magic.count)
    guard let major = reader.byte(), reader.byte() != nil else { throw bad("it is cut short") }
    guard (1...3).contains(major) else { throw bad("it has version \(major) of npy; 1 to 3 are read") }
    guard let length = major == 1 ? reader.short() : reader.word() else { throw bad("it is cut short") }
    guard length <= NumpyHeader.longest, let text = reader.take(length) else {
      throw bad("its header claims \(length) bytes of the \(reader.left) that are left")
    }
    guard let header = NumpyHeader(String(decoding: text, as: UTF8.self)) else {
      throw bad("its header is damaged, or has fields (a structured array): \(clean(text))")
    }
    guard let type = NumpyHeader.types[header.descriptor] else {
      throw bad(complaint(about: header.descriptor))
    }
    let body = reader.take(reader.left) ?? Data()
    do {
      let tensor = try Tensor(
        stored: body, as: type, shape: header.shape, isColumnMajor: header.isFortran, on: device)
      return (tensor, type)
    } catch {
      throw error.exitCode == .limit ? error as any Error : bad(error.message)
    }
  }

  private static func clean(_ text: Data) -> String {
    String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines).printable(
      limit: 120)
  }

  private static func complaint(about descriptor: String) -> ErrorMessage {
    let shown = "'\(descriptor.printable(limit: 40))'"
    switch descriptor.first {
    case ">":
      return ErrorMessage(
        "its elements, \(shown), are big-endian",
        hint: "in Python, a.astype(a.dtype.newbyteorder(\"<\"))")
    case "|" where descriptor.dropFirst().first == "O":
      return ErrorMessage(
        "its elements are Python objects, which only running code would bring back",
        hint: "in Python, a.astype(float)")
    default: return "its elements, \(shown), are no numbers that can be read"
    }
  }
}
