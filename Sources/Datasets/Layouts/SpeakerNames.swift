import Foundation
import Tensors

/// Speakers, as far as the names of clips tell them: `yes/anna_1.wav`, `yes/yes_anna_1.wav`, `yes-anna-1.wav`.
///
/// A bare number is never a speaker: it may as well count clips. Neither are the names that data sets give to all clips
/// of a split or a language.
package enum SpeakerNames {
  /// The character between the parts of a name: `_`, or `-` in a name without it.
  static func separator(of stem: String) -> Character { stem.contains("_") ? "_" : "-" }

  /// The speaker of a clip of `word` whose name without its extension is `stem`: what stands before the take, which is
  /// a number, without the word itself; nil when the name does not tell.
  package static func speaker(stem: String, word: String) -> String? {
    if let mark = stem.firstRange(of: "_nohash_") { return String(stem[..<mark.lowerBound]) }
    let separator = separator(of: stem)
    let hasWord = stem.lowercased().hasPrefix(word.lowercased() + String(separator))
    let rest = hasWord ? stem.dropFirst(word.count + 1) : Substring(stem)
    let parts = rest.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count >= 2, let take = parts.last, isNumber(take) else { return nil }
    return speaker(parts: parts.dropLast(), separator)
  }

  /// The speaker that parts of a name make; nil for a bare number, and for parts that name no speaker.
  static func speaker(parts: some Sequence<Substring>, _ separator: Character) -> String? {
    let name = parts.joined(separator: String(separator))
    let isGeneric = name.hasPrefix("common_voice_") || parts.contains { splitNames.contains($0.lowercased()) }
    return name.isEmpty || isNumber(name) || isGeneric ? nil : name
  }

  /// The speakers of clips; nil for each when they are not plausible as a whole: when a clip has none, there is only
  /// one, or each is as good as a word, since `clip_01` would make one speaker of everybody.
  static func plausible(_ clips: [(stem: String, word: String)]) -> [String]? {
    let speakers = clips.compactMap { speaker(stem: $0.stem, word: $0.word) }
    guard speakers.count == clips.count else { return nil }
    let words = Dictionary(grouping: zip(speakers, clips), by: \.0).mapValues { Set($0.map(\.1.word)) }
    let isShared = words.values.contains { $0.count > 1 }
    let wordCount = Set(clips.map(\.word)).count
    return words.count >= 2 && (isShared || words.count > wordCount) ? speakers : nil
  }

  private static let splitNames: Set = ["train", "val", "test", "support", "query"]

  private static func isNumber(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.allSatisfy(\.isNumber)
  }
}
