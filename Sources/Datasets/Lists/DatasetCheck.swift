import Foundation
import Support

/// Opens every clip of a data set and reports those that cannot be used.
public struct DatasetCheck: Sendable {
  /// A clip that cannot be used, and where it is listed.
  public struct BadClip: Hashable, Sendable, CustomStringConvertible {
    public let file: String
    public let row: Int
    public let path: String
    public let reason: String

    public var description: String { "\(ErrorLocation.row(file: file, row: row)): \(reason)" }
  }

  /// How much of each clip is read.
  public enum Depth: Sendable {
    /// Only the header and the file's length: fast, but damaged samples go unnoticed.
    case headers
    /// Every sample.
    case samples
  }

  /// The data set that was checked.
  public let dataset: WordDataset
  /// The number of distinct clips.
  public let checked: Int
  /// Clips that cannot be used, in the order of the lists.
  public let bad: [BadClip]
  /// Clips longer than one second; only the first second is used.
  public let longer: Int
  /// Clips shorter than one second; they are padded with silence.
  public let shorter: Int
  /// Rates, copies and what cannot be heard; of headers only the rates.
  public let audit: DatasetAudit
  /// The speakers of each split; nil when names do not tell them.
  public let speakers: SpeakerTable?
  /// Problems of the lists and of the sound that do not prevent use.
  public let warnings: [DatasetWarning]

  /// `.data` when any clip cannot be used, or contradicts another.
  public var exitCode: ExitCode { bad.isEmpty && audit.contradictions.isEmpty ? .done : .data }

  /// Checks the data set at `path`.
  ///
  /// - Throws: ``DatasetError`` or `FileError` when its lists cannot be read, `InterruptionError` after Ctrl-C; bad
  ///   clips are collected in ``bad``.
  public init(path: String, depth: Depth = .samples, console: Console, threads: Int) throws {
    let dataset = try WordDataset(path: path, checkingFiles: true)
    let clips = dataset.distinctClips
    let reading = dataset.reading
    let inspections = try DatasetAudit.inspections(of: clips, "checking", console: console, threads: threads)
    {
      depth == .headers ? ClipInspection(header: $0.path) : ClipInspection(whole: $0.path, reading)
    }
    self.dataset = dataset
    checked = clips.count
    bad = zip(clips, inspections).compactMap { clip, inspection in
      inspection.problem.map { BadClip(file: clip.file, row: clip.row, path: clip.path, reason: $0) }
    }
    longer = inspections.count { $0.seconds > 1.0005 }
    shorter = inspections.count { $0.problem == nil && $0.seconds < 0.9995 }
    audit = DatasetAudit(dataset, clips, inspections)
    speakers = SpeakerTable(dataset)
    warnings =
      dataset.warnings.filter { $0.kind != .missingClips } + audit.warnings
      + [speakers?.warning].compactMap(\.self)
  }

  /// The result as text: every bad clip, then a summary.
  public var text: String {
    var lines = bad.map(\.description)
    lines += audit.contradictions.map { "error: the same sound with two words: \($0)" }
    lines += warnings.map { "warning: \($0)" }
    if let speakers { lines.append("speakers: \(speakers.text)") }
    if longer > 0 {
      let used = dataset.reading.isAligned ? "loudest" : "first"
      lines.append(
        "\("clip".counted(longer)) \(longer == 1 ? "is" : "are") longer than one second: "
          + "only the \(used) second is used"
      )
    }
    if shorter > 0 {
      lines.append(
        "\("clip".counted(shorter)) \(shorter == 1 ? "is" : "are") shorter than one second and padded with silence"
      )
    }
    if !bad.isEmpty {
      lines.append(
        "\(bad.count) of \(checked) clips of \(dataset.path) cannot be used. "
          + "Hint: restore them, or remove their rows")
    } else if !audit.contradictions.isEmpty {
      lines.append(
        "\("clip".counted(audit.contradictions.count)) of \(dataset.path) "
          + (audit.contradictions.count == 1 ? "contradicts" : "contradict")
          + " others. Hint: remove those of the wrong word"
      )
    } else {
      lines.append("all \("clip".counted(checked)) of \(dataset.path) can be used")
    }
    return lines.joined(separator: "\n")
  }
}
