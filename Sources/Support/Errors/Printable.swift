extension String {
  /// This text fit for a terminal: control characters become visible, and it is cut after `limit` characters.
  public func printable(limit: Int = 4000) -> String {
    var result = ""
    var count = 0
    for scalar in unicodeScalars {
      count += 1
      if count > limit { break }
      switch scalar.value {
      case 9, 10: result.unicodeScalars.append(scalar)
      case 0..<32, 127...159, 0x202A...0x202E, 0x2066...0x2069:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return count > limit ? result + "… (cut; \(utf8.count) bytes in all)" : result
  }
}
