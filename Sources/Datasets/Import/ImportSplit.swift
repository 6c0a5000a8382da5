import Foundation
import Support
import Tensors

/// Distributes recordings over the four splits.
///
/// - Words: the first 60 % sorted by name are base words, the rest session words, unless options say otherwise.
/// - Base words: as the source's own lists or folders state. Without them, 70 % of the clips are for training, 10 % for
///   validation, 20 % for the test; where speakers are known, each is in one of the three only.
/// - Session words: ordered by speaker, so that supports (the first half) and queries have at most one speaker in
///   common.
struct ImportSplit {
  let base: [String]
  let session: [String]
  /// The rows of each split, word by word.
  let rows: [Split: [WordRecordings.Recording]]
  /// Whether no speaker is in two of the base splits.
  let isBySpeaker: Bool
  /// The lists or folders whose splits were followed.
  let sources: [String]
  let warnings: [DatasetWarning]

  private static let baseFraction = 0.6
  private static let fractions: [(split: Split, fraction: Double)] = [
    (.train, 0.7), (.val, 0.1), (.test, 0.2),
  ]

  /// - Throws: ``ImportError`` for options that do not match the words, ``DatasetError`` for a base word with one clip.
  init(_ recordings: WordRecordings, options: ImportOptions) throws {
    let parts = try Self.parts(recordings.words, options)
    base = parts.base
    session = parts.session
    let byWord = Dictionary(grouping: recordings.all, by: \.word.nameBytes)
    let ofBase = base.flatMap { byWord[$0.nameBytes] ?? [] }
    var warnings: [DatasetWarning] = []
    let used = Set((parts.base + parts.session).map(\.nameBytes))
    let unused = recordings.words.filter { !used.contains($0.nameBytes) }
    if !unused.isEmpty {
      warnings.append(
        DatasetWarning(
          .unusedClips, count: unused.reduce(0) { $0 + (byWord[$1.nameBytes]?.count ?? 0) },
          example: DatasetWarning.examples(unused)))
    }
    let speakers = recordings.speakers
    let stated = recordings.splitSources.isEmpty ? nil : Self.stated(ofBase, base)
    if stated == nil, !recordings.splitSources.isEmpty {
      warnings.append(
        DatasetWarning(.unusableSplits, example: DatasetWarning.examples(recordings.splitSources)))
    }
    let bySpeaker = stated == nil ? Self.bySpeaker(ofBase, speakers, base, options.seed) : nil
    if stated == nil, bySpeaker == nil, let first = speakers.first {
      warnings.append(DatasetWarning(.sharedSpeakers, count: speakers.count, example: first))
    }
    var rows = try stated ?? bySpeaker ?? Self.byClip(base, recordings.all, options.seed)
    rows[.evaluation] = Self.sessions(session, recordings, options.seed)
    self.rows = rows
    isBySpeaker = !speakers.isEmpty && Self.separatesSpeakers(rows)
    sources = stated == nil ? [] : recordings.splitSources
    self.warnings = warnings
  }

  /// Half of the clips of the smallest session word for supports, half for queries.
  var pool: (support: Int, query: Int) {
    let counts = Dictionary(grouping: rows[.evaluation] ?? [], by: \.word.nameBytes).mapValues(\.count)
    let fewest = counts.values.min() ?? 0
    return (fewest / 2, fewest - fewest / 2)
  }

  private static func parts(
    _ words: [String], _ options: ImportOptions
  ) throws -> (base: [String], session: [String]) {
    let base = try options.base?.map { try word($0, in: words) }.uniquedNames()
    let session = try options.session?.map { try word($0, in: words) }.uniquedNames()
    func others(_ named: [String]) -> [String] {
      words.filter { word in !named.contains { $0.isSameName(as: word) } }
    }
    if let base, let session,
      let both = base.first(where: { word in session.contains { $0.isSameName(as: word) } })
    {
      throw ImportError.usage("\"\(both)\" is both a base word and a session word", hint: "name it once")
    }
    let parts: (base: [String], session: [String])
    switch (base, session) {
    case (let base?, let session?): parts = (base, session)
    case (let base?, nil): parts = (base, others(base))
    case (nil, let session?): parts = (others(session), session)
    case (nil, nil):
      let count = min(max(1, Int((baseFraction * Double(words.count)).rounded())), max(1, words.count - 1))
      parts = (Array(words.prefix(count)), Array(words.dropFirst(count)))
    }
    guard !parts.base.isEmpty else {
      throw ImportError.usage("there are no base words", hint: "name some with --base")
    }
    return parts
  }

  /// The source's word of this name: of the same bytes, else in another normal form, as keyboards and systems differ.
  private static func word(_ name: String, in words: [String]) throws -> String {
    if let word = words.first(where: { $0.isSameName(as: name) }) { return word }
    if let word = words.first(where: { $0 == name }) { return word }
    throw ImportError.usage(
      "there is no word \"\(name)\"; there are \(words.map(\.escapedName).joined(separator: ", "))",
      hint: name.nearest(in: words).map { "did you mean \"\($0)\"?" })
  }

  /// The splits that the source states; nil when a base word lacks training or test clips in them.
  private static func stated(
    _ recordings: [WordRecordings.Recording], _ words: [String]
  ) -> [Split: [WordRecordings.Recording]]? {
    let rows = Dictionary(grouping: recordings) { $0.split ?? .train }
    return isWhole(rows, words) ? rows : nil
  }

  /// Whether every base word has clips for training and for the test.
  private static func isWhole(_ rows: [Split: [WordRecordings.Recording]], _ words: [String]) -> Bool {
    [Split.train, .test].allSatisfy { split in
      Set((rows[split] ?? []).map(\.word.nameBytes)).count == words.count
    }
  }

  private static func separatesSpeakers(_ rows: [Split: [WordRecordings.Recording]]) -> Bool {
    let sets = fractions.map { Set((rows[$0.split] ?? []).compactMap(\.speaker)) }
    return sets.reduce(0) { $0 + $1.count } == sets.reduce(Set()) { $0.union($1) }.count
  }

  /// Nil when speakers are unknown, or too few to give every base word training and test clips.
  private static func bySpeaker(
    _ recordings: [WordRecordings.Recording], _ speakers: [String], _ words: [String], _ seed: UInt64
  ) -> [Split: [WordRecordings.Recording]]? {
    guard speakers.count >= 3 else { return nil }
    let counts = Dictionary(grouping: recordings, by: \.speaker).mapValues(\.count)
    var random = RandomStream(seed: seed, purpose: "import speakers")
    var filled: [Split: Double] = [:]
    var assigned: [String: Split] = [:]
    for (position, index) in random.permutation(speakers.count).enumerated() {
      // One of the first three speakers for each split; then the split that is furthest below its fraction.
      let emptiest = fractions.max { a, b in
        a.fraction - (filled[a.split] ?? 0) / Double(recordings.count)
          < b.fraction - (filled[b.split] ?? 0) / Double(recordings.count)
      }
      let split = position < fractions.count ? fractions[position].split : emptiest?.split ?? .train
      assigned[speakers[index]] = split
      filled[split, default: 0] += Double(counts[speakers[index]] ?? 0)
    }
    let rows = Dictionary(grouping: recordings) { $0.speaker.flatMap { assigned[$0] } ?? .train }
    return isWhole(rows, words) ? rows : nil
  }

  private static func byClip(
    _ words: [String], _ recordings: [WordRecordings.Recording], _ seed: UInt64
  ) throws -> [Split: [WordRecordings.Recording]] {
    var rows: [Split: [WordRecordings.Recording]] = [:]
    for word in words {
      let clips = recordings.filter { $0.word.isSameName(as: word) }
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
    _ words: [String], _ recordings: WordRecordings, _ seed: UInt64
  ) -> [WordRecordings.Recording] {
    var random = RandomStream(seed: seed, purpose: "import session speakers")
    let speakers = recordings.speakers
    let order = random.permutation(speakers.count)
    let rank = Dictionary(zip(order.map { speakers[$0] }, 0...), uniquingKeysWith: { first, _ in first })
    return words.flatMap { word in
      let clips = recordings.all.filter { $0.word.isSameName(as: word) }
      var random = RandomStream(seed: seed, purpose: "import session clips \(word)")
      let shuffled = random.permutation(clips.count).map { clips[$0] }
      return shuffled.enumerated().sorted { a, b in
        let ranks = [a, b].map { rank[$0.element.speaker ?? ""] ?? 0 }
        return ranks[0] == ranks[1] ? a.offset < b.offset : ranks[0] < ranks[1]
      }.map(\.element)
    }
  }
}
