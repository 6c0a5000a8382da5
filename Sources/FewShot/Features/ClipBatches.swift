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
  private let store: FeatureStore
  private let rate: Int

  fileprivate init(
    _ split: Split, features: Tensor, rows: [Int], clips: [Clip], store: FeatureStore, rate: Int
  ) {
    self.split = split
    self.features = features
    self.rows = rows
    self.clips = clips
    self.store = store
    self.rate = rate
    labels = clips.map(\.label)
  }

  /// One second of each clip, decoded now: (batch, samples), full scale ±1.
  ///
  /// - Throws: ``ClipError`` for a file that cannot be read.
  public func waveforms() throws -> Tensor { try store.waveforms(clips, rate: rate) }
}

/// The clips of a split in batches, in the order of its list or shuffled, pass after pass.
public final class ClipBatches: TrainingBatches {
  public let split: Split
  public let encoder: any ClipEncoder
  private let store: FeatureStore
  private let size: Int
  private let shuffleSeed: UInt64?
  private var order: [Int] = []
  private var position = 0
  private var passes: UInt64 = 0

  /// Batches of `size` clips; the last batch of a pass may be smaller.
  ///
  /// Every pass is shuffled in an order of its own, drawn from `shuffleSeed`; nil keeps the list's order.
  ///
  /// - Throws: ``ProtocolError`` for a split without clips.
  public init(
    _ split: Split, of store: FeatureStore, encoder: any ClipEncoder, size: Int, shuffleSeed: UInt64? = nil
  ) throws {
    self.split = split
    self.store = store
    self.encoder = encoder
    self.size = size
    self.shuffleSeed = shuffleSeed
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
    let file = try store.features(split, encoder)
    return ClipBatch(
      split, features: try file.read(rows, on: store.device), rows: rows, clips: rows.map { clips[$0] },
      store: store, rate: try store.nativeRate())
  }

  /// Calls `body` with every batch of a new pass.
  ///
  /// - Throws: as ``next()``, and what `body` throws.
  public func forEach(_ body: (_ features: Tensor, _ labels: [Int]) throws -> Void) throws {
    restart()
    while let batch = try next() { try body(batch.features, batch.labels) }
  }
}
