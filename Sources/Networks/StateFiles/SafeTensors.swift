import Foundation
import Tensors

/// Named tensors in Hugging Face's safetensors format: a length, a JSON header, the bytes.
///
/// Source: the format's specification. Values are float32 and int32; float64, float16, bfloat16, int64, uint8 and
/// bool are converted when read.
public enum SafeTensors {
  /// Headers above this are refused, as the format's own readers do.
  private static let longestHeader = 100_000_000

  /// The file's bytes for named tensors, in their order, with remarks in the header.
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

  /// Writes named tensors to a file, whole or not at all.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
  ) throws {
    try AtomicFile.write(encode(tensors, metadata: metadata), to: path)
  }

  /// Reads all tensors of a file.
  ///
  /// - Parameter name: what messages call the file; nil for its path.
  /// - Throws: ``NetworkError/badFile(path:reason:)`` for a damaged file, ``FileFailure`` for one that is not there.
  public static func read(_ path: String, named name: String? = nil, on device: Device) throws -> [String:
    Tensor]
  {
    let file: Data
    do { file = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) } catch {
      throw FileFailure(
        "read", name ?? path,
        reason: FileManager.default.fileExists(atPath: path)
          ? "it is not a readable file" : "there is no such file")
    }
    return try decode(file, named: name ?? path, on: device).tensors
  }

  /// The tensors and remarks in a file's bytes; `path` is for messages.
  public static func decode(
    _ file: Data, named path: String, on device: Device
  ) throws -> (tensors: [String: Tensor], metadata: [String: String]) {
    func bad(_ reason: String) -> NetworkError {
      .badFile(path: path, reason: "\(reason); is it a safetensors file?")
    }
    guard file.count >= 8 else { throw bad("it has only \(file.count) bytes") }
    let length = file.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
    guard length <= longestHeader, Int(length) <= file.count - 8 else {
      throw bad("its header claims \(length) bytes of the file's \(file.count)")
    }
    let start = file.startIndex + 8
    let text = file[start..<start + Int(length)]
    guard let header = try? JSONSerialization.jsonObject(with: text) as? [String: Any] else {
      throw bad("its header is not JSON")
    }
    let body = file[(start + Int(length))...]
    var tensors: [String: Tensor] = [:]
    for (name, value) in header where name != "__metadata__" {
      guard let entry = value as? [String: Any], let code = entry["dtype"] as? String,
        let shape = entry["shape"] as? [Int], let range = entry["data_offsets"] as? [Int], range.count == 2,
        range[0] >= 0, range[0] <= range[1], range[1] <= body.count
      else { throw bad("the entry of \(name) is damaged or the file is cut short") }
      let bytes = body[(body.startIndex + range[0])..<(body.startIndex + range[1])]
      do { tensors[name] = try tensor(Data(bytes), code, shape, on: device) } catch let error as TensorError {
        throw error.exitCode == .limit ? error as any Error : bad("tensor \(name): \(error)")
      }
    }
    return (tensors, header["__metadata__"] as? [String: String] ?? [:])
  }

  private static func code(of dtype: DType) -> String {
    switch dtype {
    case .float32: "F32"
    case .int32: "I32"
    case .bool: "BOOL"
    }
  }

  private static func tensor(_ bytes: Data, _ code: String, _ shape: [Int], on device: Device) throws
    -> Tensor
  {
    switch code {
    case "F32": return try Tensor(bytes: bytes, shape: shape, dtype: .float32, on: device)
    case "I32": return try Tensor(bytes: bytes, shape: shape, dtype: .int32, on: device)
    case "BOOL": return try Tensor(bytes.map { $0 != 0 }, shape: shape, on: device)
    case "U8": return try Tensor(bytes.map { Int32($0) }, shape: shape, on: device)
    case "F64":
      return try Tensor(try words(bytes).map { Float(Double(bitPattern: $0)) }, shape: shape, on: device)
    case "I64":
      return try Tensor(
        try words(bytes).map { try wholeNumber(Int64(bitPattern: $0)) }, shape: shape, on: device)
    case "F16": return try Tensor(try halves(bytes).map { Float(half: $0) }, shape: shape, on: device)
    case "BF16":
      return try Tensor(
        try halves(bytes).map { Float(bitPattern: UInt32($0) << 16) }, shape: shape, on: device)
    default:
      throw TensorError.badArgument(operation: "load", reason: "elements of type \(code) cannot be read")
    }
  }

  private static func wholeNumber(_ value: Int64) throws -> Int32 {
    guard let small = Int32(exactly: value) else {
      throw TensorError.badArgument(operation: "load", reason: "\(value) does not fit an int32")
    }
    return small
  }

  private static func words(_ bytes: Data) throws -> [UInt64] {
    let all = [UInt8](bytes)
    try requireWhole(all.count, 8)
    return stride(from: 0, to: all.count - 7, by: 8).map { at in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(all[at + $1]) << (8 * $1) }
    }
  }

  private static func requireWhole(_ count: Int, _ width: Int) throws {
    guard count % width == 0 else {
      throw TensorError.badArgument(
        operation: "load", reason: "\(count) bytes are no whole number of \(width)-byte elements")
    }
  }

  private static func halves(_ bytes: Data) throws -> [UInt16] {
    let all = [UInt8](bytes)
    try requireWhole(all.count, 2)
    return stride(from: 0, to: all.count - 1, by: 2).map { UInt16(all[$0]) | UInt16(all[$0 + 1]) << 8 }
  }
}

extension Float {
  /// An IEEE 754 half-precision number from its bits.
  init(half bits: UInt16) {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default: self = sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}
