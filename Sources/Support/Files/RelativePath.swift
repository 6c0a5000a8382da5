extension String {
  /// Whether this is a relative path of plain names, which stays inside the folder it is appended to: no empty name, no
  /// `.` or `..`, no NUL, at most 255 bytes in a name and 2,000 in all.
  public var isPlainRelativePath: Bool {
    // As bytes: to Swift, a slash or dot followed by a combining mark is another character.
    guard utf8.count <= 2000, !utf8.contains(0) else { return false }
    return utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { name in
      !name.isEmpty && name.count <= 255 && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
    }
  }
}
