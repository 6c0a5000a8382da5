import Foundation
import Synchronization

/// Files and folders that plugins made or changed in a run: what one of them wrote, others may be forbidden to read.
final class WrittenFiles: Sendable {
  /// The names of resolved paths; what is in a folder counts too.
  private let paths = Mutex<Set<[String]>>([])

  /// Records that a file is about to be written: the file, or the first folder on its way that does not exist yet.
  func note(_ names: [String]) {
    var made = names
    while made.count > 1, !FileManager.default.fileExists(atPath: Self.text(made.dropLast())) {
      made.removeLast()
    }
    paths.withLock { _ = $0.insert(made) }
  }

  /// Whether the path was written, or is in a folder that was made.
  func contains(_ names: [String]) -> Bool {
    paths.withLock { paths in
      !paths.isEmpty && (1...max(1, names.count)).contains { paths.contains(Array(names.prefix($0))) }
    }
  }

  /// Whether something in a folder was written, so that its list of names tells of it.
  func isListed(in folder: [String]) -> Bool {
    paths.withLock { paths in paths.contains { $0.dropLast().elementsEqual(folder) } }
  }

  private static func text(_ names: ArraySlice<String>) -> String { "/" + names.joined(separator: "/") }
}
