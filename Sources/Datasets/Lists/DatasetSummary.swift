import Audio
import Foundation
import Support

/// The contents of a data set in numbers, as `data info` prints them.
public struct DatasetSummary: Sendable, Codable, Hashable {
  /// The clips of one split.
  public struct SplitCount: Sendable, Codable, Hashable {
    public let split: String
    public let clips: Int
    public let words: Int
    /// The minimum, median and maximum number of clips a word.
    public let fewest: Int
    public let median: Double
    public let most: Int
  }

  /// The words and clips of one language.
  public struct LanguageCount: Sendable, Codable, Hashable {
    public let language: String
    public let part: String
    public let words: Int
    public let clips: Int
  }

  public let path: String
  public let words: Int
  public let clips: Int
  public let splits: [SplitCount]
  public let languages: [LanguageCount]
  /// The rate that clips are read at, in Hz, and the first clip's format, such as `flac`; nil when none can be read.
  public let rate: Int?
  public let format: String?
  /// The sample rates of all clips, the most frequent first; of synthetic speech, that of the first clip.
  public let rates: [RateCount]
  /// The speakers of each split; nil when names do not tell them.
  public let speakers: SpeakerTable?
  /// The size of all clips in bytes.
  public let bytes: Int
  /// From how many samples of a session word supports and queries are drawn.
  public let supportPool: Int
  public let queryPool: Int
  public let provenance: Provenance?
  public let warnings: [String]

  /// Counts words and clips, and adds up the sizes of all sound files.
  public init(_ dataset: WordDataset) {
    path = dataset.path
    words = dataset.words.count
    let all = Split.allCases.flatMap(dataset.clips)
    clips = all.count
    splits = Split.allCases.filter { !dataset.clips($0).isEmpty }.map { split in
      let counts = dataset.counts(split).filter { $0 > 0 }.sorted()
      let middle = Double(counts[(counts.count - 1) / 2] + counts[counts.count / 2]) / 2
      return SplitCount(
        split: split.rawValue, clips: counts.reduce(0, +), words: counts.count, fewest: counts[0],
        median: middle,
        most: counts[counts.count - 1])
    }
    languages = Part.allCases.flatMap { part in
      let languages = part == .base ? dataset.baseLanguages : dataset.sessionLanguages
      return languages.map { language in
        LanguageCount(
          language: language, part: part.rawValue,
          words: dataset.words.count { $0.language == language && $0.part == part },
          clips: all.count { $0.language == language && dataset.words[$0.label].part == part })
      }
    }
    rates = dataset.rates()
    rate = dataset.reading.rate ?? rates.first?.rate
    speakers = SpeakerTable(dataset)
    format = rate == nil ? nil : all.first.map { ($0.path as NSString).pathExtension.lowercased() }
    bytes = all.reduce(0) { total, clip in
      var status = stat()
      return stat(clip.path, &status) == 0 ? total + Int(status.st_size) : total
    }
    supportPool = dataset.pool.support
    queryPool = dataset.pool.query
    provenance = dataset.provenance
    warnings = (dataset.warnings + [speakers?.warning].compactMap(\.self)).map(\.description)
  }

  /// The summary as lines of text.
  public var text: String {
    var lines = [
      "\(path): \("clip".counted(clips)) of \("word".counted(words)) in "
        + "\("language".counted(Set(languages.map(\.language)).count))"
    ]
    lines.append("  origin        \(provenance?.summary ?? "recorded speech (no \(Provenance.file))")")
    let sound = format.map { format in "\(format), \(rate ?? 0) Hz, " } ?? ""
    lines.append("  sound         \(sound)\(Self.size(bytes))")
    if rates.count > 1 { lines.append("  rates         \(RateCount.text(rates))") }
    if let speakers { lines.append("  speakers      \(speakers.text)") }
    for split in splits {
      let middle = split.median == split.median.rounded() ? String(Int(split.median)) : String(split.median)
      lines.append(
        "  \(Self.padded(split.split)) \("clip".counted(split.clips)) of \("word".counted(split.words)), "
          + "\(split.fewest)/\(middle)/\(split.most) per word (min/median/max)")
    }
    lines.append(
      "  sessions      supports from the first \(supportPool) clips of a word, "
        + "queries from the next \(queryPool)"
    )
    for part in Part.allCases {
      let parts = languages.filter { $0.part == part.rawValue }
      guard !parts.isEmpty else { continue }
      let list = parts.map { "\($0.language) \($0.words)" }.joined(separator: ", ")
      lines.append("  \(Self.padded("\(part) words")) \(list)")
    }
    lines += warnings.map { "  warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  private static func padded(_ text: String) -> String {
    text.padding(toLength: 13, withPad: " ", startingAt: 0)
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 1_000_000 ? "\(bytes / 1_000) kB" : "\(bytes / 1_000_000) MB"
  }
}
