import FewShot
import Foundation
import Support

/// The trainings of a script that was interrupted or killed: their states between two epochs, in the cache, under a key
/// of the script's text, its settings, its data and its seed.
public struct ScriptCheckpoints {
  /// A run as it is stored beside the checkpoints until it has ended.
  public struct Interrupted: Codable, Sendable {
    /// The words of the command line after the program.
    public let command: [String]
    /// The folder that it was started in.
    public let directory: String
    /// The run's folder; nil where the script has saved nothing.
    public let folder: String?
    /// Nil in runs of earlier versions.
    let process: RunProcess?

    /// Whether its process still runs.
    public var isRunning: Bool { process?.isRunning == true }

    public init(command: [String], directory: String, folder: String?) {
      self.command = command
      self.directory = directory
      self.folder = folder
      process = .current
    }
  }

  /// The files of `nj.train`.
  public let files: CheckpointFiles
  private let key: ContentKey
  /// Held by the process whose files these are.
  private var lock: FileLock?
  private static var folder: String { UserFolder.cache.path() + "/scripts" }
  private static let lockEnding = ".lock"
  /// Checkpoints that nobody has resumed from for as many days are removed.
  private static let daysKept = 30.0

  /// The checkpoints of a script with these settings.
  ///
  /// - Throws: `FileError` for a script that cannot be read.
  public init(script: String, data: String, options: HostOptions) throws {
    let text: Data
    do { text = try Data(contentsOf: URL(fileURLWithPath: script)) } catch {
      throw FileError("read", script, cause: error)
    }
    key = ContentKey(
      parts: [
        URL(fileURLWithPath: script).standardizedFileURL.path, "\(ContentKey(of: text))", data,
        "\(options.seed)",
      ] + options.settings.map { "\($0.name)=\($0.value)" })
    files = CheckpointFiles(stem: "\(Self.folder)/\(key)")
  }

  private var infoPath: String { "\(Self.folder)/\(key).json" }

  /// The run that has not ended; nil where nothing was stored.
  public var interrupted: Interrupted? { try? ResultFile.read(Interrupted.self, from: infoPath) }

  /// Whether the state of some training is stored.
  public var hasStates: Bool {
    !Self.names { $0.hasPrefix("\(key).") && $0.hasSuffix(".checkpoint") }.isEmpty
  }

  /// Makes the files those of this process, until this value and its copies are gone.
  ///
  /// - Returns: false where a running process has them.
  /// - Throws: `FileError`.
  public mutating func claim() throws -> Bool {
    try UserFolder.cache.make(Self.folder)
    lock = try FileLock(ifFree: "\(Self.folder)/\(key)\(Self.lockEnding)")
    return lock != nil
  }

  /// Makes the folder, and removes what is there of an earlier run unless this one resumes it.
  ///
  /// - Throws: `FileError`.
  public func prepare(isResumed: Bool) throws {
    try AtomicFile.makeFolder(Self.folder)
    let oldest = Date(timeIntervalSinceNow: -Self.daysKept * 86_400)
    for name in Self.names({ _ in true }) {
      let path = "\(Self.folder)/\(name)"
      let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
      let isOld = changed.map { $0 < oldest } == true
      if name.hasSuffix(Self.lockEnding) {
        // One that a killed process has left; releasing it removes it.
        if isOld { _ = try? FileLock(ifFree: path) }
      } else if isOld || (!isResumed && name.hasPrefix("\(key).")) {
        unlink(path)
      }
    }
  }

  /// Stores what a run needs to be resumed, should it be killed.
  ///
  /// - Throws: `FileError`.
  public func note(_ run: Interrupted) throws {
    try AtomicFile.makeFolder(Self.folder)
    try ResultFile.write(run, to: infoPath)
  }

  /// Removes everything, once the script has ended.
  public func remove() {
    for name in Self.names({ $0.hasPrefix("\(key).") && !$0.hasSuffix(Self.lockEnding) }) {
      unlink("\(Self.folder)/\(name)")
    }
  }

  /// The script that was interrupted last in a folder, and when.
  public static func last(in directory: String) -> (run: Interrupted, date: Date)? {
    names { $0.hasSuffix(".json") }.compactMap { name in
      let path = "\(folder)/\(name)"
      guard let run = try? ResultFile.read(Interrupted.self, from: path), run.directory == directory,
        !run.isRunning,
        let date = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
      else { return nil }
      return (run, date)
    }.max { $0.date < $1.date }
  }

  private static func names(_ isMeant: (String) -> Bool) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter(isMeant)
  }
}
