import Algorithms
import Datasets
import Metrics
import Networks
import Support
import Tensors

/// Embeddings of a data set's splits by one network, cached on disk where the network's origin is known.
///
/// The clips of all splits are embedded in one random order and in full batches (`ShuffledStream`): they are listed
/// word by word and split by split, and a network written in a script could otherwise tell words and splits by their
/// positions.
public struct Embedder {
  private let store: FeatureStore
  private let encoder: any ClipEncoder
  private let network: BaseNetwork
  private var module: any Module { network.module }

  /// Samples embedded together.
  private static let batch = 512
  /// Stored for a clip whose operations could not be counted.
  private static let notCounted = [Float](repeating: .nan, count: SampleCounts.encodedCount)

  public init(store: FeatureStore, encoder: any ClipEncoder, network: BaseNetwork) {
    self.store = store
    self.encoder = encoder
    self.network = network
  }

  /// The embeddings of a split with the clips' labels: (clips, embedding).
  ///
  /// - Throws: the network's violation for features that are not (samples, embedding) of finite float32 numbers, or
  ///   that depend on the other samples of a batch; ``ClipError``, ``EncodingError`` and `FileError`.
  public func embedded(_ split: Split) throws -> LabelledFeatures { try counted([split])[0].features }

  /// The embeddings of splits, (clips, embedding), and the operations of each clip; nil where they could not be told
  /// apart from the other clips' operations.
  ///
  /// - Throws: as ``embedded(_:)``.
  public func counted(
    _ splits: [Split]
  ) throws -> [(features: LabelledFeatures, counts: [SampleCounts]?)] {
    for split in splits { try store.requireClips(split) }
    guard let key = network.key else {
      // Nothing is cached: only what is needed is embedded.
      var parts: [Tensor] = []
      var order: [Int] = []
      try forEachBatch(splits) {
        parts.append($0)
        order += $1
      }
      let rows = try Self.inListOrder(parts, order)
      var start = 0
      return try splits.map { split in
        defer { start += store.rows(of: split).count }
        return try labelled(rows.narrow(0, from: start, count: store.rows(of: split).count), split)
      }
    }
    let path = try store.cache.file(stage: "embedding", key: stageKey(of: key), ending: "rows") { path in
      var writer = try RowFile.Writer(path)
      try forEachBatch(Split.allCases) { try writer.put($0, at: $1) }
    }
    let file = try RowFile(path)
    return try splits.map { try labelled(file.read(store.rows(of: $0), on: store.device), $0) }
  }

  /// The key of the embeddings of all splits; nil where the origin of the network is not known.
  ///
  /// - Throws: those of the features.
  var stageKey: StageKey? { get throws { try network.key.map(stageKey) } }

  private func stageKey(of key: ContentKey) throws -> StageKey {
    // A script may have trained the network further since it got its key.
    let weights = ContentKey(
      parts: try module.state.map { try "\($0.name)=\(ContentKey(of: $0.tensor.contiguous().bytes))" })
    return try StageKey(["network=\(key)", "weights=\(weights)", "counts=3"])
      .adding(store.completeKey(encoder).parts)
  }

  /// The embeddings and counts of a split from its rows: each is a clip's embedding, then its counts.
  private func labelled(
    _ rows: Tensor, _ split: Split
  ) throws -> (features: LabelledFeatures, counts: [SampleCounts]?) {
    let width = rows.shape[1] - SampleCounts.encodedCount
    let encoded = try rows.narrow(1, from: width, count: SampleCounts.encodedCount).floatValues
    let counts = encoded.chunks(ofCount: SampleCounts.encodedCount).compactMap { SampleCounts(encoded: $0) }
    let features = try rows.narrow(1, from: 0, count: width).contiguous()
    return (
      LabelledFeatures(features: features, labels: store.dataset.clips(split).map(\.label)),
      counts.count == rows.shape[0] ? counts : nil
    )
  }

  /// The embeddings of a split as NeuroBench's example computes them: each class is one batch of a network in training
  /// mode, so that dropout is on, the batch's own statistics normalise, and the running ones move.
  ///
  /// - Throws: as ``embedded(_:)``.
  public func embeddedInTrainMode(_ split: Split) throws -> LabelledFeatures {
    let labels = store.dataset.clips(split).map(\.label)
    let file = try store.features(split, encoder)
    var parts: [Tensor] = []
    var order: [Int] = []
    module.setTraining(true)
    defer { module.setTraining(false) }
    let rowsOfClass = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }
    try Recording.off {
      for (_, rows) in rowsOfClass {
        try Interruption.check("embedding")
        let embedding = try module.features(file.read(rows, on: store.device))
        try check(embedding, samples: rows.count)
        parts.append(embedding)
        order += rows
      }
    }
    return LabelledFeatures(features: try Self.inListOrder(parts, order), labels: labels)
  }

  /// The rows of `parts`, which are those of the clips at `order`, in the order of the clips.
  private static func inListOrder(_ parts: [Tensor], _ order: [Int]) throws -> Tensor {
    try Concatenation(0).apply(parts).selectingRows(order.indices.sorted { order[$0] < order[$1] })
  }

  /// Calls `body` with rows of embeddings and counts of some clips, and the clips' rows in the list of these splits.
  private func forEachBatch(_ splits: [Split], _ body: (Tensor, [Int]) throws -> Void) throws {
    let labels = splits.flatMap { store.dataset.clips($0).map(\.label) }
    let fileRows = splits.flatMap { Array(store.rows(of: $0)) }
    let file = try store.features(encoder)
    let progress = Progress("embedding", total: labels.count, unit: "clips", on: store.console)
    var random = RandomStream(seed: store.key(encoder).content.seed, purpose: "embedding order")
    let stream = ShuffledStream(labels: labels, size: Self.batch, random: &random)
    module.setTraining(false)
    let observer = ModelObserver(module)
    var costs: [[Float]] = []
    let isPure = try Recording.off {
      try stream.forEach { rows in
        try Interruption.check("embedding")
        let features = try file.read(rows.map { fileRows[$0] }, on: store.device)
        let (embedding, counts) = try observer.counting(samples: rows.count) {
          try module.features(features)
        }
        try check(embedding, samples: rows.count)
        costs = counts.map { observer.uncounted == nil ? $0.encoded : Self.notCounted }
        return embedding
      } store: { embedding, rows in
        let costs = try Tensor(
          costs.prefix(rows.count).flatMap(\.self), shape: [rows.count, SampleCounts.encodedCount],
          on: store.device)
        try body(Concatenation(1).apply([embedding, costs]), rows)
        progress.advance(by: rows.count)
      }
    }
    guard isPure else {
      throw network.violation(
        "the model gives other features for the same clips when they are embedded again with other clips: in "
          + "evaluation a clip's embedding depends on this clip alone",
        hint: "keep nothing from call to call, and normalise by running statistics, not by those of the batch"
      )
    }
    progress.finish()
  }

  private func check(_ embedding: Tensor, samples: Int) throws {
    guard embedding.rank == 2, embedding.shape[0] == samples, embedding.dtype == .float32 else {
      throw network.violation(
        "the model's features are \(embedding.shape) of \(embedding.dtype) for \(samples) samples, expected "
          + "(samples, embedding) of float32", hint: "end them with nn.GlobalAvgPool1d() or nn.Flatten()")
    }
    guard try embedding.isFinite else {
      throw network.violation(
        "the model's features hold NaN or infinity for clips of the data set",
        hint: "its training has diverged; train with a smaller learning rate")
    }
  }
}

extension Tensor {
  /// Whether no float32 element is NaN or infinite.
  ///
  /// - Throws: `TensorError` when the memory budget is exceeded.
  package var isFinite: Bool {
    get throws {
      // The sum is finite when all elements are, but for a rare overflow.
      try Reduction(.sum)(self).item().isFinite || floatValues.allSatisfy(\.isFinite)
    }
  }
}
