import Algorithms
import Audio
import Datasets
import Foundation
import Support
import Tensors

/// The clips of a data set as waveforms and as features; the features of a split are computed once and cached in a
/// file.
public final class FeatureStore {
  public let dataset: WordDataset
  public let device: Device
  let cache: StageCache
  let console: Console
  private var open: [String: (file: RowFile, reads: [StageRead])] = [:]
  private var outlines: [String: Outline] = [:]
  private var rate: Int?
  private var knownReadingParts: [String]?
  private var fileKeys: [Split: ContentKey] = [:]

  /// Clips decoded and encoded together.
  private static let batch = 256
  private static let stage = "features"
  private static let ending = "rows"

  public init(_ dataset: WordDataset, device: Device, cache: StageCache, console: Console) {
    self.dataset = dataset
    self.device = device
    self.cache = cache
    self.console = console
  }

  /// The sample rate of the data set, in Hz: the one of its `WordDataset.reading`, or the most frequent one of its
  /// clips.
  ///
  /// - Throws: `FileError` for a data set without clips, or when none can be read.
  public func nativeRate() throws -> Int {
    if let rate = dataset.reading.rate ?? rate { return rate }
    let rate = try dataset.provenance?.isSynthetic == true ? firstRate() : mostFrequentRate()
    self.rate = rate
    return rate
  }

  /// The rate of the first clip.
  private func firstRate() throws -> Int {
    guard let clip = Split.allCases.lazy.compactMap({ self.dataset.clips($0).first }).first else {
      throw FileError("read", dataset.path, reason: "the data set has no clips")
    }
    return try dataset.files.read(clip.path) { try SoundFile.info($0) }.rate
  }

  private func mostFrequentRate() throws -> Int {
    let key = StageKey(["data=\(dataset.contentKey)", "files=\(allFilesKey)"])
    let bytes = try cache.value(stage: "rates", key: key) {
      Data("\(dataset.rates(threads: device.threads).first?.rate ?? 0)".utf8)
    }
    // Without a readable clip the first says why.
    guard let rate = Int(String(decoding: bytes, as: UTF8.self)), rate > 0 else { return try firstRate() }
    return rate
  }

  /// What the sound files contain that the lists do not tell; read once and cached.
  ///
  /// - Throws: `FileError`, `InterruptionError`.
  public func audit() throws -> DatasetAudit {
    let reading = dataset.reading
    let key = StageKey([
      "data=\(dataset.contentKey)", "files=\(allFilesKey)", "audit=\(DatasetAudit.version)",
      "rate=\(reading.rate ?? 0)", "aligned=\(reading.isAligned)",
    ])
    let bytes = try cache.value(stage: "audit", key: key) {
      try JSONEncoder().encode(DatasetAudit(dataset, console: console, threads: device.threads))
    }
    return try JSONDecoder().decode(DatasetAudit.self, from: bytes)
  }

  private var allFilesKey: ContentKey { ContentKey(parts: Split.allCases.map { "\(fileKey($0))" }) }

  /// One second of each clip, decoded on all threads: (clips, rate), full scale ±1.
  ///
  /// - Throws: ``ClipError`` for a file that cannot be read.
  public func waveforms(_ clips: [Clip], rate: Int) throws -> Tensor {
    let files = dataset.files
    let isAligned = dataset.reading.isAligned
    let decoded = try ParallelWork.map(count: clips.count, threads: device.threads, during: "reading clips") {
      index in
      do {
        return try files.read(clips[index].path) {
          try SoundFile.readOneSecond($0, rate: rate, isAligned: isAligned)
        }
      } catch let error as any NightjarError {
        throw ClipError(clip: clips[index], cause: error)
      }
    }
    return try Tensor(decoded.flatMap(\.self), shape: [clips.count, rate], on: device)
  }

  /// The key of the features of all splits: data, files and encoder.
  public func key(_ encoder: any ClipEncoder) -> StageKey {
    StageKey(
      ["data=\(dataset.contentKey)", "files=\(allFilesKey)", "stream=1"] + readingParts + encoder.keyParts)
  }

  /// The key of the sound of a split: its files and how they are read.
  func soundKey(_ split: Split) -> StageKey {
    StageKey(
      ["data=\(dataset.contentKey)", "split=\(split.rawValue)", "files=\(fileKey(split))"] + readingParts)
  }

  /// How clips are read, where that is not by the first second and the rate of the first clip.
  private var readingParts: [String] {
    if let known = knownReadingParts { return known }
    var parts: [String] = []
    if let rate = try? nativeRate(), rate != (try? firstRate()) { parts.append("rate=\(rate)") }
    if dataset.reading.isAligned { parts.append("aligned") }
    knownReadingParts = parts
    return parts
  }

  /// The digest of the sizes and modification times of a split's clips: a clip recorded again has other features.
  private func fileKey(_ split: Split) -> ContentKey {
    if let known = fileKeys[split] { return known }
    let parts = dataset.clips(split).map { clip in
      guard let status = try? dataset.files.status(clip.path) else { return "missing" }
      return "\(status.size) \(status.changed[0]) \(status.changed[1])"
    }
    let key = ContentKey(parts: parts)
    fileKeys[split] = key
    return key
  }

  /// The features of a split, one row per clip in the order of its list; those of all splits are computed on first
  /// use.
  ///
  /// - Throws: ``ClipError``, ``EncodingError``, `FileError`, and what the encoder throws.
  public func features(_ split: Split, _ encoder: any ClipEncoder) throws -> FeatureRows {
    try requireClips(split)
    return FeatureRows(try features(encoder), rows(of: split))
  }

  /// - Throws: `FileError` for a split without clips.
  func requireClips(_ split: Split) throws {
    guard dataset.clips(split).isEmpty else { return }
    throw FileError("read", dataset.path, reason: "the split \"\(split.rawValue)\" has no clips")
  }

  /// The rows that a split has in files of all splits.
  func rows(of split: Split) -> Range<Int> {
    var start = 0
    for other in Split.allCases {
      if other == split { break }
      start += dataset.clips(other).count
    }
    return start..<start + dataset.clips(split).count
  }

  /// The clips of all splits, in the order of their rows.
  var allClips: [Clip] { Split.allCases.flatMap { dataset.clips($0) } }

  /// The features of all splits.
  func features(_ encoder: any ClipEncoder) throws -> RowFile {
    let key = key(encoder)
    if let (file, reads) = open[key.description] {
      for read in reads { cache.note(read) }
      return file
    }
    let (path, reads) = try cache.recording {
      try cache.file(stage: Self.stage, key: key, ending: Self.ending) { temporary in
        try encode(encoder, inOrderOf: key, to: temporary)
      }
    }
    let file = try RowFile(path)
    open[key.description] = (file, reads)
    return file
  }

  /// What is known of the features of all splits without reading them.
  private struct Outline {
    let rowShape: [Int]
    /// What the encoder read while it made them.
    let reads: [StageRead]
  }

  /// The outline of the features, which are computed on first use. A cached file, which may be large, is neither read
  /// nor compared with its checksum: where a trained network and its embeddings are cached too, nobody needs it.
  private func outline(_ encoder: any ClipEncoder) throws -> Outline {
    let key = key(encoder)
    if let known = outlines[key.description] {
      for read in known.reads { cache.note(read) }
      return known
    }
    if let stored = storedOutline(key) {
      outlines[key.description] = stored
      return stored
    }
    let file = try features(encoder)
    return Outline(rowShape: file.rowShape, reads: open[key.description]?.reads ?? [])
  }

  /// The outline of a cached file; nil where it would be made again.
  private func storedOutline(_ key: StageKey) -> Outline? {
    guard open[key.description] == nil,
      let stored = cache.stored(stage: Self.stage, key: key, ending: Self.ending),
      let file = try? RowFile(stored.path), file.rows == allClips.count
    else { return nil }
    return Outline(rowShape: file.rowShape, reads: stored.reads)
  }

  /// The shape of a clip's features: (time, channel).
  ///
  /// - Throws: as ``features(_:_:)``.
  public func rowShape(_ encoder: any ClipEncoder) throws -> [Int] {
    try requireClips(.train)
    return try outline(encoder).rowShape
  }

  /// The key of the features with everything that the encoder read while it made them.
  ///
  /// - Throws: as ``features(_:_:)``.
  func completeKey(_ encoder: any ClipEncoder) throws -> StageKey {
    try key(encoder).adding(outline(encoder).reads.map(\.part))
  }

  /// Encodes the clips of all splits in one random order, drawn from `key`, and in full batches: they are listed word
  /// by word and split by split, and an encoder that counts its clips or its batches could otherwise encode words and
  /// splits into the features.
  private func encode(_ encoder: any ClipEncoder, inOrderOf key: StageKey, to path: String) throws {
    let clips = allClips
    let rate = try encoder.prepare(rate: nativeRate())
    let progress = Progress("features", total: clips.count, unit: "clips", on: console)
    var writer = try RowFile.Writer(path)
    var random = RandomStream(seed: key.content.seed, purpose: "encoding order")
    let stream = ShuffledStream(labels: clips.map(\.label), size: Self.batch, random: &random)
    var rowShape: [Int]?
    let isPure = try stream.forEach { rows in
      try Interruption.check("encoding")
      let features = try encoder.encode(waveforms(rows.map { clips[$0] }, rate: rate))
      let shape = Array(features.shape.dropFirst())
      guard shape == rowShape ?? shape else {
        throw EncodingError(
          "encode returned \(shape) for a clip and \(rowShape ?? []) for another one",
          hint: "return features of the same (time, channel) for every clip", in: encoder)
      }
      rowShape = shape
      try check(features, rows, of: clips, encoder)
      return features
    } store: { features, rows in
      try writer.put(features, at: rows)
      progress.advance(by: rows.count)
    }
    guard isPure else {
      throw EncodingError(
        "encode returned other features for the same clips when they were encoded again with other clips: a clip's "
          + "features depend on this clip alone", hint: Self.purityHint, in: encoder)
    }
    progress.finish()
  }

  private static let purityHint =
    "keep nothing from call to call, and use no statistics of the batch: setup may compute constants"
}

extension FeatureStore {
  /// Throws for features with NaN or infinity, which a network cannot learn from, and names the first clip in the list
  /// that has them.
  private func check(
    _ features: Tensor, _ rows: [Int], of clips: [Clip], _ encoder: any ClipEncoder
  ) throws {
    guard try !Reduction(.sum)(features).item().isFinite else { return }
    let values = try features.floatValues
    let width = max(1, values.count / rows.count)
    let invalid = values.indices.filter { !values[$0].isFinite }
    guard let bad = invalid.min(by: { rows[$0 / width] < rows[$1 / width] }) else { return }
    let clip = clips[rows[bad / width]]
    throw EncodingError(
      "encode returned \(values[bad].isNaN ? "NaN" : "\(values[bad])") for "
        + "\(clip.file) row \(clip.row) (\(clip.path))", hint: "check for 0/0 or the log of 0",
      in: encoder)
  }
}

/// A clip that cannot be read, with its row in the data set's list.
public struct ClipError: NightjarError {
  public let clip: Clip
  /// The problem of its file, whose own hint does not apply here.
  public let cause: any NightjarError

  public var exitCode: ExitCode { .data }
  public var locations: [ErrorLocation] { [.row(file: clip.file, row: clip.row)] + cause.locations }
  public var message: ErrorMessage {
    ErrorMessage(
      "\(clip.word): \(cause.message.what)",
      hint: "replace the file or remove the row; `nightjar data check` lists every bad clip")
  }
}
