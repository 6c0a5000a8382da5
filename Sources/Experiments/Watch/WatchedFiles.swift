import Foundation
import Support

/// The files that a run read, as it read them.
struct WatchedFiles {
  private var reads: [Name: StageRead] = [:]

  /// Files that are known before the first run, as they are now.
  init(_ paths: [String]) { note(paths.map { StageRead(.path, $0) }) }

  /// These files as they are now: what a run that is about to start will read, unless it fails earlier.
  var now: WatchedFiles {
    var copy = self
    copy.reads = reads.mapValues { StageRead(.path, $0.name) }
    return copy
  }

  /// Adds what a run read: code as it was read, which may be outdated by now, and data as it is after the run, which
  /// may have written it.
  mutating func note(_ new: some Sequence<StageRead>) {
    for (path, states) in Dictionary(grouping: new.filter { $0.kind == .path }, by: { Name($0.name) }) {
      guard Self.isCode(path.text) else {
        reads[path] = StageRead(.path, path.text)
        continue
      }
      // Read twice, before and after it was saved.
      reads[path] = states.count > 1 ? states.first { !$0.isCurrent() } ?? states[0] : states[0]
    }
  }

  /// The files that are no longer as they were read, sorted.
  var changed: [String] { reads.values.filter { !$0.isCurrent() }.map(\.name).sorted() }

  /// Those of them that are code.
  var changedCode: [String] {
    reads.values.filter { Self.isCode($0.name) && !$0.isCurrent() }.map(\.name).sorted()
  }

  /// The folders in which editors replace the files, also where these are links.
  var folders: Set<String> {
    reads.keys.map(\.text).reduce(into: []) { folders, path in
      folders.insert(path.parentFolder)
      folders.insert(URL(fileURLWithPath: path).resolvingSymlinksInPath().path.parentFolder)
    }
  }

  /// Whether a file is Lua code, by its name.
  static func isCode(_ path: String) -> Bool { path.hasSuffix(".lua") }
}
