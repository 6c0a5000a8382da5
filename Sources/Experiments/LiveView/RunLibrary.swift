import Foundation
import RunStore
import Support

/// The runs that are looked at, from their folders.
actor RunLibrary {
  /// A run as a page shows it.
  struct ViewedRun: Sendable {
    let folder: String
    /// Nil for one that was just started, and has written nothing.
    var content: ReportedRun?
    var entry: RunEntry? { content?.entry }
    /// The command line; empty where it is not known.
    var command: [String] = []
    /// The folder that it was started in.
    var startedIn: String?
    /// Whether its process runs on this machine: for a moment it does after the run has ended.
    var hasProcess = false
    /// What it has printed, where the live view has started it: the end.
    var output: String?
    /// How its last start has failed, before it was recorded; nil where it has not.
    var failure: FailedStart?
    /// The state of the run.
    var state: String { entry?.summary.state ?? (failure == nil ? "starting" : "failed") }
  }

  nonisolated let catalog: RunCatalog
  /// What runs that have ended hold, the last one that was looked at last.
  private var contents: [(folder: String, fingerprint: String?, content: ReportedRun)] = []
  private var scalars: [(folder: String, started: [Int], followed: FollowedScalars)] = []

  /// Runs whose contents are kept in memory: the results of one may be many megabytes.
  private static let maxContents = 8
  /// Runs whose logged values are kept in memory.
  private static let maxFollowed = 8
  init(_ catalog: RunCatalog) { self.catalog = catalog }

  /// The path of a run's folder; nil for a name that is no run's.
  func path(of folder: String) -> String? {
    if folder.contains("/") {
      let isKnown = try? catalog.reading { try $0.fingerprints()[folder] != nil }
      return isKnown == true ? catalog.path(folder) : nil
    }
    guard !folder.isEmpty, !folder.hasPrefix("."), !folder.contains("\0"),
      FileStatus(catalog.path(folder))?.kind == .folder
    else { return nil }
    return catalog.path(folder)
  }

  /// What changes whenever a run's folder, its state or its output does; nil for a name that is no run's.
  func fingerprint(of folder: String) -> String? {
    guard let path = path(of: folder) else { return nil }
    let settings = try? ResultFile.read(RunSettings.self, from: path + "/settings.json")
    let output = FileStatus(outputPath(of: folder))?.size ?? 0
    return [RunIndexer(path: path).fingerprint ?? "", "\(settings?.process?.isRunning == true)", "\(output)"]
      .joined(separator: "; ")
  }

  /// A run as it is now; nil for a name that is no run's.
  func run(_ folder: String) -> ViewedRun? {
    guard let path = path(of: folder) else { return nil }
    var run = ViewedRun(folder: folder)
    run.output = OutputTail.read(outputPath(of: folder))
    guard var content = content(of: folder, path) else { return run }
    content.entry.series = series(of: folder, path)
    run.content = content
    if let settings = try? ResultFile.read(RunSettings.self, from: path + "/settings.json") {
      run.command = settings.command
      run.startedIn = settings.folder
      run.hasProcess = settings.process?.isRunning == true
    }
    return run
  }

  /// What is in a run's folder, without logged values; read again when it has changed.
  private func content(of folder: String, _ path: String) -> ReportedRun? {
    let indexer = RunIndexer(path: path)
    let fingerprint = indexer.fingerprint
    if let index = contents.firstIndex(where: { $0.folder == folder }) {
      let kept = contents.remove(at: index)
      if kept.fingerprint == fingerprint {
        contents.append(kept)
        return kept.content
      }
    }
    guard let (entry, results) = indexer.content(as: folder, withSeries: false) else { return nil }
    let content = ReportedRun(entry, results, folder: path)
    // One that goes on may be killed, which changes no file.
    if entry.summary.state != "running" {
      contents.append((folder, fingerprint, content))
      if contents.count > Self.maxContents { contents.removeFirst() }
    }
    return content
  }

  /// The process of a run that goes on; nil for one that has ended.
  func process(of folder: String) -> RunProcess? {
    guard let path = path(of: folder),
      let process = try? ResultFile.read(RunSettings.self, from: path + "/settings.json").process
    else { return nil }
    return process.isRunning ? process : nil
  }

  /// The values that a run has logged, in order of the first value of each series.
  private func series(of folder: String, _ path: String) -> [StoredSeries] {
    // Settings are written when a run starts: after that, its values may be others.
    let started = FileStatus(path + "/settings.json")?.changed ?? []
    let index = scalars.firstIndex { $0.folder == folder && $0.started == started }
    var followed = index.map { scalars.remove(at: $0).followed } ?? FollowedScalars(run: path)
    _ = followed.read()
    scalars.removeAll { $0.folder == folder }
    scalars.append((folder, started, followed))
    if scalars.count > Self.maxFollowed { scalars.removeFirst() }
    return followed.series
  }

  /// Where what a run prints is kept, if the live view has started it.
  nonisolated func outputPath(of folder: String) -> String {
    let name = URL(fileURLWithPath: folder).lastPathComponent
    return "\(catalog.root)/.ui/\(name).log"
  }
}
