import Algorithms
import Datasets
import Metrics
import Networks
import Support
import Tensors

/// Embeddings of a data set's splits by one network, cached on disk where the network's origin is known.
///
/// Clips are embedded in a random order: they are listed word by word, and a network written in a script could
/// otherwise tell words by their positions.
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
  /// - Throws: the network's violation for features that are not (samples, embedding) of finite float32 numbers;
  ///   ``ClipError``, ``EncodingError`` and `FileError`.
  public func embedded(_ split: Split) throws -> LabelledFeatures { try counted(split).features }

  /// The embeddings of a split, (clips, embedding), and the operations of each clip; nil where they could not be told
  /// apart from the other clips' operations.
  ///
  /// - Throws: as ``embedded(_:)``.
  public func counted(_ split: Split) throws -> (features: LabelledFeatures, counts: [SampleCounts]?) {
    let labels = store.dataset.clips(split).map(\.label)
    let rows: Tensor
    if let key = network.key {
      // A script may have trained the network further since it got its key.
      let weights = ContentKey(
        parts: try module.state.map { try "\($0.name)=\(ContentKey(of: $0.tensor.contiguous().bytes))" })
      let path = try store.cache.file(
        stage: "embedding",
        key: StageKey(["network=\(key)", "weights=\(weights)", "counts=2"]).adding(
          store.key(split, encoder).parts),
        ending: "rows"
      ) { path in
        var writer = try RowFile.Writer(path)
        try forEachBatch(split) { try writer.put($0, at: $1) }
      }
      rows = try RowFile(path).readAll(on: store.device)
    } else {
      var parts: [Tensor] = []
      var order: [Int] = []
      try forEachBatch(split) {
        parts.append($0)
        order += $1
      }
      rows = try Self.inListOrder(parts, order)
    }
    // A row is a clip's embedding, then its counts.
    let width = rows.shape[1] - SampleCounts.encodedCount
    let encoded = try rows.narrow(1, from: width, count: SampleCounts.encodedCount).rows()
    let counts = encoded.compactMap { SampleCounts(encoded: $0) }
    let features = try rows.narrow(1, from: 0, count: width).contiguous()
    return (
      LabelledFeatures(features: features, labels: labels), counts.count == encoded.count ? counts : nil
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
        try check(embedding, samples: rows.count, of: split)
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

  /// Calls `body` with rows of embeddings and counts of some clips, and the clips' rows in the split.
  private func forEachBatch(_ split: Split, _ body: (Tensor, [Int]) throws -> Void) throws {
    let file = try store.features(split, encoder)
    let progress = Progress(
      "embedding of \(split.rawValue)", total: file.rows, unit: "clips", on: store.console)
    var random = RandomStream(seed: store.key(split, encoder).content.seed, purpose: "embedding order")
    let order = random.permutation(file.rows)
    module.setTraining(false)
    let observer = ModelObserver(module)
    try Recording.off {
      for chunk in order.chunks(ofCount: Self.batch) {
        try Interruption.check("embedding")
        let rows = Array(chunk)
        let features = try file.read(rows, on: store.device)
        let (embedding, counts) = try observer.counting(samples: rows.count) {
          try module.features(features)
        }
        try check(embedding, samples: rows.count, of: split)
        let encoded = counts.flatMap { observer.uncounted == nil ? $0.encoded : Self.notCounted }
        let costs = try Tensor(
          encoded, shape: [rows.count, SampleCounts.encodedCount], on: store.device)
        try body(Concatenation(1).apply([embedding, costs]), rows)
        progress.advance(by: rows.count)
      }
    }
    progress.finish()
  }

  private func check(_ embedding: Tensor, samples: Int, of split: Split) throws {
    guard embedding.rank == 2, embedding.shape[0] == samples, embedding.dtype == .float32 else {
      throw network.violation(
        "the model's features are \(embedding.shape) of \(embedding.dtype) for \(samples) samples, expected "
          + "(samples, embedding) of float32", hint: "end them with nn.GlobalAvgPool1d() or nn.Flatten()")
    }
    guard try embedding.isFinite else {
      throw network.violation(
        "the model's features hold NaN or infinity for clips of \(split.rawValue)",
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
