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
  /// What a byte of a header costs while it is parsed.
  private static let bytesPerByte = 32

  /// The bytes of a file with named tensors, in their order, and metadata in its header.
  ///
  /// - Throws: `TensorError` when the memory budget does not admit a contiguous copy.
  public static func encode(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]
  ) throws -> Data {
    var members = metadata.isEmpty ? [] : [try member("__metadata__", metadata)]
    var body = Data()
    for (name, tensor) in tensors {
      let bytes = try tensor.bytes
      let entry: [String: Any] = [
        "dtype": code(of: tensor.dtype), "shape": tensor.shape,
        "data_offsets": [body.count, body.count + bytes.count],
      ]
      members.append(try member(name, entry))
      body.append(bytes)
    }
    var text = Data("{".utf8) + members.joined(separator: Data(",".utf8)) + Data("}".utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    var file = Data()
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { file.append(contentsOf: $0) }
    return file + text + body
  }

  /// A member of the header: `"name":value`. One by one, for a dictionary would merge names that differ in their normal
  /// form.
  private static func member(_ name: String, _ value: Any) throws -> Data {
    let object = try JSONSerialization.data(
      withJSONObject: [name: value], options: [.sortedKeys, .withoutEscapingSlashes])
    return object.dropFirst().dropLast()
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
  public static func read(_ path: String, named name: String? = nil, on device: Device) throws -> [Name:
    Tensor]
  {
    let file = try StateFile.bytes(path, named: name ?? path)
    return try decode(file, named: name ?? path, on: device).tensors
  }

  /// The metadata of a file; its tensors are not read.
  ///
  /// - Throws: as ``read(_:named:on:)``.
  public static func metadata(of path: String, on device: Device) throws -> [String: String] {
    try entries(of: StateFile.bytes(path, named: path), named: path, on: device) { _ in false }.metadata
  }

  /// The tensors and metadata in a file's bytes; `path` is for messages.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)`` for damaged bytes, `TensorError` when the memory budget does
  ///   not admit them.
  public static func decode(
    _ file: Data, named path: String, on device: Device
  ) throws -> (tensors: [Name: Tensor], metadata: [String: String]) {
    let content = try entries(of: file, named: path, on: device) { _ in true }
    var tensors: [Name: Tensor] = [:]
    for (name, value) in content.entries {
      switch value {
      case .tensor(let tensor, _): tensors[name] = tensor
      case .unusable(let problem): throw NetworkError.badEntry(name, problem.reason, in: path)
      default: break
      }
    }
    return (tensors, content.metadata)
  }

  /// Whether bytes begin as a file of this format does: with the length of a header that they contain, and the header.
  static func matches(_ file: Data) -> Bool {
    guard let length = headerLength(file) else { return false }
    return length >= 2 && file.dropFirst(8).first == UInt8(ascii: "{")
  }

  /// The length of the header; nil when the file does not have as many bytes.
  private static func headerLength(_ file: Data) -> Int? {
    var reader = ByteReader(file)
    guard let length = reader.long(), length <= maxHeader, length <= reader.remaining else { return nil }
    return length
  }

  /// The tensors with their types in the file, and its metadata; what cannot be used is a value that says so.
  static func entries(
    of file: Data, named path: String, on device: Device, where isWanted: (String) -> Bool
  ) throws -> (entries: [(name: String, value: StateValue)], metadata: [String: String]) {
    func bad(_ reason: String) -> NetworkError {
      .badFile(path: path, reason: "\(reason); is it a safetensors file?")
    }
    guard file.count >= 8 else { throw bad("it has only \(file.count) bytes") }
    guard let length = headerLength(file) else {
      let claim = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      throw bad("its header claims \(claim) bytes of the file's \(file.count)")
    }
    let text = file.dropFirst(8).prefix(length)
    let charge = try MemoryCharge(length * bytesPerByte, on: device, operation: "load", shape: [length])
    defer { withExtendedLifetime(charge) {} }
    guard let header = JSONMembers.parse(text) else { throw bad("its header is not JSON") }
    let body = file.dropFirst(8 + length)
    var entries: [(name: String, value: StateValue)] = []
    var metadata: [String: String] = [:]
    var positions: [[UInt8]: Int] = [:]
    var ranges: [Range<Int>?] = []
    for (name, value) in header {
      try Interruption.check("reading \(path)")
      if name == "__metadata__" {
        metadata = value as? [String: String] ?? [:]
        continue
      }
      ranges.append(range(of: value, in: body))
      if let other = positions.updateValue(entries.count, forKey: name.nameBytes) {
        entries[other].value = .unusable(
          .init(type: "damaged entry", reason: "there are two entries of this name"))
        positions[name.nameBytes] = other
      } else {
        entries.append((name, try self.value(value, in: body, on: device, isWanted: isWanted(name))))
      }
    }
    if let problem = layoutProblem(of: ranges, in: body) {
      throw NetworkError.badFile(path: path, reason: "its header is damaged: \(problem)")
    }
    return (entries, metadata)
  }

  /// Why ranges do not divide the bytes behind the header among them, as the format demands; nil where they do, and
  /// where one of them is not there: then the tensors that are can be used.
  private static func layoutProblem(of ranges: [Range<Int>?], in body: Data) -> String? {
    let known = ranges.compactMap { $0 }
    guard known.count == ranges.count else { return nil }
    var end = 0
    for range in known.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if range.lowerBound < end { return "two tensors have the same bytes" }
      if range.lowerBound > end { return "\(range.lowerBound - end) bytes are of no tensor" }
      end = range.upperBound
    }
    return end < body.count ? "\(body.count - end) bytes are of no tensor" : nil
  }

  /// Where an entry of the header has its bytes; nil where it does not say, or the file does not have them.
  private static func range(of value: Any, in body: Data) -> Range<Int>? {
    guard let entry = value as? [String: Any], let bounds = entry["data_offsets"] as? [Int],
      bounds.count == 2,
      bounds[0] >= 0, bounds[0] <= bounds[1], bounds[1] <= body.count
    else { return nil }
    return bounds[0]..<bounds[1]
  }

  /// One entry of the header as a tensor.
  private static func value(
    _ value: Any, in body: Data, on device: Device, isWanted: Bool
  ) throws -> StateValue {
    guard let entry = value as? [String: Any], let code = entry["dtype"] as? String,
      let shape = entry["shape"] as? [Int], let range = range(of: value, in: body)
    else {
      return .unusable(
        .init(type: "damaged entry", reason: "its entry in the header is damaged or the file is cut short"))
    }
    guard let type = types[code] else {
      let code = code.printable(limit: 40)
      return .unusable(.init(type: code, reason: ErrorMessage("elements of type \(code) cannot be read")))
    }
    guard isWanted else { return .skipped }
    let bytes = body.dropFirst(range.lowerBound).prefix(range.count)
    do { return .tensor(try Tensor(stored: bytes, as: type, shape: shape, on: device), stored: type) } catch {
      guard error.exitCode != .limit else { throw error }
      return .unusable(.init(type: code, reason: error.message))
    }
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
