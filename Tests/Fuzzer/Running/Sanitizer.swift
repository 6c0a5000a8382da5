import Foundation

/// What this program was built with.
enum Sanitizer {
  /// Whether an address sanitizer watches; then blocks of memory are not shared, so that it sees more.
  static let isAddress = isThere("__asan_init")
  /// Whether a thread sanitizer watches.
  static let isThread = isThere("__tsan_init")

  private static func isThere(_ function: String) -> Bool { dlsym(nil, function) != nil }
}
