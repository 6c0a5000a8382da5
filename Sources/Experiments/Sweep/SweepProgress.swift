import Foundation
import Support

/// What a sweep has done, `sweep.json` in its folder, so that it goes on after it was killed.
public struct SweepProgress: Sendable {
  /// The contents of the file.
  private struct Record: Codable, Sendable {
    /// The command line without what has no influence on the results.
    var command: [String]
    var process: RunProcess?
    /// The folder of the run of each command that is done.
    var runs: [String: String] = [:]
    var isDone = false
  }

  private static let file = "sweep.json"

  /// The sweep's folder.
  public let folder: String
  private var record: Record

  /// A new sweep in a new folder.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public static func create(_ command: [String], console: Console) throws -> SweepProgress {
    let folder = try RunFolder.create(named: "sweep", console: console)
    let progress = SweepProgress(folder: folder.path, record: Record(command: command, process: .current))
    try progress.write()
    return progress
  }

  /// The last sweep of a command that has not ended.
  ///
  /// - Throws: ``SweepError/nothingToResume`` where no sweep was interrupted,
  ///   ``SweepError/stillRunning(folder:)``; `FileError`.
  public static func interrupted(_ command: [String]) throws -> SweepProgress {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "runs")) ?? []
    let open = names.filter { $0.contains("-sweep") }.sorted().compactMap { name -> SweepProgress? in
      let record = try? ResultFile.read(Record.self, from: "runs/\(name)/\(file)")
      guard let record, record.command == command, !record.isDone else { return nil }
      return SweepProgress(folder: "runs/\(name)", record: record)
    }
    guard var last = open.last(where: { $0.record.process?.isRunning != true }) else {
      throw open.last.map { SweepError.stillRunning(folder: $0.folder) } ?? .nothingToResume
    }
    last.record.process = .current
    try last.write()
    return last
  }

  private init(folder: String, record: Record) {
    self.folder = folder
    self.record = record
  }

  /// The results of a command that is done.
  public func finished(_ kind: String, _ command: [String]) -> (folder: String, results: BenchResults)? {
    // One that was killed after its results were written is not noted, but done.
    let noted = record.runs[Self.key(command)]
    guard let path = noted ?? runs(kind, command).last(where: \.isFinished)?.path,
      let results = try? ResultFile.read(BenchResults.self, from: path + "/results.json"),
      results.incomplete == nil, FileManager.default.fileExists(atPath: path + "/outcome.json")
    else { return nil }
    return (path, results)
  }

  /// The folder of the run of a command that was killed.
  ///
  /// - Throws: `OutputFolderError`; `FileError` when it cannot be written.
  public func started(_ kind: String, _ command: [String]) throws -> OutputFolder? {
    try runs(kind, command).last { !$0.isFinished && !$0.isRunning }.map {
      try OutputFolder($0.path, earlierRun: .resumed)
    }
  }

  /// The runs of a command since the sweep began: names begin with the time.
  private func runs(_ kind: String, _ command: [String]) -> [RunSummary] {
    let began = URL(fileURLWithPath: folder).lastPathComponent.prefix(17)
    let text = command.joined(separator: " ")
    return RunList().all().filter { $0.name.contains("-\(kind)") && $0.name >= began && $0.command == text }
  }

  /// Notes the run of a command that is done.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public mutating func note(_ run: String, _ command: [String]) throws {
    record.runs[Self.key(command)] = run
    try write()
  }

  /// Notes that the sweep is done.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public mutating func finish() throws {
    record.isDone = true
    try write()
  }

  private static func key(_ command: [String]) -> String { command.joined(separator: " ") }

  private func write() throws { try ResultFile.write(record, to: "\(folder)/\(Self.file)") }
}
