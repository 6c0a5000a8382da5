import Audio
import Datasets
import Foundation
import Support
import Tensors

/// How sound becomes features, as far as the store needs to know.
public protocol ClipEncoder: AnyObject {
  /// Where it is defined, for messages.
  var location: ErrorLocation { get }
  /// Everything that decides what comes out: the plugin's source and options.
  var keyParts: [String] { get }
  /// The sample rate it wants clips at, told the rate they have.
  func prepare(rate: Int) throws -> Int
  /// (batch, samples) → (batch, …).
  func encode(_ waveforms: Tensor) throws -> Tensor
}

/// The clips of a data set as waveforms and as features; features of a split are computed once and kept in a file.
public final class FeatureStore {
  /// The data set.
  public let dataset: WordDataset
  /// Where tensors go.
  public let device: Device
  private let cache: StageCache
  private let console: Console
  private var open: [String: RowFile] = [:]
  private var rates: [String: Int] = [:]
  private var stamped: [Split: ContentKey] = [:]

  /// Clips decoded and encoded at a time.
  private static let batch = 256

  public init(_ dataset: WordDataset, device: Device, cache: StageCache, console: Console) {
    self.dataset = dataset
    self.device = device
    self.cache = cache
    self.console = console
  }

  /// The sample rate of the data set's first clip, which stands for all.
  public func nativeRate() throws -> Int {
    if let rate = rates[""] { return rate }
    guard let clip = Split.allCases.lazy.compactMap({ self.dataset.clips($0).first }).first else {
      throw FileError("read", dataset.path, reason: "the data set has no clips")
    }
    let rate = try dataset.files.read(clip.path, SoundFile.info).rate
    rates[""] = rate
    return rate
  }

  /// One second of each clip: (clips, rate), decoded on all threads.
  public func waveforms(_ clips: [Clip], rate: Int) throws -> Tensor {
    let files = dataset.files
    let decoded = try ParallelWork.map(count: clips.count, threads: device.threads, during: "reading clips") {
      index in
      do {
        return try files.read(clips[index].path) { try SoundFile.readOneSecond($0, rate: rate) }
      } catch let error as any NightjarError {
        throw ClipError(clip: clips[index], cause: error)
      }
    }
    return try Tensor(decoded.flatMap(\.self), shape: [clips.count, rate], on: device)
  }

  /// The key of a split's features: data, split and encoder.
  public func key(_ split: Split, _ encoder: any ClipEncoder) -> StageKey {
    StageKey(
      ["data=\(dataset.contentKey)", "split=\(split.rawValue)", "files=\(stamps(split))"] + encoder.keyParts)
  }

  /// The digest of sizes and times of change of a split's clips: a clip recorded again has other features.
  private func stamps(_ split: Split) -> ContentKey {
    if let known = stamped[split] { return known }
    let parts = dataset.clips(split).map { clip in
      guard let status = try? dataset.files.status(clip.path) else { return "missing" }
      return "\(status.size) \(status.changed[0]) \(status.changed[1])"
    }
    let key = ContentKey(parts: parts)
    stamped[split] = key
    return key
  }

  /// The features of a split, one row a clip in the order of its list; made on first use.
  public func features(_ split: Split, _ encoder: any ClipEncoder) throws -> RowFile {
    let key = key(split, encoder)
    if let file = open[key.description] { return file }
    let path = try cache.file(stage: "features", key: key, ending: "rows") { temporary in
      try encode(split, encoder, inOrderOf: key, to: temporary)
    }
    let file = try RowFile(path)
    open[key.description] = file
    return file
  }

  /// Encodes a split's clips in an order of their own: they are listed word by word, and an encoder that counts
  /// its clips could otherwise write the words into the features.
  private func encode(
    _ split: Split, _ encoder: any ClipEncoder, inOrderOf key: StageKey, to path: String
  ) throws {
    let clips = dataset.clips(split)
    guard !clips.isEmpty else {
      throw FileError("read", dataset.path, reason: "the split \"\(split.rawValue)\" has no clips")
    }
    let rate = try encoder.prepare(rate: nativeRate())
    let progress = Progress("features of \(split.rawValue)", total: clips.count, unit: "clips", on: console)
    var writer = try RowFile.Writer(path)
    var random = RandomStream(seed: key.content.seed, purpose: "encoding order")
    let order = random.permutation(clips.count)
    var rowShape: [Int]?
    for start in stride(from: 0, to: clips.count, by: Self.batch) {
      try Interruption.check("encoding")
      let rows = Array(order[start..<min(clips.count, start + Self.batch)])
      let features = try encoder.encode(waveforms(rows.map { clips[$0] }, rate: rate))
      let shape = Array(features.shape.dropFirst())
      guard shape == rowShape ?? shape else {
        throw EncodingError(
          "encode gave \(shape) for a clip and \(rowShape ?? []) for another one",
          hint: "give every clip features of the same (time, channel)", in: encoder)
      }
      rowShape = shape
      try check(features, rows, of: clips, encoder)
      try writer.put(features, at: rows)
      progress.advance(by: rows.count)
    }
    progress.finish()
  }
}

extension FeatureStore {
  /// A network cannot learn from NaN or ∞; the clip that gave them is named, the first one in its list.
  private func check(
    _ features: Tensor, _ rows: [Int], of clips: [Clip], _ encoder: any ClipEncoder
  ) throws {
    guard try !Reduction(.sum)(features).item().isFinite else { return }
    let values = try features.floatValues
    let width = max(1, values.count / rows.count)
    let places = values.indices.filter { !values[$0].isFinite }
    guard let bad = places.min(by: { rows[$0 / width] < rows[$1 / width] }) else { return }
    let clip = clips[rows[bad / width]]
    throw EncodingError(
      "encode gave \(values[bad].isNaN ? "NaN" : "\(values[bad])") for "
        + "\(clip.file) row \(clip.row) (\(clip.path))", hint: "look for 0/0 or the log of 0 in its encode",
      in: encoder)
  }
}

/// Features that cannot be used.
public struct EncodingError: NightjarError {
  public let message: ErrorMessage
  public let locations: [ErrorLocation]

  init(_ what: String, hint: String, in encoder: any ClipEncoder) {
    message = ErrorMessage(what, hint: hint)
    locations = [encoder.location]
  }

  public var exitCode: ExitCode { .script }
}

/// A clip that cannot be used, with where the data set lists it.
public struct ClipError: NightjarError {
  public let clip: Clip
  /// What is wrong with its file. How to mend the file itself is of no use here.
  public let cause: any NightjarError

  public var exitCode: ExitCode { .data }
  public var locations: [ErrorLocation] { [.row(file: clip.file, row: clip.row)] + cause.locations }
  public var message: ErrorMessage {
    ErrorMessage(
      "\(clip.word): \(cause.message.what)",
      hint: "replace the file or remove the row; `nightjar data check` lists every bad clip")
  }
}
