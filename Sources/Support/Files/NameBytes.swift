extension StringProtocol {
  /// The bytes of a name, by which the system and other programs compare names.
  ///
  /// Swift's `==` takes two spellings of é for one, so that a set or dictionary of strings merges names that are two
  /// files, words or tensors.
  public var nameBytes: [UInt8] { Array(utf8) }

  /// Whether two names are the same bytes.
  public func isSameName(as other: some StringProtocol) -> Bool {
    withBytes(of: other) { $0.count == $1.count && $0.elementsEqual($1) } ?? utf8.elementsEqual(other.utf8)
  }

  /// Whether this name is sorted before another: by its bytes.
  public func isNamedBefore(_ other: some StringProtocol) -> Bool {
    withBytes(of: other) { $0.lexicographicallyPrecedes($1) } ?? utf8.lexicographicallyPrecedes(other.utf8)
  }

  /// The bytes of both names where they lie; nil for a string of another kind, whose bytes are translated. A long name
  /// is compared a hundred times faster so than by its view of bytes.
  private func withBytes<Result>(
    of other: some StringProtocol, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result? {
    utf8.withContiguousStorageIfAvailable { own in
      other.utf8.withContiguousStorageIfAvailable { body(own, $0) }
    } ?? nil
  }
}

extension String {
  /// Whether the system's name was not UTF-8: its bytes were lost, and the file cannot be opened.
  public var isUndecodableName: Bool { unicodeScalars.contains("\u{FFFD}") }

  /// The name with everything escaped that cannot be seen, or not be told from something else: combining and invisible
  /// characters, and blanks at its ends.
  public var escapedName: String {
    var result = ""
    let ends = [unicodeScalars.startIndex] + unicodeScalars.indices.suffix(1)
    for index in unicodeScalars.indices {
      let scalar = unicodeScalars[index]
      let isHidden =
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator,
          .privateUse,
          .unassigned:
          true
        case .spaceSeparator: scalar != " " || ends.contains(index)
        default: scalar == "\u{FFFD}" || scalar == "\\"
        }
      if isHidden {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The name in a list of names that blanks separate: escaped, and in quotes where it has blanks.
  public var listedName: String {
    let escaped = escapedName
    return escaped.contains(" ") ? "\"\(escaped)\"" : escaped
  }

  /// What a reader sees of the name: names that differ in bytes and agree in this look alike.
  public var visibleName: String {
    let visible = unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    // Strings compare by canonical equivalence, so normal forms need no conversion.
    return String(String.UnicodeScalarView(visible))
  }
}

extension Sequence<String> {
  /// The names without repetitions, compared as bytes, in order of first appearance.
  public func uniquedNames() -> [String] {
    var seen: Set<[UInt8]> = []
    return filter { seen.insert($0.nameBytes).inserted }
  }

  /// The groups of different names that look alike, in order of first appearance.
  public func lookAlikes() -> [[String]] {
    // Plain names alone cannot look alike.
    guard contains(where: { !$0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }) else { return [] }
    let names = uniquedNames()
    let groups = Dictionary(grouping: names, by: \.visibleName)
    return names.compactMap { name in
      guard let group = groups[name.visibleName], group.count > 1, group[0].isSameName(as: name) else {
        return nil
      }
      return group
    }
  }
}
