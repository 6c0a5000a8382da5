import Algorithms
import Audio
import Datasets
import Support
import Tensors

/// The sound of a split's clips, decoded once and cached in a file, so that a training can change and encode it in
/// every epoch.
struct WaveformRows {
  /// Samples of a clip, and in a second.
  let rate: Int
  private let file: RowFile

  fileprivate init(_ file: RowFile, rate: Int) {
    self.file = file
    self.rate = rate
  }

  /// One second of the clips at `rows` of the split's list: (rows, rate), full scale ±1; rounded as ``PackedSamples``.
  ///
  /// - Throws: as `RowFile.read(_:on:)`.
  func read(_ rows: [Int], on device: Device) throws -> Tensor {
    let packed = try file.read(rows, on: device)
    return try Tensor(rowsInParallel: rows.count, rowShape: [rate], on: device, operation: "read") {
      PackedSamples.unpack(try packed.row($0), count: rate)
    }
  }
}

extension FeatureStore {
  /// Clips decoded together.
  private static let decoded = 256

  /// The sound of a split's clips at a rate in Hz, one row per clip in the order of its list.
  ///
  /// - Throws: ``ClipError`` for a file that cannot be read, `FileError`.
  func waveformRows(_ split: Split, rate: Int) throws -> WaveformRows {
    let key = soundKey(split).adding(["rate=\(rate)"])
    let path = try cache.file(stage: "waveforms", key: key, ending: "rows") { temporary in
      let clips = dataset.clips(split)
      let progress = Progress("sound", total: clips.count, unit: "clips", on: console)
      var writer = try RowFile.Writer(temporary)
      for rows in clips.indices.chunks(ofCount: Self.decoded) {
        try Interruption.check("reading clips")
        let sound = try waveforms(Array(clips[rows]), rate: rate)
        let packed = try Tensor(
          rowsInParallel: rows.count, rowShape: [PackedSamples.width(rate)], on: device, operation: "store"
        ) { PackedSamples.pack(try sound.row($0)) }
        try writer.put(packed, at: Array(rows))
        progress.advance(by: rows.count)
      }
      progress.finish()
    }
    return WaveformRows(try RowFile(path), rate: rate)
  }
}
