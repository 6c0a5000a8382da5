import Foundation

extension StageCache {
  /// A stored result, as `list` shows it.
  public struct Stored: Sendable, Hashable {
    public var stage: String
    public var key: String
    /// Everything that made it.
    public var parts: [String]
    public var path: String
    public var bytes: Int
    /// Seconds it took to make.
    public var seconds: Double
    public var lastUsed: Date
  }

  /// All stored results, the longest unused first.
  public func entries() -> [Stored] {
    names(in: folder).flatMap { stage in
      names(in: folder + "/" + stage).filter { $0.hasSuffix(".json") }.compactMap { stored(stage, $0) }
    }
    .sorted { ($0.lastUsed, $0.path) < ($1.lastUsed, $1.path) }
  }

  /// Removes the longest unused results until the rest has at most `limit` bytes, and what was never
  /// finished.
  ///
  /// What another process is using now stays.
  /// - Returns: the results removed.
  @discardableResult
  public func prune(to limit: Int) throws -> [Stored] {
    removeLeftovers()
    var removed: [Stored] = []
    let entries = entries()
    var total = entries.reduce(0) { $0 + $1.bytes }
    for entry in entries where total > limit {
      let key = CacheEntry(
        folder: folder, stage: entry.stage, key: StageKey(entry.parts),
        ending: URL(fileURLWithPath: entry.path).pathExtension)
      guard let lock = try FileLock(ifFree: key.lockPath) else { continue }
      withExtendedLifetime(lock) {
        unlink("\(folder)/\(entry.stage)/\(entry.key).json")
        unlink(entry.path)
      }
      total -= entry.bytes
      removed.append(entry)
    }
    return removed
  }

  private func stored(_ stage: String, _ name: String) -> Stored? {
    let path = "\(folder)/\(stage)/\(name)"
    guard let side = try? ResultFile.read(CacheEntry.Side.self, from: path), !side.file.contains("/") else {
      return nil
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return Stored(
      stage: stage, key: String(name.dropLast(5)), parts: side.parts, path: "\(folder)/\(stage)/\(side.file)",
      bytes: side.bytes, seconds: side.seconds,
      lastUsed: attributes?[.modificationDate] as? Date ?? .distantPast)
  }

  /// Temporary files of a process that was killed a day ago or earlier.
  private func removeLeftovers() {
    for stage in names(in: folder) {
      for name in names(in: folder + "/" + stage) where name.hasPrefix(".") {
        let path = "\(folder)/\(stage)/\(name)"
        let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
        if let changed, changed < Date(timeIntervalSinceNow: -86_400) { unlink(path) }
      }
    }
  }

  private func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}
