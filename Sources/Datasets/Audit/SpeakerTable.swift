import Foundation
import Support

/// The speakers of each split, as far as the names of clips tell them.
public struct SpeakerTable: Sendable, Codable, Hashable {
  /// How many speakers a split has.
  public struct Count: Sendable, Codable, Hashable {
    public let split: String
    public let speakers: Int
  }

  /// In order of the splits; a split without clips is left out.
  public let counts: [Count]
  /// The speakers of training clips that also have validation or test clips, sorted by name.
  public let shared: [String]

  /// Nil when names do not tell the speakers, and for synthetic speech, whose names have none.
  init?(_ dataset: WordDataset) {
    guard dataset.provenance?.isSynthetic != true else { return nil }
    let clips = Split.allCases.flatMap { split in dataset.clips(split).map { (split: split, clip: $0) } }
    guard let speakers = SpeakerNames.plausible(clips.map { ($0.clip.stem, $0.clip.word) }) else {
      return nil
    }
    var sets: [Split: Set<String>] = [:]
    for (entry, speaker) in zip(clips, speakers) { sets[entry.split, default: []].insert(speaker) }
    counts = Split.allCases.compactMap { split in
      sets[split].map { Count(split: split.rawValue, speakers: $0.count) }
    }
    let tested = (sets[.val] ?? []).union(sets[.test] ?? [])
    shared = (sets[.train] ?? []).intersection(tested).sorted()
  }

  /// `train 4, val 1, test 1, evaluation 6`.
  public var text: String { counts.map { "\($0.split) \($0.speakers)" }.joined(separator: ", ") }

  /// A warning about shared speakers; nil when there are none.
  var warning: DatasetWarning? {
    shared.isEmpty
      ? nil
      : DatasetWarning(.speakersInTraining, count: shared.count, example: DatasetWarning.examples(shared))
  }
}

extension Clip {
  /// The file's name without its extension; an import puts the split before a name, which is no part of it.
  fileprivate var stem: String {
    let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let prefix = Split.allCases.map { "\($0.rawValue)_" }.first { stem.hasPrefix($0) }
    return String(stem.dropFirst(prefix?.count ?? 0))
  }
}
