import Foundation
import Tensors

/// Puts the recordings of a folder of words into the four splits.
///
/// - Words: the first 60 % in order of name are base words, the rest session words, unless options say
///   otherwise.
/// - Base words: 70 % of the clips train, 10 % validate, 20 % test. Where speakers are known, a speaker is in
///   one of the three only.
/// - Session words: speaker by speaker, so that supports (the first half) and queries share at most one
///   speaker.
struct ImportSplit {
  let base: [String]
  let session: [String]
  /// The rows of each split, word by word.
  let rows: [Split: [WordFolder.Recording]]
  /// Whether no speaker is in two of the base splits.
  let isBySpeaker: Bool
  let warnings: [DatasetWarning]

  private static let baseShare = 0.6
  private static let shares: [(split: Split, share: Double)] = [(.train, 0.7), (.val, 0.1), (.test, 0.2)]

  init(_ folder: WordFolder, options: ImportOptions) throws {
    (base, session) = try Self.parts(folder.words, options)
    let ofBase = base.flatMap { word in folder.recordings.filter { $0.word == word } }
    var warnings: [DatasetWarning] = []
    let used = Set(base + session)
    let unused = folder.recordings.count { !used.contains($0.word) }
    if unused > 0 {
      warnings.append(
        DatasetWarning(.unusedClips, count: unused, "\(unused) clips of words in neither part left out"))
    }
    let bySpeaker = Self.bySpeaker(ofBase, folder.speakers, base, options.seed)
    if bySpeaker == nil, !folder.speakers.isEmpty {
      warnings.append(
        DatasetWarning(
          .sharedSpeakers, count: folder.speakers.count,
          "too few speakers to keep them apart: a speaker of the training clips may be tested, too"))
    }
    var rows = try bySpeaker ?? Self.byClip(base, folder.recordings, options.seed)
    rows[.evaluation] = Self.sessions(session, folder, options.seed)
    self.rows = rows
    isBySpeaker = bySpeaker != nil
    self.warnings = warnings
  }

  /// Of the session word that has fewest clips: half for supports, half for queries.
  var pool: (support: Int, query: Int) {
    let counts = Dictionary(grouping: rows[.evaluation] ?? [], by: \.word).mapValues(\.count)
    let fewest = counts.values.min() ?? 0
    return (fewest / 2, fewest - fewest / 2)
  }

  private static func parts(_ words: [String], _ options: ImportOptions) throws -> ([String], [String]) {
    for word in (options.base ?? []) + (options.session ?? []) where !words.contains(word) {
      let near = word.nearest(in: words).map { " Did you mean \"\($0)\"?" } ?? ""
      throw ImportError.usage(
        "there is no word \"\(word)\".\(near) Words: \(words.joined(separator: ", "))")
    }
    if let both = options.base?.first(where: { options.session?.contains($0) ?? false }) {
      throw ImportError.usage("\"\(both)\" is a base word and a session word", hint: "name it once")
    }
    let parts: ([String], [String])
    switch (options.base, options.session) {
    case (let base?, let session?): parts = (base.uniqued(), session.uniqued())
    case (let base?, nil): parts = (base.uniqued(), words.filter { !base.contains($0) })
    case (nil, let session?): parts = (words.filter { !session.contains($0) }, session.uniqued())
    case (nil, nil):
      let count = min(max(1, Int((baseShare * Double(words.count)).rounded())), max(1, words.count - 1))
      parts = (Array(words.prefix(count)), Array(words.dropFirst(count)))
    }
    guard !parts.0.isEmpty else {
      throw ImportError.usage("there are no base words", hint: "name some with --base")
    }
    return parts
  }

  /// Nil when speakers are not known, or too few to give every base word training and test clips.
  private static func bySpeaker(
    _ recordings: [WordFolder.Recording], _ speakers: [String], _ words: [String], _ seed: UInt64
  ) -> [Split: [WordFolder.Recording]]? {
    guard speakers.count >= 3 else { return nil }
    let counts = Dictionary(grouping: recordings, by: \.speaker).mapValues(\.count)
    var random = RandomStream(seed: seed, purpose: "import speakers")
    var filled: [Split: Double] = [:]
    var place: [String: Split] = [:]
    for (position, index) in random.permutation(speakers.count).enumerated() {
      // The first three speakers give every split one; then the split that lacks most of its share.
      let emptiest = shares.max { a, b in
        a.share - (filled[a.split] ?? 0) / Double(recordings.count)
          < b.share - (filled[b.split] ?? 0) / Double(recordings.count)
      }
      let split = position < shares.count ? shares[position].split : emptiest?.split ?? .train
      place[speakers[index]] = split
      filled[split, default: 0] += Double(counts[speakers[index]] ?? 0)
    }
    let rows = Dictionary(grouping: recordings) { $0.speaker.flatMap { place[$0] } ?? .train }
    let isWhole = [Split.train, .test].allSatisfy { split in
      Set((rows[split] ?? []).map(\.word)).count == words.count
    }
    return isWhole ? rows : nil
  }

  private static func byClip(
    _ words: [String], _ recordings: [WordFolder.Recording], _ seed: UInt64
  ) throws -> [Split: [WordFolder.Recording]] {
    var rows: [Split: [WordFolder.Recording]] = [:]
    for word in words {
      let clips = recordings.filter { $0.word == word }
      guard clips.count >= 2 else {
        throw DatasetError.tooFewSamples(
          word: word, language: "base word", list: "the folder", found: clips.count, needed: 2,
          hint: "leave it out of --base")
      }
      var random = RandomStream(seed: seed, purpose: "import clips \(word)")
      let order = random.permutation(clips.count)
      let test = max(1, Int((0.2 * Double(clips.count)).rounded()))
      let val = min(Int((0.1 * Double(clips.count)).rounded()), clips.count - test - 1)
      for (position, index) in order.enumerated() {
        let split: Split = position < test ? .test : position < test + val ? .val : .train
        rows[split, default: []].append(clips[index])
      }
    }
    return rows
  }

  private static func sessions(
    _ words: [String], _ folder: WordFolder, _ seed: UInt64
  ) -> [WordFolder.Recording] {
    var random = RandomStream(seed: seed, purpose: "import session speakers")
    let speakers = folder.speakers
    let order = random.permutation(speakers.count)
    let rank = Dictionary(zip(order.map { speakers[$0] }, 0...), uniquingKeysWith: { first, _ in first })
    return words.flatMap { word in
      let clips = folder.recordings.filter { $0.word == word }
      var random = RandomStream(seed: seed, purpose: "import session clips \(word)")
      let shuffled = random.permutation(clips.count).map { clips[$0] }
      return shuffled.enumerated().sorted { a, b in
        let ranks = [a, b].map { rank[$0.element.speaker ?? ""] ?? 0 }
        return ranks[0] == ranks[1] ? a.offset < b.offset : ranks[0] < ranks[1]
      }.map(\.element)
    }
  }
}
