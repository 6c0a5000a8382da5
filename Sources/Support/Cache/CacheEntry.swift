import Foundation

/// One stored result and its side file.
struct CacheEntry {
  /// The contents of the side file.
  struct Side: Codable {
    var format: Int
    var stage: String
    var key: String
    var parts: [String]
    var file: String
    var bytes: Int
    var checksum: String
    /// The seconds that it took to make.
    var seconds: Double
    /// What was read while it was made; absent for nothing.
    var reads: [StageRead]?
  }

  enum State: Equatable {
    case missing
    /// With what was read while it was made.
    case good([StageRead])
    case bad(String)
  }

  let stage: String
  let key: StageKey
  let folder: String
  let ending: String

  init(folder: String, stage: String, key: StageKey, ending: String) {
    self.stage = stage
    self.key = key
    self.folder = folder + "/" + stage.fileSlug
    self.ending = ending.fileSlug
  }

  private var stem: String { "\(folder)/\(key)" }
  var path: String { "\(stem).\(ending)" }
  var sidePath: String { "\(stem).json" }
  var lockPath: String { "\(stem).lock" }

  func contents() throws -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw FileError("read", path, cause: error)
    }
  }

  /// Whether the entry may be used under the values of `--set`. The checksum of a file that `memory` has seen already
  /// is not compared again; without `comparesBytes`, that of no file is.
  func state(_ settings: [StageSetting], _ memory: StageMemory? = nil, comparesBytes: Bool = true) -> State {
    let files = FileManager.default
    guard files.fileExists(atPath: path) else {
      return files.fileExists(atPath: sidePath) ? .bad("is missing") : .missing
    }
    guard files.fileExists(atPath: sidePath) else { return .bad("is incomplete") }
    guard let side = try? ResultFile.read(Side.self, from: sidePath) else {
      return .bad("has a damaged side file")
    }
    guard side.format == StageCache.format else {
      return .bad("has format \(side.format), not \(StageCache.format)")
    }
    guard side.parts == key.parts else { return .bad("was made with other settings") }
    if comparesBytes, memory?.isVerified(path) != true, let reason = damage(side) { return .bad(reason) }
    let reads = side.reads ?? []
    if let changed = reads.first(where: { !$0.isCurrent(settings) }) {
      let name = changed.name.printable(limit: 200)
      return .bad("was made with another \(changed.kind == .setting ? "--set \(name)" : name)")
    }
    return .good(reads)
  }

  /// What is wrong with the bytes of the result; nil when they are what the side file says.
  private func damage(_ side: Side) -> String? {
    guard let content = ContentKey.ofFile(path) else { return "cannot be read" }
    guard content.bytes == side.bytes else {
      return "is truncated: \(content.bytes) of \(side.bytes) bytes"
    }
    return content.key.description == side.checksum ? nil : "is damaged: wrong checksum"
  }

  /// Sets the time of last use, for pruning.
  func noteUse() {
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: sidePath)
  }

  /// Writes the side file of the file at `path`.
  ///
  /// - Throws: ``FileError``.
  func seal(seconds: Double, reads: [StageRead]) throws {
    guard let content = ContentKey.ofFile(path) else {
      throw FileError("read", path, reason: "it was made, but is missing")
    }
    let side = Side(
      format: StageCache.format, stage: stage, key: key.description, parts: key.parts,
      file: URL(fileURLWithPath: path).lastPathComponent, bytes: content.bytes,
      checksum: content.key.description, seconds: seconds, reads: reads.isEmpty ? nil : reads)
    try ResultFile.write(side, to: sidePath)
  }

  /// Removes the entry: the side file first, since an entry without it is not valid. The caller holds the lock, so
  /// temporary files are from a process that was killed.
  func remove() {
    unlink(sidePath)
    unlink(path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(".\(key).") { unlink("\(folder)/\(name)") }
  }
}
