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
