import Audio
import Foundation
import Support

/// What one clip's file contains, as far as a data set is concerned.
struct ClipInspection: Sendable {
  /// Why it cannot be used; nil when it can.
  var problem: String?
  /// In Hz; 0 for a file that cannot be read.
  var rate = 0
  var seconds = 0.0
  /// ``ClipSound/content``; nil for a clip of which only the header was read, too.
  var content: ContentKey?
  var findings: [ClipFinding] = []

  /// A file that cannot be read.
  init(problem: String) { self.problem = problem }

  /// Inspects a file's header, and whether the file is as long as the header says.
  init(header path: String) {
    do {
      let info = try SoundFile.info(path, requiringAll: true)
      rate = info.rate
      seconds = info.seconds
      if info.frames == 0 { problem = "\(path) contains no samples" }
      try ClipReading.require(rate: info.rate, path)
    } catch {
      problem = error.fact
    }
  }

  /// Inspects every sample of a file.
  init(whole path: String, _ reading: ClipReading) {
    do {
      let sound = try ClipSound(path, reading)
      rate = sound.rate
      seconds = sound.seconds
      findings = sound.findings
      content = sound.content
    } catch {
      problem = error.fact
    }
  }
}

/// How many clips have which sample rate.
public struct RateCount: Sendable, Codable, Hashable {
  /// In Hz.
  public let rate: Int
  public let clips: Int

  /// The rates of some clips, the most frequent first; of two as frequent the higher, which loses nothing.
  package static func counts(_ rates: some Sequence<Int>) -> [RateCount] {
    Dictionary(grouping: rates.filter { $0 > 0 }) { $0 }.map {
      RateCount(rate: $0.key, clips: $0.value.count)
    }
    .sorted { ($0.clips, $0.rate) > ($1.clips, $1.rate) }
  }

  /// `230 at 16000 Hz, 12 at 8000 Hz`.
  static func text(_ counts: [RateCount]) -> String {
    counts.map { "\($0.clips) at \($0.rate) Hz" }.joined(separator: ", ")
  }
}

extension WordDataset {
  /// The sample rates of the clips by their headers, the most frequent first. All clips of synthetic speech have that
  /// of the first.
  package func rates(threads: Int = 2) -> [RateCount] {
    let clips = distinctClips
    let files = files
    let isSynthetic = provenance?.isSynthetic == true
    let asked = isSynthetic ? Array(clips.prefix(1)) : clips
    let rates = try? ParallelWork.map(count: asked.count, threads: threads, during: "reading headers") {
      index in
      let info = try? files.read(asked[index].path) { try SoundFile.info($0) }
      return info.map(\.rate).flatMap { ClipReading.rates.contains($0) ? $0 : nil } ?? 0
    }
    let counts = RateCount.counts(rates ?? [])
    return isSynthetic ? counts.map { RateCount(rate: $0.rate, clips: clips.count) } : counts
  }
}
