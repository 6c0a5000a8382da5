import Foundation
import Support

/// One JSON object a line, which notebooks read as they come: `pandas.read_json(lines = True)`.
public enum JSONLines {
  /// The lines of values.
  ///
  /// - Throws: `EncodingError`.
  public static func encode(_ values: [some Encodable]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try values.reduce(into: Data()) { $0 += try encoder.encode($1) + Data("\n".utf8) }
  }
}

/// What happens in a run, for a program that follows it by `--json-lines`.
public struct StreamedEvent: Encodable, Sendable {
  private var fields: [String: SettingValue]

  /// An event such as "log", with what it is about.
  public init(_ event: String, _ fields: [String: SettingValue]) {
    self.fields = fields
    self.fields["event"] = .string(event)
  }

  public func encode(to encoder: any Encoder) throws { try fields.encode(to: encoder) }

  /// The line of the event.
  public var line: String {
    (try? JSONLines.encode([self])).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
