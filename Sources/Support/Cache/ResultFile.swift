import Foundation

/// Deterministic JSON of results: equal values have equal bytes.
///
/// Keys are sorted, and numbers have as many digits as it takes to read the same double. JSON has no NaN and no
/// infinity: they are the strings "NaN", "Infinity" and "-Infinity", which Python's `float` reads too.
public enum ResultFile {
  /// The JSON of a value, with a newline at its end.
  ///
  /// - Throws: `EncodingError`.
  public static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// A value from its JSON.
  ///
  /// - Throws: `DecodingError`.
  public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try decoder.decode(type, from: data)
  }

  /// Writes a value to a file atomically.
  ///
  /// - Throws: ``FileError``.
  public static func write(_ value: some Encodable, to path: String) throws {
    try AtomicFile.write(encode(value), to: path)
  }

  /// Reads a value from a file.
  ///
  /// - Throws: ``FileError`` when it is missing or does not hold such a value.
  public static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
    try FileStatus.requireRegular(path)
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
    let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(
      separator: ".")
    return keys.isEmpty ? context.debugDescription : "at \(keys): \(context.debugDescription)"
  }
}
