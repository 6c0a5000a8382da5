import Experiments
import Foundation

extension StandardOutput {
  /// Prints a value as JSON, keys in order.
  func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    try line(String(decoding: encoder.encode(value), as: UTF8.self))
  }
}
