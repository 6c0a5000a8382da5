import Audio
import Foundation
import Support

/// What a data set's sound files contain that its lists do not tell: rates, copies, and clips that cannot be heard.
///
/// It opens every clip once. Bad clips are collected; whoever uses the set decides about them.
public struct DatasetAudit: Sendable, Codable {
  /// The version of what is found; another one audits again.
  public static let version = 1

  /// The sample rates of all clips, the most frequent first.
  public let rates: [RateCount]
  /// The rate of the set: that of its ``WordDataset/reading``, or the most frequent one; nil without a readable clip.
  public let rate: Int?
  /// The clips of each finding, relative to the data set, with their rows.
  public let findings: [ClipFinding: [String]]
  /// Clips of a lower rate than the set's.
  public let lowerRate: [String]
  /// Pairs of clips with the same sound and different words.
  public let contradictions: [String]
  /// Pairs of clips with the same sound in different splits.
  public let leaks: [String]
  /// Clips that repeat another one of their split.
  public let repeats: [String]

  /// Reads every clip of a data set.
  ///
  /// - Throws: `InterruptionError` after Ctrl-C.
  public init(_ dataset: WordDataset, console: Console, threads: Int) throws {
    let clips = dataset.distinctClips
    let reading = dataset.reading
    let files = dataset.files
    let inspections = try Self.inspections(of: clips, "auditing", console: console, threads: threads) {
      clip in
      let found = try? files.read(clip.path) { ClipInspection(whole: $0, reading) }
      return found ?? ClipInspection(problem: "it cannot be read")
    }
    self.init(dataset, clips, inspections)
  }

  /// What inspections of the distinct clips of a data set amount to.
  init(_ dataset: WordDataset, _ clips: [Clip], _ inspections: [ClipInspection]) {
    let usable = zip(clips, inspections).filter { $0.1.problem == nil }
    rates = RateCount.counts(usable.map(\.1.rate))
    let rate = dataset.reading.rate ?? rates.first?.rate
    self.rate = rate
    lowerRate = usable.filter { $0.1.rate < rate ?? 0 }.map { dataset.name(of: $0.0) }
    var findings: [ClipFinding: [String]] = [:]
    for (clip, inspection) in usable {
      for finding in inspection.findings { findings[finding, default: []].append(dataset.name(of: clip)) }
    }
    self.findings = findings
    let contents = Dictionary(
      zip(clips, inspections).compactMap { clip, inspection in
        inspection.content.map { (clip.path.nameBytes, $0) }
      },
      uniquingKeysWith: { first, _ in first })
    let copies = ContentLeaks(
      Split.allCases.flatMap { split in
        zip(dataset.clips(split), dataset.parts(split)).compactMap { clip, part in
          contents[clip.path.nameBytes].map {
            ContentLeaks.Entry(
              content: $0, path: clip.path.nameBytes, label: clip.label,
              word: "\"\(clip.word)\" (\(clip.language))", part: part,
              name: dataset.name(of: clip))
          }
        }
      })
    contradictions = copies.contradictions
    leaks = copies.leaks
    repeats = copies.repeats
  }

  static func inspections(
    of clips: [Clip], _ label: String, console: Console, threads: Int,
    _ inspect: @escaping @Sendable (Clip) -> ClipInspection
  ) throws -> [ClipInspection] {
    let progress = Progress(label, total: clips.count, unit: "clips", on: console)
    defer { progress.finish() }
    return try ParallelWork.map(count: clips.count, threads: threads, during: "the audit") { index in
      defer { progress.advance() }
      return inspect(clips[index])
    }
  }

  /// Everything that a user should know, without the contradictions.
  public var warnings: [DatasetWarning] {
    var warnings: [DatasetWarning] = []
    func add(_ kind: DatasetWarning.Kind, _ names: [String]) {
      guard !names.isEmpty else { return }
      warnings.append(DatasetWarning(kind, count: names.count, example: DatasetWarning.examples(names)))
    }
    if rates.count > 1 {
      let others = rates.filter { $0.rate != rate }.reduce(0) { $0 + $1.clips }
      warnings.append(
        DatasetWarning(
          .mixedRates, count: others, example: "\(rate ?? 0) Hz: \(RateCount.text(rates))"))
    }
    add(.lowerRates, lowerRate)
    add(.leaks, leaks)
    add(.repeatedClips, repeats)
    for finding in ClipFinding.allCases { add(.init(finding), findings[finding] ?? []) }
    return warnings
  }

  /// Refuses clips with the same sound and different words.
  ///
  /// - Throws: ``DatasetError/contradictions(count:examples:)``.
  public func requireConsistent() throws {
    guard contradictions.isEmpty else {
      throw DatasetError.contradictions(
        count: contradictions.count, examples: Array(contradictions.prefix(10)))
    }
  }
}

extension DatasetWarning.Kind {
  init(_ finding: ClipFinding) {
    switch finding {
    case .silent: self = .silentClips
    case .late: self = .lateClips
    case .beyondFullScale: self = .clipsBeyondFullScale
    case .clipped: self = .clippedClips
    case .offset: self = .clipsWithOffset
    }
  }
}

extension WordDataset {
  /// Every clip once, in the order of the lists.
  package var distinctClips: [Clip] {
    var seen = Set<[UInt8]>()
    return Split.allCases.flatMap(clips).filter { seen.insert($0.path.nameBytes).inserted }
  }

  /// A clip's path relative to the data set, with its row.
  func name(of clip: Clip) -> String {
    let inside = clip.path.hasPrefix(path + "/") ? String(clip.path.dropFirst(path.count + 1)) : clip.path
    return "\(inside) (\(clip.file):\(clip.row))"
  }

  /// The part of the protocol of each clip of a split; in sessions, supports come from the first clips of a word.
  func parts(_ split: Split) -> [String] {
    guard split == .evaluation else { return clips(split).map { _ in split.rawValue } }
    let supports = pool.support
    var counts: [Int: Int] = [:]
    return clips(split).map { clip in
      counts[clip.label, default: 0] += 1
      return counts[clip.label, default: 0] <= supports ? "the supports" : "the queries"
    }
  }
}
