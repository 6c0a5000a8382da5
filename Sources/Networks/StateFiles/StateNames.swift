/// How the names in a state file become a model's.
public struct StateNames: Sendable, Equatable {
  /// What the file's names have before the model's, as `module.`; what does not begin so is left alone.
  public var prefix = ""
  /// Parts by their dotted names behind the prefix, and what the model calls them: `fc1` → `output`.
  public var renamed: [String: String] = [:]

  public init(prefix: String = "", renamed: [String: String] = [:]) {
    self.prefix = prefix
    self.renamed = renamed
  }

  /// The model's name for one of the file's; nil for one that is left alone.
  func own(_ name: String) -> String? {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    // Of a part and a part of it the longer name counts.
    let part = rest.indices.filter { rest[$0] == "." }.map { rest[..<$0] }.last { renamed[String($0)] != nil }
    let whole = renamed[String(rest)]
    return whole ?? part.map { (renamed[String($0)] ?? "") + rest.dropFirst($0.count) } ?? String(rest)
  }

  /// The option that would bring together what a file and a model have not in common; nil where none is known to.
  func hint(notInFile missing: [String], notInModel unexpected: [String]) -> String? {
    if let found = StatePrefix(of: unexpected, before: missing) { return "--prefix \(prefix)\(found.prefix)" }
    guard let (part, endings) = Self.part(of: unexpected), let (own, ownEndings) = Self.part(of: missing),
      endings == ownEndings
    else { return nil }
    return "--rename \(part)=\(own)"
  }

  /// The one part that all these tensors are of, and what they are called in it.
  private static func part(of names: [String]) -> (name: String, endings: Set<String>)? {
    let split = names.compactMap { name in
      name.lastIndex(of: ".").map { (String(name[..<$0]), String(name[name.index(after: $0)...])) }
    }
    guard split.count == names.count, let first = split.first, split.allSatisfy({ $0.0 == first.0 }) else {
      return nil
    }
    return (first.0, Set(split.map(\.1)))
  }
}
