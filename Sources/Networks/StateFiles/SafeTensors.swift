import Foundation
import Support
import Tensors

/// Named tensors in Hugging Face's safetensors format: a length, a JSON header, the bytes.
///
/// Float32, int32 and bool are written; other types are converted when they are read. Source: the format's
/// specification, github.com/huggingface/safetensors.
public enum SafeTensors {
  /// Longer headers are refused, as by the format's own readers.
  private static let maxHeader = 100_000_000

  /// The bytes of a file with named tensors, in their order, and metadata in its header.
  ///
  /// - Throws: `TensorError` when the memory budget does not admit a contiguous copy.
  public static func encode(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]
  ) throws -> Data {
    var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
    var body = Data()
    for (name, tensor) in tensors {
      let bytes = try tensor.bytes
      header[name] = [
        "dtype": code(of: tensor.dtype), "shape": tensor.shape,
        "data_offsets": [body.count, body.count + bytes.count],
      ]
      body.append(bytes)
    }
    var text = try JSONSerialization.data(
      withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    var file = Data()
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { file.append(contentsOf: $0) }
    return file + text + body
  }

  /// Writes named tensors to a file, atomically.
  ///
  /// - Throws: `FileError` when the file cannot be written; else as ``encode(_:metadata:)``.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
  ) throws {
    try AtomicFile.write(encode(tensors, metadata: metadata), to: path)
  }

  /// Reads all tensors of a file, which messages call `name`; nil for its path.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)`` for a damaged file, `FileError` for one that does not exist,
  ///   `TensorError` when the memory budget does not admit it.
  public static func read(_ path: String, named name: String? = nil, on device: Device) throws -> [String:
    Tensor]
  {
    let file = try StateFile.bytes(path, named: name ?? path)
    return try decode(file, named: name ?? path, on: device).tensors
  }

  /// The tensors and metadata in a file's bytes; `path` is for messages.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)`` for damaged bytes, `TensorError` when the memory budget does
  ///   not admit them.
  public static func decode(
    _ file: Data, named path: String, on device: Device
  ) throws -> (tensors: [String: Tensor], metadata: [String: String]) {
    let content = try entries(of: file, named: path, on: device)
    return (content.entries.mapValues(\.tensor), content.metadata)
  }

  /// The tensors with their types in the file, and its metadata.
  static func entries(
    of file: Data, named path: String, on device: Device
  ) throws -> (entries: [String: (tensor: Tensor, stored: StoredType)], metadata: [String: String]) {
    func bad(_ reason: String) -> NetworkError {
      .badFile(path: path, reason: "\(reason); is it a safetensors file?")
    }
    guard file.count >= 8 else { throw bad("it has only \(file.count) bytes") }
    let length = file.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
    guard length <= maxHeader, Int(length) <= file.count - 8 else {
      throw bad("its header claims \(length) bytes of the file's \(file.count)")
    }
    let start = file.startIndex + 8
    let text = file[start..<start + Int(length)]
    guard let header = try? JSONSerialization.jsonObject(with: text) as? [String: Any] else {
      throw bad("its header is not JSON")
    }
    let body = file[(start + Int(length))...]
    var entries: [String: (tensor: Tensor, stored: StoredType)] = [:]
    for (name, value) in header where name != "__metadata__" {
      guard let entry = value as? [String: Any], let code = entry["dtype"] as? String,
        let shape = entry["shape"] as? [Int], let range = entry["data_offsets"] as? [Int], range.count == 2,
        range[0] >= 0, range[0] <= range[1], range[1] <= body.count
      else { throw bad("the entry of \(name) is damaged or the file is cut short") }
      let bytes = body[(body.startIndex + range[0])..<(body.startIndex + range[1])]
      guard let type = types[code] else {
        throw bad("tensor \(name): elements of type \(code) cannot be read")
      }
      do {
        entries[name] = (try Tensor(stored: bytes, as: type, shape: shape, on: device), type)
      } catch {
        throw error.exitCode == .limit
          ? error as any Error
          : NetworkError.badFile(
            path: path, reason: "tensor \(name): \(error.message.what)", hint: error.message.hint)
      }
    }
    return (entries, header["__metadata__"] as? [String: String] ?? [:])
  }

  private static func code(of dtype: DType) -> String {
    switch dtype {
    case .float32: "F32"
    case .int32: "I32"
    case .bool: "BOOL"
    }
  }

  private static let types: [String: StoredType] = [
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64, "I8": .int8, "U8": .uint8,
    "I16": .int16,
    "U16": .uint16, "I32": .int32, "U32": .uint32, "I64": .int64, "U64": .uint64, "BOOL": .bool,
  ]
}
