import Audio
import Foundation

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
  /// The first clip's sample rate in Hz and its format, such as `flac`; nil when it cannot be read.
  public let rate: Int?
  public let format: String?
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
    let info = all.first.flatMap { try? SoundFile.info($0.path) }
    rate = info?.rate
    format = info == nil ? nil : all.first.map { ($0.path as NSString).pathExtension.lowercased() }
    bytes = all.reduce(0) { total, clip in
      var status = stat()
      return stat(clip.path, &status) == 0 ? total + Int(status.st_size) : total
    }
    supportPool = dataset.pool.support
    queryPool = dataset.pool.query
    provenance = dataset.provenance
    warnings = dataset.warnings.map(\.description)
  }

  /// The summary as lines of text.
  public var text: String {
    var lines = [
      "\(path): \(clips) clips of \(words) words in \(Set(languages.map(\.language)).count) languages"
    ]
    lines.append("  origin        \(provenance?.summary ?? "recorded speech (no \(Provenance.file))")")
    let sound = format.map { format in "\(format), \(rate ?? 0) Hz, " } ?? ""
    lines.append("  sound         \(sound)\(Self.size(bytes))")
    for split in splits {
      let middle = split.median == split.median.rounded() ? String(Int(split.median)) : String(split.median)
      lines.append(
        "  \(Self.padded(split.split)) \(split.clips) clips of \(split.words) words, "
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
