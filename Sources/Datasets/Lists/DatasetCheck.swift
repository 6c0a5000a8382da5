import Audio
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
    /// Only the header: fast, but damage after it goes unnoticed.
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
  /// Clips that contain only zeros.
  public let silent: Int

  /// `.data` when any clip cannot be used.
  public var exitCode: ExitCode { bad.isEmpty ? .done : .data }

  /// Checks the data set at `path`.
  ///
  /// - Throws: ``DatasetError`` or `FileError` when its lists cannot be read, `InterruptionError` after Ctrl-C; bad
  ///   clips are collected in ``bad``.
  public init(path: String, depth: Depth = .samples, console: Console, threads: Int) throws {
    let dataset = try WordDataset(path: path, checkingFiles: true)
    var seen = Set<[UInt8]>()
    let clips = Split.allCases.flatMap(dataset.clips).filter { seen.insert($0.path.nameBytes).inserted }
    let progress = Progress("checking", total: clips.count, unit: "clips", on: console)
    let findings = try ParallelWork.map(count: clips.count, threads: threads, during: "the check") { index in
      defer { progress.advance() }
      return Self.inspect(clips[index], depth)
    }
    progress.finish()
    self.dataset = dataset
    checked = clips.count
    bad = zip(clips, findings).compactMap { clip, finding in
      finding.reason.map { BadClip(file: clip.file, row: clip.row, path: clip.path, reason: $0) }
    }
    longer = findings.count { $0.seconds > 1.0005 }
    shorter = findings.count { $0.reason == nil && $0.seconds < 0.9995 }
    silent = findings.count { $0.isSilent }
  }

  private struct Finding: Sendable {
    var reason: String?
    var seconds = 0.0
    var isSilent = false
  }

  private static func inspect(_ clip: Clip, _ depth: Depth) -> Finding {
    do {
      if depth == .headers {
        let info = try SoundFile.info(clip.path)
        return info.frames > 0
          ? Finding(seconds: info.seconds) : Finding(reason: "\(clip.path) contains no samples")
      }
      var isSilent = true
      let info = try SoundFile.decode(clip.path) { block in
        isSilent = isSilent && block.allSatisfy { $0 == 0 }
      }
      return Finding(seconds: info.seconds, isSilent: isSilent)
    } catch {
      return Finding(reason: error.fact)
    }
  }

  /// The result as text: every bad clip, then a summary.
  public var text: String {
    var lines = bad.map(\.description)
    lines += dataset.warnings.filter { $0.kind != .missingClips }.map { "warning: \($0)" }
    if silent > 0 { lines.append("warning: \(silent) clips are silent") }
    if longer > 0 {
      lines.append("\(longer) clips are longer than one second: only the first second is used")
    }
    if shorter > 0 {
      lines.append("\(shorter) clips are shorter than one second: they are padded with silence")
    }
    lines.append(
      bad.isEmpty
        ? "all \(checked) clips of \(dataset.path) can be used"
        : "\(bad.count) of \(checked) clips of \(dataset.path) cannot be used. "
          + "Hint: restore them, or remove their rows")
    return lines.joined(separator: "\n")
  }
}
