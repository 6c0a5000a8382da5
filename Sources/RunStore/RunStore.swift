import Foundation
import GRDB
import Support

/// The runs in an SQLite database, which is an index: all that it has can be read from the runs' folders again.
///
/// Safe to use from many processes at once (write-ahead log).
public final class RunStore: Sendable {
  /// The file; nil for a store in memory.
  public let path: String?
  let database: DatabaseQueue

  /// Opens the store in a file, and makes or migrates its tables.
  ///
  /// One process at a time opens it: of two that find a table missing, both would make it.
  ///
  /// - Throws: ``RunStoreError``. A store of a newer version is not changed.
  public init(path: String) throws {
    self.path = path
    database = try Self.translating(path) {
      let lock = try FileLock(path + ".lock")
      return try withExtendedLifetime(lock) {
        if FileManager.default.fileExists(atPath: path) { try Self.refuseNewer(path) }
        var configuration = Self.configuration
        configuration.journalMode = .wal
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try Self.migrator.migrate(database)
        return database
      }
    }
  }

  /// A store in memory, for where no file can be written.
  ///
  /// - Throws: ``RunStoreError``.
  public init() throws {
    path = nil
    database = try Self.translating("in memory") {
      let database = try DatabaseQueue(configuration: Self.configuration)
      try Self.migrator.migrate(database)
      return database
    }
  }

  /// The files that SQLite has for a database.
  public static func files(of path: String) -> [String] { [path, path + "-wal", path + "-shm"] }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    // Another process writes a run in some milliseconds.
    configuration.busyMode = .timeout(10)
    return configuration
  }

  /// Looks at a store without changing it.
  private static func refuseNewer(_ path: String) throws {
    var configuration = configuration
    configuration.readonly = true
    let isNewer = try DatabaseQueue(path: path, configuration: configuration).read {
      try migrator.hasBeenSuperseded($0)
    }
    if isNewer { throw RunStoreError.newer(path: path) }
  }

  /// Runs `body`; errors of the database become ``RunStoreError``.
  func translating<Result>(_ body: () throws -> Result) throws -> Result {
    try Self.translating(path ?? "in memory", body)
  }

  private static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as DatabaseError {
      let reason = error.message ?? "\(error.resultCode)"
      switch error.resultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw RunStoreError.corrupt(path: path, reason: reason)
      default: throw RunStoreError.unusable(path: path, reason: reason)
      }
    } catch let error as FileError {
      throw RunStoreError.unusable(path: path, reason: error.reason)
    }
  }
}
