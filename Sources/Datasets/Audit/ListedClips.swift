import Support

/// Clips that several rows list.
enum ListedClips {
  /// Warns of clips in several splits.
  ///
  /// - Parameter clips: the clips of all splits, in the order of the lists.
  /// - Throws: ``DatasetError/contradictions(count:examples:)`` for clips that are listed under two words.
  static func leaks(_ clips: [Clip], _ words: [Word]) throws -> [DatasetWarning] {
    var first: [[UInt8]: Clip] = [:]
    first.reserveCapacity(clips.count)
    var contradictions: [String] = []
    var leaks: [String] = []
    for clip in clips {
      guard let other = first.updateValue(clip, forKey: clip.path.nameBytes) else { continue }
      let rows = "\(other.file):\(other.row) and \(clip.file):\(clip.row)"
      if other.label != clip.label {
        contradictions.append(
          "\(clip.path) is \"\(other.word)\" (\(other.language)) and \"\(clip.word)\" (\(clip.language)) in \(rows)"
        )
      } else {
        leaks.append(rows)
      }
    }
    guard contradictions.isEmpty else {
      throw DatasetError.contradictions(
        count: contradictions.count, examples: Array(contradictions.prefix(10)))
    }
    return leaks.isEmpty
      ? [] : [DatasetWarning(.listedInTwoSplits, count: leaks.count, example: DatasetWarning.examples(leaks))]
  }
}
