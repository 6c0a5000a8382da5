import Support

/// Clips with the same sound, by what is wrong with them.
struct ContentLeaks {
  /// A clip as it is compared: its content, its class, its part of the protocol; its word and name for messages.
  struct Entry {
    let content: ContentKey
    /// The path; the same file listed twice is no copy.
    let path: [UInt8]
    let label: Int
    let word: String
    /// The split; supports and queries of sessions are two.
    let part: String
    let name: String
  }

  /// Two clips of different words, the first pair of each sound.
  private(set) var contradictions: [String] = []
  /// Two clips of one word in different splits.
  private(set) var leaks: [String] = []
  /// Clips that repeat another one of their split.
  private(set) var repeats: [String] = []

  init(_ entries: [Entry]) {
    var first: [ContentKey: [Entry]] = [:]
    for entry in entries {
      guard let others = first[entry.content] else {
        first[entry.content] = [entry]
        continue
      }
      if let other = others.first(where: { $0.label != entry.label }) {
        contradictions.append(
          "\(other.name), \(other.word), and \(entry.name), \(entry.word)")
      } else if let other = others.first(where: { $0.part != entry.part && $0.path != entry.path }) {
        leaks.append("\(entry.name) in \(entry.part) is \(other.name) in \(other.part)")
      } else if let other = others.first(where: { $0.part == entry.part && $0.path != entry.path }) {
        repeats.append("\(entry.name) is \(other.name)")
      }
      first[entry.content] = others + [entry]
    }
  }
}
