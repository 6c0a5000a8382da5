import Foundation
import Support

/// What a data set says about its making, in `DIR/nightjar.json`. Recorded speech in MSWC's layout has none.
public struct Provenance: Codable, Hashable, Sendable {
  /// The file's name in a data set.
  public static let file = "nightjar.json"

  /// What the clips are, such as `synthetic speech` or `imported`.
  public var kind: String
  /// The size's name, for synthetic speech.
  public var size: String?
  /// The seed that decided what was random.
  public var seed: UInt64?
  /// The version of the recipe; another version gives other clips.
  public var recipe: Int?
  /// The digest of all settings that made the data set.
  public var settings: String?
  /// The number of clips.
  public var clips: Int?
  /// Of a session word: how many clips, from the first on, supports are drawn from.
  public var support: Int?
  /// Of a session word: how many of the clips that follow queries are drawn from.
  public var query: Int?
  /// Everything else worth knowing: programs and their versions, options.
  public var notes: [String: String]?

  public init(kind: String) { self.kind = kind }

  /// Whether the clips were spoken by a program; tables and figures made from such a data set say so.
  public var isSynthetic: Bool { kind == Self.synthetic }

  /// The ``kind`` of synthetic speech.
  public static let synthetic = "synthetic speech"

  /// What a table or a figure says about where its clips come from.
  public var summary: String {
    let parts = [size, seed.map { "seed \($0)" }, recipe.map { "recipe \($0)" }].compactMap(\.self)
    return parts.isEmpty ? kind : "\(kind) (\(parts.joined(separator: ", ")))"
  }

  /// Reads a data set's file; nil when it has none.
  static func read(dataset: String, _ files: any DatasetFiles) throws -> (value: Provenance, bytes: Data)? {
    let path = dataset + "/" + file
    guard try files.kind(path) == .file else { return nil }
    let bytes = try files.bytes(path)
    do { return (try JSONDecoder().decode(Provenance.self, from: bytes), bytes) } catch {
      throw FileError(
        "read", path, reason: "it is not the description of a data set", hint: "remove or restore it")
    }
  }

  /// Writes the data set's file, whole or not at all.
  func write(dataset: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(try encoder.encode(self) + Data("\n".utf8), to: dataset + "/" + Self.file)
  }
}
