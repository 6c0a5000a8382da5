import Foundation
import Synchronization

/// A cache of stage results by the key of everything that made them: `FOLDER/STAGE/KEY.EXTENSION`, each with a side
/// file `KEY.json` with format version, the key's parts, size and checksum.
///
/// The side file also lists what was read while the result was made (``StageRead``).
///
/// A result is used only when all of these match; otherwise it is rebuilt, with one line that says why. Of two
/// processes that need the same result at once, the second waits and reuses that of the first.
public final class StageCache: Sendable {
  /// Increases when the layout of entries changes; entries of another version are rebuilt.
  public static let format = 1

  public let folder: String
  /// What is kept in memory for the next run of the same command; nil keeps nothing.
  public let memory: StageMemory?
  private let console: Console
  private let log = Mutex<[StageReport]>([])
  private let given = Mutex<[StageSetting]>([])
  /// What was read since each of the nested recordings began, the innermost last.
  let recorders = Mutex<[Set<StageRead>]>([])

  public init(
    folder: String = UserFolder.cache.path(), console: Console, memory: StageMemory? = nil
  ) {
    self.folder = folder
    self.memory = memory
    self.console = console
  }

  /// The values of `--set`, which stages may read: a stored result is used only under the same ones.
  public var settings: [StageSetting] {
    get { given.withLock { $0 } }
    set { given.withLock { $0 = newValue } }
  }

  /// The stages that were reused or made, in order.
  public var reports: [StageReport] { log.withLock { $0 } }

  /// The bytes of a stage's result: cached, or made by `make`.
  ///
  /// - Throws: what `make` throws; ``FileError`` when the cache cannot be read or written; ``InterruptionError``.
  public func value(stage: String, key: StageKey, make: () throws -> Data) throws -> Data {
    try withEntry(stage: stage, key: key, ending: "bin") {
      try AtomicFile.write(try make(), to: $0)
      try Self.noteMade($0)
    } use: { entry in
      try entry.contents()
    }
  }

  /// The path of a stage's file: cached, or made by `make`.
  ///
  /// `make` writes the file under a temporary name with the same extension, `ending`, such as "safetensors".
  ///
  /// - Throws: as ``value(stage:key:make:)``.
  public func file(
    stage: String, key: StageKey, ending: String, make: (_ temporary: String) throws -> Void
  ) throws -> String {
    try withEntry(stage: stage, key: key, ending: ending) { path in
      try AtomicFile.replace(path, produce: make)
      try Self.noteMade(path)
    } use: { entry in
      entry.path
    }
  }

  /// The path of a stage's file and what was read while it was made, by its side file alone: the file itself, which may
  /// be large, is not compared with its checksum before ``file(stage:key:ending:make:)`` is asked for it. Nil where
  /// there is no such file, or it would be made again.
  public func stored(stage: String, key: StageKey, ending: String) -> (path: String, reads: [StageRead])? {
    let entry = CacheEntry(folder: folder, stage: stage, key: key, ending: ending)
    guard case .good(let reads) = entry.state(settings, comparesBytes: false) else { return nil }
    for read in reads { note(read) }
    entry.noteUse()
    report(stage, .reused)
    return (entry.path, reads)
  }

  /// Called with the bytes of each result that work on this thread stores.
  private struct Charge: Sendable {
    let body: @Sendable (_ bytes: Int) throws -> Void
  }

  @TaskLocal private static var charge: Charge?

  /// Runs `body`; every result that it stores on this thread is charged for, by its bytes: a script's limits count
  /// them. What `charge` throws leaves the result incomplete.
  ///
  /// - Throws: what `body` throws.
  package static func charging<Result>(
    _ charge: @escaping @Sendable (_ bytes: Int) throws -> Void, _ body: () throws -> Result
  ) rethrows -> Result {
    try $charge.withValue(Charge(body: charge), operation: body)
  }

  private static func noteMade(_ path: String) throws {
    guard let charge, let status = FileStatus(path) else { return }
    try charge.body(status.size)
  }

  private func withEntry<Result>(
    stage: String, key: StageKey, ending: String, make: (_ path: String) throws -> Void,
    use: (CacheEntry) throws -> Result
  ) throws -> Result {
    let entry = CacheEntry(folder: folder, stage: stage, key: key, ending: ending)
    try UserFolder.cache.make(entry.folder)
    let lock: FileLock
    do {
      lock = try FileLock(entry.lockPath) { [console] in
        console.say("\(stage): waiting for another process that is making it")
      }
    } catch let error as FileError {
      // In a folder that is read-only, or another user's, what is complete is used as it is.
      guard case .good = entry.state(settings) else { throw error }
      report(stage, .reused)
      return try use(entry)
    }
    return try withExtendedLifetime(lock) {
      let state = entry.state(settings, memory)
      if case .good(let reads) = state {
        for read in reads { note(read) }
        memory?.noteVerified(entry.path)
        entry.noteUse()
        report(stage, .reused)
        return try use(entry)
      }
      if case .bad(let reason) = state {
        console.say("\(stage): the stored result \(reason); rebuilding it")
      }
      entry.remove()
      let started = DispatchTime.now().uptimeNanoseconds
      let cuts = Interruption.cuts
      let (_, reads) = try recording { try make(entry.path) }
      if Interruption.cuts != cuts { try Interruption.check(stage) }
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
      // Last, so that an entry without a side file is known to be incomplete.
      try entry.seal(seconds: seconds, reads: reads)
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
  /// A stored result.
  public struct Stored: Sendable, Hashable {
    public var stage: String
    public var key: String
    /// The parts of its key.
    public var parts: [String]
    public var path: String
    public var bytes: Int
    /// The seconds that it took to make.
    public var seconds: Double
    public var lastUsed: Date
  }

  /// All stored results, the least recently used first.
  public func entries() -> [Stored] {
    names(in: folder).flatMap { stage in
      names(in: folder + "/" + stage).filter { $0.hasSuffix(".json") }.compactMap { stored(stage, $0) }
    }
    .sorted { ($0.lastUsed, $0.path) < ($1.lastUsed, $1.path) }
  }

  /// Removes the least recently used results until the rest has at most `limit` bytes, and incomplete ones.
  ///
  /// Results that another process is using stay.
  ///
  /// - Returns: the removed results.
  /// - Throws: ``FileError`` when an entry cannot be locked.
  @discardableResult
  public func prune(to limit: Int) throws -> [Stored] {
    removeLeftovers()
    var removed: [Stored] = []
    let entries = entries()
    var total = entries.map { max(0, $0.bytes) }.sum ?? .max
    for entry in entries where total > limit {
      guard try remove(entry) else { continue }
      total -= max(0, entry.bytes)
      removed.append(entry)
    }
    return removed
  }

  /// Removes results, and incomplete ones. Those that another process is using stay.
  ///
  /// - Returns: the removed results.
  /// - Throws: ``FileError`` when an entry cannot be locked.
  public func remove(_ entries: [Stored]) throws -> [Stored] {
    removeLeftovers()
    return try entries.filter(remove)
  }

  /// Removes one result; false where another process is using it.
  private func remove(_ entry: Stored) throws -> Bool {
    let key = CacheEntry(
      folder: folder, stage: entry.stage, key: StageKey(entry.parts),
      ending: URL(fileURLWithPath: entry.path).pathExtension)
    guard let lock = try FileLock(ifFree: key.lockPath) else { return false }
    withExtendedLifetime(lock) {
      unlink("\(folder)/\(entry.stage)/\(entry.key).json")
      unlink(entry.path)
    }
    return true
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
