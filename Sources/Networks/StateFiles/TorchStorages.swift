import Foundation
import Support
import Tensors

/// Where the elements of a PyTorch file's tensors are.
enum TorchStorages {
  /// In entries of a zip archive below a folder, whose name ends with a slash.
  case archive(ZipArchive, folder: Substring)
  /// In a file without an archive, at ranges by their keys.
  case ranges(Data, [String: Range<Int>])

  /// The bytes of a storage.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)`` by `bad`, `TensorError` when the memory budget does not
  ///   admit them, `InterruptionError`.
  func content(of key: String, on device: Device, _ bad: (String) -> NetworkError) throws
    -> ZipArchive.Content
  {
    switch self {
    case .archive(let archive, let folder):
      let name = folder + "data/" + key
      guard let entry = archive[name] else {
        throw bad("the archive has no entry \(name.printable(limit: 80))")
      }
      return try archive.content(of: entry, on: device)
    case .ranges(let file, let ranges):
      guard let range = ranges[key] else {
        throw bad("the file has no elements for storage \(key.printable(limit: 80))")
      }
      let start = file.startIndex
      return ZipArchive.Content(
        bytes: file[(start + range.lowerBound)..<(start + range.upperBound)], charge: nil)
    }
  }
}

/// The layout of `torch.save` before PyTorch 1.6: pickles one after another (a magic number, a version, the machine's
/// sizes, the value, the keys of the storages), then each storage as its number of elements and the elements.
///
/// Source: PyTorch's `torch/serialization.py`, `_legacy_save`.
struct LegacyTorchFile {
  /// 0x1950a86a20f9469cfc6c, little-endian.
  private static let magicNumber: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// The range of the pickle with the value.
  let pickle: Range<Int>
  /// The offset of the pickle with the keys.
  private let keys: Int
  private let file: Data

  /// Whether bytes begin with the pickle of the magic number.
  static func matches(_ file: Data) -> Bool {
    file.first == PickleOpcode.version.rawValue && file.prefix(32).range(of: Data(magicNumber)) != nil
  }

  /// Finds the pickles.
  ///
  /// - Throws: ``Pickle/Problem``, `InterruptionError`.
  init(_ file: Data) throws {
    self.file = file
    var start = 0
    for _ in 0..<3 { start = try PickleInstructions.end(of: file, from: start) }
    pickle = start..<(try PickleInstructions.end(of: file, from: start))
    keys = pickle.upperBound
  }

  /// The ranges of the storages by their keys, as far as the file has them.
  ///
  /// - Parameter widths: the bytes of an element by the keys of storages; storages behind one that has none are not
  ///   found.
  /// - Throws: ``Pickle/Problem``, `TensorError` when the memory budget does not admit it, `InterruptionError`.
  func ranges(_ widths: [String: Int], on device: Device) throws -> [String: Range<Int>] {
    let end = try PickleInstructions.end(of: file, from: keys)
    let charge = try Pickle.charge(for: end - keys, on: device)
    defer { withExtendedLifetime(charge) {} }
    let (nodes, root) = try Pickle.read(file, at: keys)
    guard case .list(let list) = nodes[root] else { return [:] }
    var reader = ByteReader(file, at: end)
    var ranges: [String: Range<Int>] = [:]
    for index in list {
      guard case .text(let key) = nodes[index], let width = widths[key], let count = reader.long() else {
        break
      }
      let start = reader.position
      guard let size = count.times(width), reader.take(size) != nil else { break }
      ranges[key] = start..<(start + size)
    }
    return ranges
  }
}
