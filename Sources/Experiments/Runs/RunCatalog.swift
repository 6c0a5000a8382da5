import Foundation
import RunStore
import Support

/// The runs of a folder and their store, `runs/runs.sqlite`.
///
/// The folders are what counts: the store is brought up to date with them whenever it is read, and is built again from
/// them when it is lost or damaged.
public struct RunCatalog: Sendable {
  /// The environment variable with another file for the store, which then may have the runs of several folders.
  public static let variable = "NIGHTJAR_STORE"

  /// The folder of runs.
  public let root: String
  private let console: Console
  private let storePath: String
  /// Whether the store lies in the folder of runs, so that both can be moved.
  private let isInRoot: Bool

  /// The runs under `root`.
  public init(
    root: String = "runs", console: Console,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.root = root
    self.console = console
    if let path = environment[Self.variable], !path.isEmpty {
      storePath = path
      isInRoot = false
    } else {
      storePath = root + "/runs.sqlite"
      isInRoot = true
    }
  }

  /// Calls `body` with the store, which has every run of the folder as it is now.
  ///
  /// A store that is damaged is kept aside and built again. Where it cannot be written, a store in memory is used.
  ///
  /// - Throws: `RunStoreError.newer(path:)`, and what `body` throws.
  public func reading<Result>(_ body: (RunStore) throws -> Result) throws -> Result {
    // Nothing is created for a folder without runs.
    guard FileManager.default.fileExists(atPath: isInRoot ? root : storePath) || hasRuns else {
      return try body(RunStore())
    }
    do {
      return try repairing { store in
        try synchronize(store)
        return try body(store)
      }
    } catch RunStoreError.unusable(let path, let reason) {
      console.warn("the run store \(path) cannot be used (\(reason)): runs are read from their folders")
      let store = try RunStore()
      try synchronize(store)
      return try body(store)
    }
  }

  /// Stores the run in a folder.
  ///
  /// - Throws: `RunStoreError`; `FileError` where the store's folder cannot be created.
  public func record(_ folder: String) throws {
    try AtomicFile.makeFolder(storePath.parentFolder.isEmpty ? "." : storePath.parentFolder)
    guard let entry = RunIndexer(path: folder).entry(as: storedName(folder)) else { return }
    try repairing { try $0.record([entry]) }
  }

  /// Reads folders again, whatever is known of them: all of the folder of runs, and `others`, each a run or a folder of
  /// runs.
  ///
  /// - Returns: the number of runs.
  /// - Throws: `RunStoreError`; `FileError` for a folder that does not exist or has no run.
  public func index(_ others: [String] = []) throws -> Int {
    let runs = try (hasRuns ? names(in: root) : []) + others.flatMap(runs)
    try AtomicFile.makeFolder(storePath.parentFolder.isEmpty ? "." : storePath.parentFolder)
    let entries = try Self.concurrently(runs) { RunIndexer(path: $0).entry(as: storedName($0)) }
    try repairing { store in
      let gone = Set(try store.fingerprints().keys).subtracting(entries.map(\.summary.folder))
      try store.remove(folders: gone.filter { RunIndexer(path: path($0)).fingerprint == nil })
      try store.record(entries)
    }
    return entries.count
  }

  /// Removes runs from the store, whose folders were deleted.
  ///
  /// - Throws: `RunStoreError`.
  public func forget(_ folders: [String]) throws {
    guard FileManager.default.fileExists(atPath: storePath) else { return }
    try repairing { try $0.remove(folders: folders.map(storedName)) }
  }

  /// The run with a path, a name, a unique part of a name, or "latest".
  ///
  /// - Throws: ``UnknownRunError`` when no run, or more than one, matches; `RunStoreError`.
  public func find(_ name: String, in store: RunStore) throws -> StoredRun {
    let runs = try store.runs()
    let named = storedName(name)
    if let run = runs.first(where: { $0.folder == named || $0.name == name }) { return run }
    if let entry = RunIndexer(path: name).entry(as: named) { return entry.summary }
    if name == "latest", let last = runs.last { return last }
    let matches = runs.filter { $0.name.contains(name) }
    if matches.count == 1 { return matches[0] }
    throw UnknownRunError(
      name: name, candidates: (matches.isEmpty ? runs : matches).map(\.name), isAmbiguous: matches.count > 1)
  }

  /// Everything that is known of a run.
  ///
  /// - Throws: `RunStoreError`.
  public func entry(of run: StoredRun, in store: RunStore) throws -> RunEntry {
    if run.state == "running", let entry = RunIndexer(path: path(run.folder)).entry(as: run.folder) {
      return entry
    }
    return try store.entry(folder: run.folder) ?? RunIndexer(path: path(run.folder)).entry(as: run.folder)
      ?? RunEntry(summary: run)
  }

  /// The path of a run's folder.
  public func path(_ stored: String) -> String { stored.hasPrefix("/") ? stored : "\(root)/\(stored)" }

  /// How the store names a run's folder.
  func storedName(_ folder: String) -> String {
    let path = SourceArchive.absolute(folder)
    let root = SourceArchive.absolute(root) + "/"
    guard isInRoot, path.hasPrefix(root) else { return path }
    return String(path.dropFirst(root.count))
  }

  private var hasRuns: Bool { FileManager.default.fileExists(atPath: root) }

  /// The folders in a folder.
  private func names(in folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        .filter { !$0.hasPrefix(".") && !$0.contains(".sqlite") }.map { "\(folder)/\($0)" }
    } catch { throw FileError("read", folder, cause: error) }
  }

  /// The runs that a path names: itself, or those in it.
  private func runs(_ path: String) throws -> [String] {
    guard FileStatus(path)?.kind == .folder else { throw FileError("index", path, reason: "no such folder") }
    if RunIndexer(path: path).fingerprint != nil { return [path] }
    let runs = try names(in: path).filter { RunIndexer(path: $0).fingerprint != nil }
    guard !runs.isEmpty else { throw FileError("index", path, reason: "it is no run, and contains none") }
    return runs
  }

  /// Reads folders that have changed, and removes runs whose folders are gone.
  private func synchronize(_ store: RunStore) throws {
    var known = try store.fingerprints()
    let found = hasRuns ? try names(in: root) : []
    let prefix = isInRoot ? "" : SourceArchive.absolute(root) + "/"
    let here = found.map { (path: $0, name: prefix + $0.dropFirst(root.count + 1)) }
    let foundHere = Set(here.map(\.name))
    let elsewhere = known.keys.filter { $0.hasPrefix("/") && !foundHere.contains($0) }
    var changed: [(path: String, name: String)] = []
    for (path, name) in here + elsewhere.map({ (path: $0, name: $0) }) {
      guard let fingerprint = RunIndexer(path: path).fingerprint else { continue }
      let stored = known.removeValue(forKey: name)
      // A run that was going on may have been killed, which changes no file.
      if stored?.fingerprint == fingerprint, stored?.state != "running" { continue }
      changed.append((path, name))
    }
    let entries = try Self.concurrently(changed) { path, name -> RunEntry? in
      let indexer = RunIndexer(path: path)
      guard var entry = indexer.entry(as: name, withSeries: false) else { return nil }
      // What a run logs while it goes on stays in its folder: it would be stored again and again.
      if entry.summary.state != "running" { entry.series = indexer.series }
      return entry
    }
    try store.record(entries)
    try store.remove(folders: Array(known.keys))
  }

  /// What `read` returns for the folders of runs, in their order, read on all processors.
  private static func concurrently<Folder: Sendable>(
    _ folders: [Folder], _ read: @escaping @Sendable (Folder) -> RunEntry?
  ) throws -> [RunEntry] {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    return try ParallelWork.map(count: folders.count, threads: threads, during: "reading runs") {
      read(folders[$0])
    }.compactMap(\.self)
  }

  /// Calls `body` with the store; once more with one that is built again when the first is damaged.
  private func repairing<Result>(_ body: (RunStore) throws -> Result) throws -> Result {
    do { return try body(RunStore(path: storePath)) } catch RunStoreError.corrupt(let path, let reason) {
      let aside = Self.setAside(path)
      console.warn(
        "the run store \(path) is damaged (\(reason)); it is kept as \(aside), and built again from the runs' folders"
      )
      let store = try RunStore(path: path)
      try synchronize(store)
      return try body(store)
    }
  }

  /// Renames a damaged store and what SQLite keeps beside it.
  private static func setAside(_ path: String) -> String {
    let stamp = RunFolder.stamp(Date(), .current)
    let aside = "\(path).damaged-\(stamp)"
    for (file, other) in zip(RunStore.files(of: path), RunStore.files(of: aside)) { rename(file, other) }
    return aside
  }
}
