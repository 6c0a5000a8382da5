/// A number of bytes with a readable description: `1.5 GiB`.
public struct ByteCount: Sendable, CustomStringConvertible {
  public let bytes: Int

  public init(_ bytes: Int) { self.bytes = bytes }

  public var description: String {
    var value = Double(bytes)
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
      if value < 1024 || unit == "GiB" {
        let rounded = (value * 10).rounded() / 10
        return unit == "bytes" ? "\(bytes) bytes" : "\(rounded) \(unit)"
      }
      value /= 1024
    }
    return "\(bytes) bytes"
  }

  /// Parses `500MB`, `1.5GiB`, `2G` or a plain number of bytes; nil for anything else.
  public init?(parsing text: String) {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).lowercased().trimmingPrefix(" ")
    let scales: [String: Double] = [
      "": 1, "b": 1, "k": 1024, "kb": 1e3, "kib": 1024, "m": 1_048_576, "mb": 1e6, "mib": 1_048_576,
      "g": 1_073_741_824, "gb": 1e9, "gib": 1_073_741_824,
    ]
    guard let number = digits.decimalNumber, let scale = scales[String(unit)], number * scale < 1e18 else {
      return nil
    }
    bytes = Int(number * scale)
  }
}
