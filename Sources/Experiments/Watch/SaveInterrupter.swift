import Dispatch
import Foundation
import Support
import Synchronization

/// Ends a run when code that it has read is saved meanwhile: what it computes is outdated, and a plugin that loops
/// indefinitely is corrected without waiting for a limit.
final class SaveInterrupter: Sendable {
  private let isOver = Atomic<Bool>(false)
  private let hasInterrupted = Atomic<Bool>(false)
  private let end = DispatchSemaphore(value: 0)

  /// Begins to watch the code that `cache` records as read, and that of `known` files.
  init(_ changes: FolderWatch, _ cache: StageCache, known: WatchedFiles) {
    // A thread of its own: waiting in one of the queues' would leave computations a thread less.
    Thread.detachNewThread { [self] in
      defer { end.signal() }
      while !isOver.load(ordering: .relaxed) {
        var files = known
        files.note(cache.readsSoFar.filter { WatchedFiles.isCode($0.name) })
        changes.watch(files.folders)
        guard !changes.changes(within: 50).isEmpty, !files.changedCode.isEmpty else { continue }
        hasInterrupted.store(true, ordering: .relaxed)
        Interruption.request()
        return
      }
    }
  }

  /// Stops watching; returns whether it has ended the run.
  func stop() -> Bool {
    isOver.store(true, ordering: .relaxed)
    end.wait()
    guard hasInterrupted.load(ordering: .relaxed) else { return false }
    Interruption.request(false)
    return true
  }
}
