import Foundation
import Scripting
import Support

/// A run in one file: its Lua files, settings and results, by which others run it again and compare.
///
/// A capsule is a file of strangers. Reading one checks its form, its checksum and every name in it; what it asks for
/// (data, permissions, limits) the reader decides. The checksum tells of damage and of careless edits; it is no
/// signature: whoever edits a capsule can compute it again.
public struct Capsule: Codable, Sendable {
  /// The version of the format; it increases when readers must change.
  public static let currentFormat = 1
  /// More than sources and tables of any run need, in bytes.
  private static let maxSize = 256 << 20
  private static let maxFiles = 10_000

  /// A Lua file, by its path under the run's `sources`.
  struct Source: Codable, Sendable {
    let path: String
    let text: String
  }

  /// A file of results.
  struct Result: Codable, Sendable {
    let name: String
    /// The digest of its contents without what differs from run to run, such as durations.
    let key: String
    /// The contents that the digest is of; nil for binary files, of which only the digest is compared.
    let text: String?
  }

  private let format: Int
  /// The version of the API that its plugins are written for.
  private let api: Int
  public let settings: RunSettings
  let sources: [Source]
  let results: [Result]
  private var checksum: String

  enum CodingKeys: String, CodingKey {
    case format = "nightjar_capsule"
    case api, settings, sources, results, checksum
  }

  /// The capsule of a run's folder.
  ///
  /// - Throws: `FileError` for a run that has not ended well, or has kept no sources.
  public init(ofRun path: String) throws {
    var settings = try ResultFile.read(RunSettings.self, from: path + "/settings.json")
    let outcome = try? ResultFile.read(RunOutcome.self, from: path + "/outcome.json")
    guard outcome?.exitCode == 0 else {
      throw FileError(
        "export", path, reason: "it has not ended, or not well", hint: "finish it first: --resume")
    }
    // Checks that they are what ran.
    _ = try RunSources(run: path, settings: settings)
    settings.process = nil
    format = Self.currentFormat
    api = NightjarModule.api
    self.settings = settings
    sources = try Set((settings.sources?.files ?? []).flatMap(\.copies)).sorted().map { copy in
      let file = "\(path)/\(SourceArchive.folder)/\(copy)"
      guard
        let text = FileManager.default.contents(atPath: file).flatMap({ String(data: $0, encoding: .utf8) })
      else { throw FileError("export", file, reason: "it is not text in UTF-8") }
      return Source(path: copy, text: text)
    }
    results = Self.compared(path).map { name in
      let contents = RunReproduction.contents("\(path)/\(name)") ?? Data()
      let isText = name.hasSuffix(".json") || name.hasSuffix(".csv")
      return Result(
        name: name, key: "\(ContentKey(of: contents))",
        text: isText ? String(data: contents, encoding: .utf8) : nil)
    }
    guard !results.isEmpty else { throw FileError("export", path, reason: "it has saved no results") }
    checksum = ""
    checksum = try sum()
  }

  /// The files of a run that are compared: all results but the tables that follow from `results.json`, which name the
  /// data set's folder.
  static func compared(_ run: String) -> [String] {
    let files = RunReproduction.files(of: run)
    guard files.contains("results.json") else { return files }
    return files.filter { !BenchResults.derivedFiles.contains($0) }
  }

  /// Writes the capsule.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws { try ResultFile.write(self, to: path) }

  /// Reads a capsule, and checks everything that can be checked without running it.
  ///
  /// - Throws: ``CapsuleError``; `FileError` for a file that cannot be read.
  public init(_ path: String) throws {
    try FileStatus.requireRegular(path)
    if let size = FileStatus(path)?.size, size > Self.maxSize {
      throw CapsuleError(path, "it has \(ByteCount(size)), more than a capsule may have")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileError("read", path, reason: "no such file, or not readable")
    }
    let version: Version
    do { version = try ResultFile.decode(Version.self, from: data) } catch {
      throw CapsuleError(
        path, "it is no capsule, or it is truncated", hint: "write it again, or copy it again")
    }
    guard version.format == Self.currentFormat else {
      throw CapsuleError(
        path, "it has format \(version.format); this nightjar reads format \(Self.currentFormat)",
        hint: version.format > Self.currentFormat ? "use a newer nightjar" : nil)
    }
    guard version.api ?? 0 <= NightjarModule.api else {
      throw CapsuleError(
        path, "its plugins are written for API \(version.api ?? 0); this nightjar has \(NightjarModule.api)",
        hint: "use a newer nightjar")
    }
    do { self = try ResultFile.decode(Capsule.self, from: data) } catch {
      throw CapsuleError(path, "it lacks what a capsule has: \(error)".printable(limit: 300))
    }
    guard try sum() == checksum else {
      throw CapsuleError(
        path, "its checksum is wrong: it was edited or damaged since it was written",
        hint: "ask for it again; what is compared would not be what ran")
    }
    try requireSafeNames(path)
  }

  private struct Version: Decodable {
    let format: Int
    let api: Int?

    enum CodingKeys: String, CodingKey {
      case format = "nightjar_capsule"
      case api
    }
  }

  /// The digest of everything else.
  private func sum() throws -> String {
    var other = self
    other.checksum = ""
    return "\(ContentKey(of: try ResultFile.encode(other)))"
  }

  /// Every name stays inside the folder that it is unpacked into, and stands there once.
  private func requireSafeNames(_ path: String) throws {
    let paths = sources.map(\.path)
    let listed = (settings.sources?.files ?? []).flatMap(\.copies)
    let roots = settings.sources?.searched ?? []
    guard !paths.isEmpty, paths.count + results.count <= Self.maxFiles, Set(paths).count == paths.count,
      Set(listed).isSubset(of: paths)
    else { throw CapsuleError(path, "its list of Lua files is not that of its sources") }
    let names = results.map(\.name) + roots
    for name in paths + listed + names {
      let isNested = name.utf8.contains(UInt8(ascii: "/"))
      guard name.isPlainRelativePath, !isNested || !names.contains(name) else {
        throw CapsuleError(path, "a name in it leads outside of it: '\(name.printable(limit: 100))'")
      }
    }
    for source in paths where !source.hasSuffix(".lua") && !source.hasPrefix("text/") {
      guard source.split(separator: "/").first == "files" else {
        throw CapsuleError(path, "a source is no Lua file: '\(source.printable(limit: 100))'")
      }
    }
  }

  /// Writes settings and sources into an empty folder, as those of a run.
  ///
  /// - Throws: `FileError`.
  public func unpack(into folder: String) throws {
    for source in sources {
      let path = "\(folder)/\(SourceArchive.folder)/\(source.path)"
      try AtomicFile.makeFolder(path.parentFolder)
      try AtomicFile.write(source.text, to: path)
    }
    try ResultFile.write(settings, to: folder + "/settings.json")
  }
}

/// A capsule that cannot be used.
public struct CapsuleError: NightjarError {
  public let message: ErrorMessage
  private let path: String

  init(_ path: String, _ what: String, hint: String? = nil) {
    self.path = path
    message = ErrorMessage(what, hint: hint)
  }

  public var locations: [ErrorLocation] { [.argument(path)] }
  public var exitCode: ExitCode { .data }
}
