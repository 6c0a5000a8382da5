import Audio
import Support

/// The recordings of a source that an import uses, after each was read once.
///
/// Of copies of one sound only the first is used, so that none is in two splits.
struct UsableRecordings {
  let recordings: WordRecordings
  /// The most frequent sample rate, in Hz.
  let rate: Int?
  let warnings: [DatasetWarning]
  /// What each file contains, by word and name.
  private let inspections: [[UInt8]: ClipInspection]

  /// Reads every recording.
  ///
  /// - Throws: ``ImportError/badClips(count:examples:)`` unless bad clips are skipped; ``DatasetError`` for one sound
  ///   under two words; `InterruptionError` after Ctrl-C.
  init(
    _ recordings: WordRecordings, _ options: ImportOptions, console: Console, threads: Int
  ) throws {
    let clips = recordings.all
    let reading = options.reading
    let progress = Progress("reading", total: clips.count, unit: "clips", on: console)
    let found = try ParallelWork.map(count: clips.count, threads: threads, during: "the import") { index in
      defer { progress.advance() }
      return ClipInspection(whole: clips[index].path, reading)
    }
    progress.finish()
    let bad = zip(clips, found).compactMap { clip, inspection in
      inspection.problem.map { (path: clip.path, reason: $0) }
    }
    guard bad.isEmpty || options.skipsBad else {
      throw ImportError.badClips(count: bad.count, examples: bad.prefix(10).map(\.reason))
    }
    let copies = Self.copies(clips, found)
    guard copies.contradictions.isEmpty else {
      throw DatasetError.contradictions(
        count: copies.contradictions.count, examples: Array(copies.contradictions.prefix(10)))
    }
    let rest = recordings.excluding(bad.map(\.path) + copies.repeated)
    var warnings = Omission.warnings(rest.omissions)
    if let first = bad.first {
      warnings.append(DatasetWarning(.unreadableClips, count: bad.count, example: first.reason))
    }
    if !copies.repeats.isEmpty {
      warnings.append(
        DatasetWarning(
          .omittedCopies, count: copies.repeats.count, example: DatasetWarning.examples(copies.repeats)))
    }
    self.recordings = rest
    self.warnings = warnings
    rate = RateCount.counts(found.map(\.rate)).first?.rate
    inspections = Dictionary(
      zip(clips.map { "\($0.word)/\($0.name)".nameBytes }, found), uniquingKeysWith: { first, _ in first })
  }

  private static func copies(
    _ clips: [WordRecordings.Recording], _ found: [ClipInspection]
  ) -> (contradictions: [String], repeats: [String], repeated: [String]) {
    var contradictions: [String] = []
    var repeats: [String] = []
    var repeated: [String] = []
    var first: [ContentKey: WordRecordings.Recording] = [:]
    for (clip, inspection) in zip(clips, found) {
      guard let content = inspection.content else { continue }
      guard let other = first[content] else {
        first[content] = clip
        continue
      }
      let pair = "\(clip.word)/\(clip.name) is \(other.word)/\(other.name)"
      if !other.word.isSameName(as: clip.word) {
        contradictions.append(pair)
      } else {
        repeats.append(pair)
        repeated.append(clip.path)
      }
    }
    return (contradictions, repeats, repeated)
  }

  /// What is wrong with the sound of the recordings.
  var soundWarnings: [DatasetWarning] {
    ClipFinding.allCases.compactMap { finding in
      let names = recordings.all.map { "\($0.word)/\($0.name)" }
        .filter { inspections[$0.nameBytes]?.findings.contains(finding) == true }
      return names.isEmpty
        ? nil
        : DatasetWarning(.init(finding), count: names.count, example: DatasetWarning.examples(names))
    }
  }

  /// What the recordings amount to in the data set that was made of them.
  func audit(_ dataset: WordDataset) -> DatasetAudit {
    let clips = dataset.distinctClips
    return DatasetAudit(
      dataset, clips,
      clips.map { clip in
        let name = clip.path.split(separator: "/").suffix(2).joined(separator: "/")
        return inspections[name.nameBytes] ?? ClipInspection(problem: "it was not imported")
      })
  }
}
