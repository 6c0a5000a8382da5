import Foundation

/// The memory of this process: a case has at most 64 MiB of tensors and as much of Lua's.
enum MemoryWatch {
  private static let most = Sanitizer.isAddress || Sanitizer.isThread ? 4 << 30 : 1 << 30

  /// Throws when this process ever held far more than cases may.
  static func check() throws {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let peak = usage.ru_maxrss * 1024
    if peak > most { throw Finding("the process grew to \(peak >> 20) MiB") }
  }
}
