import Foundation
import Support

/// What a data set states about its origin, in `DIR/nightjar.json`; MSWC's own distribution has no such file.
public struct Provenance: Codable, Hashable, Sendable {
  /// The file's name in a data set.
  public static let file = "nightjar.json"

  /// What the clips are, such as `synthetic speech` or `imported`.
  public var kind: String
  /// The size's name, for synthetic speech.
  public var size: String?
  /// The seed of everything random.
  public var seed: UInt64?
  /// The version of the synthesis recipe; another version produces other clips.
  public var recipe: Int?
  /// The digest of all settings that the data set was made with.
  public var settings: String?
  /// The number of clips.
  public var clips: Int?
  /// From how many clips of a session word, counted from the first, supports are drawn.
  public var support: Int?
  /// From how many of the clips after them queries are drawn.
  public var query: Int?
  /// The sample rate that clips are read at, in Hz; without it, the most frequent one of the clips.
  public var rate: Int?
  /// Whether the loudest second of each clip is used, not the first.
  public var aligned: Bool?
  /// Further facts: programs and their versions, options.
  public var notes: [String: String]?

  /// Nothing but the kind is stated.
  public init(kind: String) { self.kind = kind }

  /// Whether the clips were spoken by a program; tables and figures of such a data set say so.
  public var isSynthetic: Bool { kind == Self.synthetic }

  /// The ``kind`` of synthetic speech.
  public static let synthetic = "synthetic speech"

  /// The origin of the clips, for tables and figures.
  public var summary: String {
    let parts = [size, seed.map { "seed \($0)" }, recipe.map { "recipe \($0)" }].compactMap(\.self)
    return parts.isEmpty ? kind : "\(kind) (\(parts.joined(separator: ", ")))"
  }

  /// Reads a data set's file; nil when it has none.
  ///
  /// - Throws: `FileError` when it cannot be read or states numbers that no data set has, and the errors of `files`.
  static func read(dataset: String, _ files: any DatasetFiles) throws -> (value: Provenance, bytes: Data)? {
    let path = dataset + "/" + file
    guard try files.kind(path) == .file else { return nil }
    let bytes = try files.bytes(path)
    do {
      let value = try JSONDecoder().decode(Provenance.self, from: bytes)
      if let reason = value.problem {
        throw FileError("read", path, reason: reason, hint: "remove or restore it")
      }
      return (value, bytes)
    } catch is DecodingError {
      if let message = ForeignContent(start: bytes)?.message {
        throw FileError("read", path, reason: message.what, hint: message.hint)
      }
      throw FileError(
        "read", path, reason: "it does not describe a data set", hint: "remove or restore it")
    }
  }

  /// What is wrong with the numbers; nil when a data set can have them.
  private var problem: String? {
    for case (let name, let count?) in [("clips", clips), ("support", support), ("query", query)]
    where !Self.counts.contains(count) {
      return "it states \(name) of \(count), expected \(Self.counts.lowerBound) to \(Self.counts.upperBound)"
    }
    return nil
  }

  /// As many clips as a data set may have.
  private static let counts = 0...Int(Int32.max)

  /// Writes the data set's file atomically.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func write(dataset: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(try encoder.encode(self) + Data("\n".utf8), to: dataset + "/" + Self.file)
  }
}
