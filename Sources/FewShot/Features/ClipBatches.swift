import Datasets
import Networks
import Tensors

/// Some clips of a data set: their features and labels, and their sound on request.
public struct ClipBatch {
  public let split: Split
  /// (batch, time, channel).
  public let features: Tensor
  /// Classes from 0.
  public let labels: [Int]
  /// The clips' rows in ``split``.
  public let rows: [Int]
  public let clips: [Clip]
  private let sound: () throws -> Tensor

  fileprivate init(
    _ split: Split, features: Tensor, rows: [Int], clips: [Clip], sound: @escaping () throws -> Tensor
  ) {
    self.split = split
    self.features = features
    self.rows = rows
    self.clips = clips
    self.sound = sound
    labels = clips.map(\.label)
  }

  /// One second of each clip, (batch, samples), full scale ±1: what the features were augmented with, or decoded now.
  ///
  /// - Throws: ``ClipError`` for a file that cannot be read.
  public func waveforms() throws -> Tensor { try sound() }
}

/// A change of waveforms, (batch, samples) at a rate in Hz, to others of the same shape, new at every call.
public typealias ClipAugmentation = (_ waveforms: Tensor, _ rate: Int) throws -> Tensor

/// The clips of a split in batches, in the order of its list or shuffled, pass after pass.
public final class ClipBatches: TrainingBatches {
  public let split: Split
  public let encoder: any ClipEncoder
  private let store: FeatureStore
  private let size: Int
  private let shuffleSeed: UInt64?
  private let augmentation: ClipAugmentation?
  private var order: [Int] = []
  /// The sound of the clips at the encoder's rate, where it is augmented.
  private var sound: WaveformRows?
  private var position = 0
  private var passes: UInt64 = 0

  /// Batches of `size` clips; the last batch of a pass may be smaller.
  ///
  /// Every pass is shuffled in an order of its own, drawn from `shuffleSeed`; nil keeps the list's order. With an
  /// augmentation, every batch is encoded from its changed waveforms; without, features are those of the cache.
  ///
  /// - Throws: ``ProtocolError`` for a split without clips.
  public init(
    _ split: Split, of store: FeatureStore, encoder: any ClipEncoder, size: Int, shuffleSeed: UInt64? = nil,
    augmentation: ClipAugmentation? = nil
  ) throws {
    self.split = split
    self.store = store
    self.encoder = encoder
    self.size = size
    self.shuffleSeed = shuffleSeed
    self.augmentation = augmentation
    guard !store.dataset.clips(split).isEmpty else {
      throw ProtocolError("the split \"\(split.rawValue)\" of \(store.dataset.path) has no clips")
    }
  }

  /// The number of batches of one pass.
  public var count: Int? { (store.dataset.clips(split).count + size - 1) / size }

  public var pass: UInt64? {
    get { passes }
    set { passes = newValue ?? passes }
  }

  /// Starts a new pass with the next batch.
  public func restart() { position = 0 }

  /// The next batch; nil at the end of a pass, after which a new one starts.
  ///
  /// - Throws: as ``FeatureStore/features(_:_:)``.
  public func next() throws -> ClipBatch? {
    let clips = store.dataset.clips(split)
    if position == 0 {
      order = Array(clips.indices)
      if let shuffleSeed {
        var random = RandomStream(seed: shuffleSeed, purpose: "shuffle", index: passes)
        order = random.permutation(clips.count)
      }
      passes += 1
    }
    guard position < order.count else {
      position = 0
      return nil
    }
    let rows = Array(order[position..<min(order.count, position + size)])
    position += rows.count
    let batchClips = rows.map { clips[$0] }
    if let augmentation {
      let (features, waveforms) = try augmented(rows, by: augmentation)
      return ClipBatch(split, features: features, rows: rows, clips: batchClips) { waveforms }
    }
    let features = try store.features(split, encoder).read(rows, on: store.device)
    let rate = try store.nativeRate()
    return ClipBatch(split, features: features, rows: rows, clips: batchClips) { [store] in
      try store.waveforms(batchClips, rate: rate)
    }
  }

  /// The features of the clips at `rows` with their waveforms changed, and these waveforms.
  private func augmented(
    _ rows: [Int], by augmentation: ClipAugmentation
  ) throws -> (features: Tensor, waveforms: Tensor) {
    let expected = try store.features(split, encoder).rowShape
    let known = try sound ?? store.waveformRows(split, rate: encoder.prepare(rate: store.nativeRate()))
    sound = known
    let given = try known.read(rows, on: store.device)
    let waveforms = try augmentation(given, known.rate)
    guard waveforms.shape == given.shape, waveforms.dtype == .float32 else {
      throw ProtocolError(
        "the augmentation returned \(waveforms.shape) of \(waveforms.dtype) for waveforms \(given.shape), expected the "
          + "same shape of float32")
    }
    let features = try encoder.encode(waveforms)
    guard Array(features.shape.dropFirst()) == expected else {
      throw EncodingError(
        "encode returned \(features.shape) for augmented waveforms, and clips of \(expected) before",
        hint: "the shape of features depends on that of waveforms alone", in: encoder)
    }
    return (features, waveforms)
  }

  /// Calls `body` with every batch of a new pass: features (clips, time, channel) and labels from 0.
  ///
  /// - Throws: as ``next()``, and what `body` throws.
  public func forEach(_ body: (_ features: Tensor, _ labels: [Int]) throws -> Void) throws {
    restart()
    while let batch = try next() { try body(batch.features, batch.labels) }
  }
}
