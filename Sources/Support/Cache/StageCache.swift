import Foundation
import Synchronization

/// Results of stages, kept by the key of what made them: `FOLDER/STAGE/KEY.ENDING`, and beside each a side
/// file `KEY.json` with format version, the key's parts, size and checksum.
///
/// A result is used only when all of these hold; otherwise it is made anew, with one line that says why. Two
/// processes that want the same result at once take turns: the second waits and reuses what the first made.
public final class StageCache: Sendable {
  /// Rises when the layout of entries changes; entries of another version are made anew.
  public static let format = 1

  public let folder: String
  private let console: Console
  private let log = Mutex<[StageReport]>([])

  public init(folder: String = StageCache.defaultFolder(), console: Console) {
    self.folder = folder
    self.console = console
  }

  /// `$XDG_CACHE_HOME/nightjar`, or `~/.cache/nightjar`.
  public static func defaultFolder(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String {
    // The XDG base directory specification: a relative path is to be ignored.
    if let root = environment["XDG_CACHE_HOME"], root.hasPrefix("/") { return root + "/nightjar" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/nightjar"
  }

  /// What was reused and what was made, in order.
  public var reports: [StageReport] { log.withLock { $0 } }

  /// The bytes of a stage's result, made by `make` unless they are there.
  public func value(stage: String, key: StageKey, make: () throws -> Data) throws -> Data {
    try withEntry(stage: stage, key: key, ending: "bin") {
      try AtomicFile.write(try make(), to: $0)
    } use: { entry in
      try entry.contents()
    }
  }

  /// The path of a stage's file, made by `make` unless it is there.
  ///
  /// `make` writes the file under the temporary name it gets, which has the same ending.
  /// - Parameter ending: of the file's name, such as "safetensors".
  public func file(
    stage: String, key: StageKey, ending: String, make: (_ temporary: String) throws -> Void
  ) throws -> String {
    try withEntry(stage: stage, key: key, ending: ending) { path in
      try AtomicFile.replace(path, produce: make)
    } use: { entry in
      entry.path
    }
  }

  private func withEntry<Result>(
    stage: String, key: StageKey, ending: String, make: (_ path: String) throws -> Void,
    use: (CacheEntry) throws -> Result
  ) throws -> Result {
    let entry = CacheEntry(folder: folder, stage: stage, key: key, ending: ending)
    try AtomicFile.makeFolder(entry.folder)
    let lock = try FileLock(entry.lockPath) { [console] in
      console.say("\(stage): waiting for another nightjar that is making it")
    }
    return try withExtendedLifetime(lock) {
      let state = entry.state()
      if case .good = state {
        // The time of last use, by which pruning goes.
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: entry.sidePath)
        report(stage, .reused)
        return try use(entry)
      }
      if case .bad(let reason) = state {
        console.say("\(stage): the stored result \(reason); making it anew")
      }
      entry.remove()
      let started = DispatchTime.now().uptimeNanoseconds
      try make(entry.path)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
      // Last, so that an entry without a side file is known to be torn.
      try entry.seal(seconds: seconds)
      if case .bad(let reason) = state {
        report(stage, .rebuilt(seconds: seconds, reason: "the stored one \(reason)"))
      } else {
        report(stage, .made(seconds: seconds))
      }
      return try use(entry)
    }
  }

  private func report(_ stage: String, _ outcome: StageReport.Outcome) {
    log.withLock { $0.append(StageReport(stage: stage, outcome: outcome)) }
  }
}

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
