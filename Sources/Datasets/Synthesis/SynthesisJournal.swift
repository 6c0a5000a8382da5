import Foundation
import Support
import Synchronization

/// The record of a synthesis under way: which tasks are done, and what their clips' bytes add up to.
///
/// The first line says what is being made; each further line is a task's name and the digest of its clips. A
/// line that was cut short by a kill, and one whose clips are not as they were, count for nothing.
final class SynthesisJournal: Sendable {
  /// The file's name in a data set that is being made.
  static let file = "synthesis.journal"

  private let path: String
  private let done: [String: String]
  private let handle: Mutex<FileHandle>

  /// Opens the journal of a data set, or starts one.
  ///
  /// - Throws: ``SynthesisOptionError`` when the folder holds something else.
  init(dataset: String, settings: ContentKey, voices: String) throws {
    path = dataset + "/" + Self.file
    let header = "nightjar synthesis \(settings) \(voices)"
    if let bytes = FileManager.default.contents(atPath: path) {
      // The part after the last line end was cut short.
      let whole = bytes.prefix(through: bytes.lastIndex(of: UInt8(ascii: "\n")) ?? bytes.startIndex)
      let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
      guard lines.first == header else {
        throw SynthesisOptionError(
          "\(dataset) holds a half-made data set of other settings, or of another espeak-ng",
          hint: "remove the folder, or name another with --out")
      }
      done = Dictionary(lines.dropFirst().compactMap(Self.entry), uniquingKeysWith: { _, last in last })
      if whole.count < bytes.count { try AtomicFile.write(whole, to: path) }
    } else {
      done = [:]
      try AtomicFile.write(header + "\n", to: path)
    }
    guard let handle = FileHandle(forWritingAtPath: path) else { throw FileError(errnoOf: "write", path) }
    try handle.seekToEnd()
    self.handle = Mutex(handle)
  }

  private static func entry(_ line: String) -> (String, String)? {
    let fields = line.split(separator: " ").map(String.init)
    return fields.count == 2 && fields[1].count == 32 ? (fields[0], fields[1]) : nil
  }

  /// Whether some tasks were done by an earlier run.
  var isResumed: Bool { !done.isEmpty }

  /// The digest of a task's clips, if the task was done by an earlier run.
  func digest(of task: String) -> String? { done[task] }

  /// Records a task that is done.
  func record(_ task: String, digest: String) throws {
    try handle.withLock { handle in
      do { try handle.write(contentsOf: Data("\(task) \(digest)\n".utf8)) } catch {
        throw FileError(errnoOf: "write", path)
      }
    }
  }

  /// Removes the record of a data set that is complete.
  func remove() throws {
    guard unlink(path) == 0 else { throw FileError(errnoOf: "remove", path) }
  }
}
