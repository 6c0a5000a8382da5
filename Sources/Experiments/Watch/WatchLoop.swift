import Dispatch
import Foundation
import LuaHost
import Support

/// Runs something again whenever a file that it read is saved, until Ctrl-C.
///
/// Every run has a Lua state of its own; computed stages, embeddings and the results of unchanged plugins stay. A run
/// that fails displays its error below the last result, and the loop waits for the next save.
public struct WatchLoop {
  /// One run of the loop.
  public struct Run {
    public let host: ScriptHost
    /// The number of the run, from 1.
    public let number: Int
    /// The files whose change caused it, relative to the current folder; empty for the first run.
    public let changed: [String]
    /// Displays a heading, once; called before the first output of a run.
    public let announce: () throws -> Void
    /// Notes that the plugins have been loaded, by which the time of a reload is measured.
    public let noteLoaded: () -> Void
    /// Notes that a result is displayed, while the rest may still be computed and written.
    public let noteDisplayed: () -> Void
  }

  private let options: HostOptions
  private let memory: HostMemory
  private let output: StandardOutput
  private let console: Console
  private let changes: FolderWatch
  /// The time between a change and its check for further ones, in seconds: a file that is deleted is often made again.
  private static let patience = 0.3

  /// A loop over hosts with these options.
  ///
  /// - Throws: `FileError` where the system has no more watches of files.
  public init(_ options: HostOptions, output: StandardOutput = StandardOutput()) throws {
    self.options = options
    self.output = output
    memory = HostMemory(options)
    console = Console(quiet: options.isQuiet)
    changes = try FolderWatch()
  }

  /// Runs `body` for the first time, and again after every save.
  ///
  /// - Parameters:
  ///   - paths: files that are watched even if the first run does not get to read them.
  ///   - body: throws for a run that failed.
  /// - Throws: `InterruptionError` on Ctrl-C; an error of the first run that no save can correct, such as a wrong
  ///   command line; ``OutputClosedError``.
  public func run(watching paths: [String], _ body: (Run) throws -> Void) throws {
    var files = WatchedFiles(paths)
    var options = options
    var changed: [String] = []
    var saved = Self.now()
    var number = 0
    var hasResult = false
    while true {
      number += 1
      // What the last run read, but this one might not get to, counts as it is now.
      files = files.now
      let started = Self.now()
      let host = try ScriptHost(options, output: output, sharing: memory)
      var loaded: Double?
      var displayed: Double?
      var heading = changed.isEmpty ? nil : Self.heading(changed)
      let run = Run(
        host: host, number: number, changed: changed,
        announce: {
          if let heading { try output.line(heading) }
          heading = nil
        }, noteLoaded: { loaded = Self.now() }, noteDisplayed: { displayed = displayed ?? Self.now() })
      let opened = Self.now()
      let interrupter = SaveInterrupter(changes, host.context.cache, known: files)
      let (result, reads) = host.context.cache.recording { Result { try body(run) } }
      let isOutdated = interrupter.stop()
      files.note(reads)
      changes.watch(files.folders)
      if let folder = host.run.folderIfAny, options.out == nil {
        // Later runs replace the results of the first: one folder for one session.
        options.out = try OutputFolder(folder.path, earlierRun: .replaced)
      }
      switch result {
      case .success:
        hasResult = true
        memory.stages.noteRun()
        let times = [
          "reloaded in \(Progress.precise((loaded ?? opened) - started))",
          changed.isEmpty
            ? nil : "displayed \(Progress.precise((displayed ?? Self.now()) - saved)) after the save",
        ].compactMap(\.self)
        let folder = host.run.folderIfAny.map { "; saved in \($0.path)" } ?? ""
        console.say(times.joined(separator: ", ") + folder)
      case .failure(let error):
        try report(error, isFirst: number == 1, hasResult: hasResult, isOutdated: isOutdated)
      }
      if !isOutdated { console.say("waiting for a file to be saved; Ctrl-C ends") }
      (changed, saved) = try waitForSave(files, hasFailed: (try? result.get()) == nil && !isOutdated)
    }
  }

  /// Displays the error of a run.
  ///
  /// - Throws: the error, where no save can correct it.
  private func report(_ error: any Error, isFirst: Bool, hasResult: Bool, isOutdated: Bool) throws {
    let stop = error as? InterruptionError ?? (error as? ScriptError)?.cause as? InterruptionError
    if stop != nil {
      guard isOutdated else { throw error }
      return console.say("a file was saved meanwhile: starting again")
    }
    if error is OutputClosedError { throw error }
    let code = (error as? any NightjarError)?.exitCode
    if isFirst, code == .usage || code == .data { throw error }
    if isOutdated { return }
    let text = "\(error)"
    try? FileHandle.standardError.write(contentsOf: Data("nightjar: \(text)\n".utf8))
    if hasResult { console.say("the result above is that of the last run without an error") }
  }

  /// Waits until one of the files is another than was read, or, after a failure, until any Lua file beside them
  /// changes: the one that was missing.
  private func waitForSave(
    _ files: WatchedFiles, hasFailed: Bool
  ) throws -> (changed: [String], at: Double) {
    // A file that was saved while the run read others.
    var changed = files.changed
    var saved = Self.now()
    while changed.isEmpty {
      let paths = try changes.wait()
      saved = Self.now() - 0.05
      changed = files.changed
      if changed.isEmpty, hasFailed { changed = paths.filter(WatchedFiles.isCode).sorted() }
    }
    if changed.contains(where: { FileStatus($0) == nil }) {
      let deadline = Self.now() + Self.patience
      while Self.now() < deadline { if !changes.changes(within: 50).isEmpty { break } }
    }
    return (changed.map(Self.relative), saved)
  }

  /// `── 14:03:22  plugins/learners/mine.lua ──────`.
  private static func heading(_ changed: [String]) -> String {
    let format = DateFormatter()
    format.dateFormat = "HH:mm:ss"
    let names = changed.prefix(3).joined(separator: ", ") + (changed.count > 3 ? ", …" : "")
    let text = "── \(format.string(from: Date()))  \(names) "
    return "\n" + text + String(repeating: "─", count: max(2, 100 - text.count))
  }

  private static func relative(_ path: String) -> String {
    let current = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(current) ? String(path.dropFirst(current.count)) : path
  }

  private static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}
