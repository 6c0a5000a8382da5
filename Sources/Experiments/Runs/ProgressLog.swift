import Figures
import Foundation
import Support
import Synchronization

/// The accuracies of the repeats that are done, appended to `progress.csv` while a bench goes on, for those who follow
/// it. `accuracies.csv` replaces the file when the bench is done; a run that was killed keeps it.
///
/// Its columns are learner, repeat (from 1; those of a second seed follow those of the first), session, accuracy and
/// accuracy_new. Rows are written repeat by repeat, at most twice a second.
public final class ProgressLog: Sendable {
  private struct State {
    var pending = Data()
    var lastWrite: ContinuousClock.Instant?
  }

  /// The name of the file in a run's folder.
  static let file = "progress.csv"
  private static let header = "learner,repeat,session,accuracy,accuracy_new\n"
  private let path: String
  private let state = Mutex(State())

  /// A log in a run's folder. The file is created with the first repeat; that of an earlier process is replaced.
  public init(run folder: String) { path = "\(folder)/\(Self.file)" }

  /// Adds a repeat.
  ///
  /// - Parameters:
  ///   - learner: its label.
  ///   - number: of the repeat, from 1, on from seed to seed.
  ///   - all: accuracies on all words so far, sessions from 0, 0 to 1.
  ///   - new: accuracies on new words, sessions from 1, 0 to 1.
  /// - Throws: `FileError` when the file cannot be written.
  public func add(learner: String, repeat number: Int, all: [Double], new: [Double]) throws {
    let name = ResultTable.quoted(DisplayText.line(learner))
    let rows = all.enumerated().map { session, accuracy in
      let onNew = session > 0 && session <= new.count ? ResultTable.number(new[session - 1]) : ""
      return "\(name),\(number),\(session),\(ResultTable.number(accuracy)),\(onNew)\n"
    }
    try state.withLock { state in
      state.pending.append(contentsOf: rows.joined().utf8)
      if let last = state.lastWrite, .now - last < .milliseconds(500) { return }
      try write(&state)
    }
  }

  /// Writes what is buffered.
  ///
  /// - Throws: `FileError` when the file cannot be written.
  public func flush() throws { try state.withLock { try write(&$0) } }

  /// Removes the file, once the results are written.
  public func remove() {
    state.withLock { state in
      state.pending = Data()
      unlink(path)
    }
  }

  private func write(_ state: inout State) throws {
    guard !state.pending.isEmpty else { return }
    let isFirst = state.lastWrite == nil
    let descriptor = open(
      path, O_WRONLY | O_CREAT | O_CLOEXEC | (isFirst ? O_TRUNC : O_APPEND), 0o644)
    guard descriptor >= 0 else { throw FileError(errnoOf: "write", path) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do { try handle.write(contentsOf: (isFirst ? Data(Self.header.utf8) : Data()) + state.pending) } catch {
      throw FileError("write", path, cause: error)
    }
    state.pending.removeAll(keepingCapacity: true)
    state.lastWrite = .now
  }
}

/// The repeats of one learner that are done.
public struct LearnerProgress: Sendable, Hashable {
  public var learner: String
  /// Repeats × sessions from 0, on all words so far, 0 to 1.
  public var all: [[Double]]
  /// Repeats × sessions from 1, on new words, 0 to 1.
  public var new: [[Double]]

  /// The repeats of a learner.
  public init(learner: String, all: [[Double]], new: [[Double]]) {
    self.learner = learner
    self.all = all
    self.new = new
  }

  /// The progress in a run's folder, learners in order of their first repeat; empty without one.
  ///
  /// A repeat that a kill has cut short is left out.
  public static func read(run folder: String) -> [LearnerProgress] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(ProgressLog.file)") else { return [] }
    var learners: [(name: String, repeats: [Int: (all: [Double], new: [Double])])] = []
    var indices: [String: Int] = [:]
    let text = String(decoding: data, as: UTF8.self)
    let whole = text.hasSuffix("\n") ? text[...] : text[..<(text.lastIndex(of: "\n") ?? text.startIndex)]
    for line in whole.split(separator: "\n").dropFirst() {
      guard let row = Row(line) else { continue }
      let index = indices[row.learner] ?? learners.count
      if index == learners.count {
        indices[row.learner] = index
        learners.append((row.learner, [:]))
      }
      // A task may run a learner twice: the last repeats of a number count.
      if row.session == 0 { learners[index].repeats[row.number] = ([], []) }
      guard learners[index].repeats[row.number]?.all.count == row.session else { continue }
      learners[index].repeats[row.number]?.all.append(row.accuracy)
      if let new = row.new { learners[index].repeats[row.number]?.new.append(new) }
    }
    return learners.compactMap { name, repeats in
      let sessions = repeats.values.map(\.all.count).max() ?? 0
      let done = repeats.sorted { $0.key < $1.key }.map(\.value).filter { $0.all.count == sessions }
      let new = done.map(\.new)
      let isWhole = new.allSatisfy { $0.count == sessions - 1 && sessions > 1 }
      return done.isEmpty
        ? nil : LearnerProgress(learner: name, all: done.map(\.all), new: isWhole ? new : [])
    }
  }

  /// A row of the file.
  private struct Row {
    let learner: String
    let number: Int
    let session: Int
    let accuracy: Double
    let new: Double?

    /// The last four cells are numbers; the name before them may contain commas.
    init?(_ line: Substring) {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count >= 5, let number = Int(cells[cells.count - 4]),
        let session = Int(cells[cells.count - 3]), let accuracy = Double(cells[cells.count - 2])
      else { return nil }
      learner = ResultTable.unquoted(cells.dropLast(4).joined(separator: ","))
      self.number = number
      self.session = session
      self.accuracy = accuracy
      new = Double(cells[cells.count - 1])
    }
  }
}
