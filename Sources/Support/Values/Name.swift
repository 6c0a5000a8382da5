/// A name as a key: of a tensor, a file, a field, a series.
///
/// Two names are the same where their bytes are, for the system and for other programs. Strings as keys would merge two
/// spellings of é.
public struct Name: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral text: String) { self.text = text }

  public var description: String { text }

  public static func == (a: Name, b: Name) -> Bool { a.text.isSameName(as: b.text) }
  public static func < (a: Name, b: Name) -> Bool { a.text.isNamedBefore(b.text) }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}

extension Dictionary where Key == Name {
  /// The value of a name.
  public subscript(_ name: String) -> Value? {
    get { self[Name(name)] }
    set { self[Name(name)] = newValue }
  }

  /// The value of a name, or a default.
  public subscript(_ name: String, default value: @autoclosure () -> Value) -> Value {
    get { self[Name(name), default: value()] }
    set { self[Name(name)] = newValue }
  }
}

extension Set<Name> {
  /// The names of a sequence.
  public init(names: some Sequence<String>) { self.init(names.map { Name($0) }) }

  /// Whether it has a name.
  public func contains(_ name: String) -> Bool { contains(Name(name)) }
}
