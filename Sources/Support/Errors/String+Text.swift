extension String {
  /// This text fit for a terminal: control characters become visible, and it is cut after `limit` characters. Of how
  /// many bytes it is the beginning is told by `bytes`; nil where it is all of it.
  public func printable(limit: Int = 4000, of bytes: Int? = nil) -> String {
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
    return count > limit ? result + "… (cut; \(bytes ?? utf8.count) bytes in all)" : result
  }
}

extension String {
  /// A number with this noun: `1 clip`, `2 clips`; `plural` where an s does not do.
  public func counted(_ count: Int, plural: String? = nil) -> String {
    "\(count) \(count == 1 ? self : plural ?? self + "s")"
  }

  /// ``printable(limit:)`` in one line: line ends become visible as well. For text of plugins beside that of the host.
  public func printableLine(limit: Int = 500) -> String {
    printable(limit: limit).replacing("\n", with: "\\n").replacing("\t", with: " ")
  }
}

extension String {
  /// The name of `candidates` that is nearest to this one, for "did you mean"; nil when nothing is close.
  public func nearest(in candidates: some Sequence<String>) -> String? {
    // Nothing is that long; a text of megabytes would be compared for minutes.
    guard utf8.count <= 200 else { return nil }
    let close = candidates.map { (name: $0, distance: editDistance(to: $0)) }.filter { candidate in
      // Two edits, and a third of the longer name: most names of three letters are two edits apart.
      candidate.distance <= Swift.min(2, Swift.max(count, candidate.name.count) / 3)
    }
    return close.min { $0.distance < $1.distance }?.name
  }

  /// The fewest insertions, deletions, replacements and swaps of neighbouring characters, without regard to case (the
  /// optimal string alignment distance).
  func editDistance(to other: String) -> Int {
    let source = Array(lowercased())
    let target = Array(other.lowercased())
    var beforeLast: [Int] = []
    var last = Array(0...target.count)
    for i in source.indices {
      var row = [i + 1]
      for j in target.indices {
        var best = Swift.min(last[j] + (source[i] == target[j] ? 0 : 1), row[j] + 1, last[j + 1] + 1)
        if i > 0, j > 0, source[i] == target[j - 1], source[i - 1] == target[j] {
          best = Swift.min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[target.count]
  }
}
