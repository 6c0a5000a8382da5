import Foundation

/// The members of a JSON object in their order, with their names byte for byte.
///
/// Foundation's dictionary has one of two names that differ in their normal form only.
enum JSONMembers {
  /// Parses an object; nil for anything else.
  static func parse(_ text: Data) -> [(name: String, value: Any)]? {
    var scanner = Scanner(bytes: Array(text))
    guard scanner.take("{") else { return nil }
    var members: [(name: String, value: Any)] = []
    while !scanner.take("}") {
      guard members.isEmpty || scanner.take(","), let name = scanner.string(), scanner.take(":"),
        let value = scanner.value()
      else { return nil }
      members.append((name, value))
    }
    return scanner.isAtEnd ? members : nil
  }

  /// Finds where names and values end; what they are is parsed by Foundation.
  private struct Scanner {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private enum Mark {
      static let quote = UInt8(ascii: "\"")
      static let escape = UInt8(ascii: "\\")
    }

    private mutating func skipSpace() {
      while position < bytes.count, " \t\n\r".utf8.contains(bytes[position]) { position += 1 }
    }

    var isAtEnd: Bool { bytes[position...].allSatisfy { " \t\n\r".utf8.contains($0) } }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
      position += 1
      return true
    }

    mutating func string() -> String? {
      skipSpace()
      let start = position
      guard position < bytes.count, bytes[position] == Mark.quote, skipString() else { return nil }
      return Self.parsed(bytes[start..<position]) as? String
    }

    /// The value up to the comma or brace behind it.
    mutating func value() -> Any? {
      let start = position
      var depth = 0
      while position < bytes.count {
        switch bytes[position] {
        case Mark.quote:
          guard skipString() else { return nil }
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth == 0 { return Self.parsed(bytes[start..<position]) }
          if bytes[position] != UInt8(ascii: ",") { depth -= 1 }
        default: break
        }
        position += 1
      }
      return nil
    }

    /// Steps over a string; false when it is not closed.
    private mutating func skipString() -> Bool {
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += byte == Mark.escape ? 2 : 1
        if byte == Mark.quote { return true }
      }
      position = bytes.count
      return false
    }

    private static func parsed(_ slice: ArraySlice<UInt8>) -> Any? {
      try? JSONSerialization.jsonObject(with: Data(slice), options: [.fragmentsAllowed])
    }
  }
}
