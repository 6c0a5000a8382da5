import Audio
import Foundation
import Tensors

/// How sound becomes features, as far as the store needs to know.
public protocol ClipEncoder: AnyObject {
  /// Everything that decides what comes out: the plugin's source and options.
  var keyParts: [String] { get }
  /// The sample rate it wants clips at, told the rate they have.
  func prepare(rate: Int) throws -> Int
  /// (batch, samples) → (batch, …).
  func encode(_ waves: Tensor) throws -> Tensor
}

/// The clips of a data set as waves and as features; features of a split are computed once and kept in a file.
public final class FeatureStore {
  /// The data set.
  public let dataset: WordDataset
  /// Where tensors go.
  public let device: Device
  private let cache: StageCache
  private let console: Console
  private var open: [String: RowFile] = [:]
  private var rates: [String: Int] = [:]

  /// Clips decoded and encoded at a time.
  private static let batch = 256

  public init(_ dataset: WordDataset, device: Device, cache: StageCache, console: Console) {
    (self.dataset, self.device, self.cache, self.console) = (dataset, device, cache, console)
  }

  /// The sample rate of the data set's first clip, which stands for all.
  public func nativeRate() throws -> Int {
    if let rate = rates[""] { return rate }
    guard let clip = Split.allCases.lazy.compactMap({ self.dataset.clips($0).first }).first else {
      throw FileFailure("read", dataset.path, reason: "the data set has no clips")
    }
    let rate = try SoundFile.info(clip.path).rate
    rates[""] = rate
    return rate
  }

  /// One second of each clip: (clips, rate), decoded on all threads.
  public func waves(_ clips: [Clip], rate: Int) throws -> Tensor {
    let decoded = try ParallelWork.map(count: clips.count, threads: device.threads, during: "reading clips") {
      index in
      do { return try SoundFile.readOneSecond(clips[index].path, rate: rate) } catch let error as any Failure
      {
        throw ClipFailure(clip: clips[index], reason: error.description)
      }
    }
    return try Tensor(decoded.flatMap(\.self), shape: [clips.count, rate], on: device)
  }

  /// The key of a split's features: data, split and encoder.
  public func key(_ split: Split, _ encoder: any ClipEncoder) -> StageKey {
    StageKey(["data=\(dataset.contentKey)", "split=\(split.rawValue)"] + encoder.keyParts)
  }

  /// The features of a split, one row a clip in the order of its list; made on first use.
  public func features(_ split: Split, _ encoder: any ClipEncoder) throws -> RowFile {
    let key = key(split, encoder)
    if let file = open[key.description] { return file }
    let path = try cache.file(stage: "features", key: key, ending: "rows") { temporary in
      try encode(split, encoder, to: temporary)
    }
    let file = try RowFile(path)
    open[key.description] = file
    return file
  }

  private func encode(_ split: Split, _ encoder: any ClipEncoder, to path: String) throws {
    let clips = dataset.clips(split)
    guard !clips.isEmpty else {
      throw FileFailure("read", dataset.path, reason: "the split \"\(split.rawValue)\" has no clips")
    }
    let rate = try encoder.prepare(rate: nativeRate())
    let progress = Progress("features of \(split.rawValue)", total: clips.count, unit: "clips", on: console)
    var writer = try RowFile.Writer(path)
    for start in stride(from: 0, to: clips.count, by: Self.batch) {
      try Interruption.check("encoding")
      let part = Array(clips[start..<min(clips.count, start + Self.batch)])
      try writer.append(encoder.encode(waves(part, rate: rate)))
      progress.advance(by: part.count)
    }
    progress.finish()
  }
}

/// A clip that cannot be used, with where the data set lists it.
public struct ClipFailure: Failure {
  public let clip: Clip
  public let reason: String
  public var exitCode: ExitCode { .data }
  public var description: String {
    "\(clip.file) row \(clip.row) (\(clip.word)): \(reason). "
      + "Mend: replace the file or take the row out; `nightjar data check` lists every bad clip"
  }
}
