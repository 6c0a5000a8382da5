import Foundation

/// JSON as runs store it: the same value gives the same bytes.
///
/// Keys in order, indented, numbers with as many digits as read back the same double. JSON has no NaN and no
/// infinity: they are the strings "NaN", "Infinity" and "-Infinity", which this reads back, and Python's
/// `float` too.
public enum ResultFile {
  public static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(value) + Data("\n".utf8)
  }

  public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try decoder.decode(type, from: data)
  }

  /// Writes a value to a file, whole or not at all.
  public static func write(_ value: some Encodable, to path: String) throws {
    try AtomicFile.write(encode(value), to: path)
  }

  /// - Throws: `FileError` that names the file when it is missing or says something else.
  public static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileError("read", path, reason: "no such file, or not readable")
    }
    do { return try decode(type, from: data) } catch let error as DecodingError {
      throw FileError("read", path, reason: Self.reason(error))
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    let context: DecodingError.Context? =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
        .dataCorrupted(let context):
        context
      @unknown default: nil
      }
    guard let context else { return "\(error)" }
    let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(
      separator: ".")
    return place.isEmpty ? context.debugDescription : "at \(place): \(context.debugDescription)"
  }
}
