import Datasets
import FewShot
import Foundation
import LuaHost
import Metrics
import Support
import Tensors

/// Embeddings of a data set's splits by one network; kept on disk when the network's origin is known.
///
/// Clips are embedded in a random order: they are listed word by word, and a network written in a script could
/// otherwise tell words by their places.
struct Embedder {
  let words: WordsHandle
  let encoder: PluginEncoder
  let model: ModuleHandle
  let cache: StageCache
  let console: Console
  let state: LuaState

  /// Samples embedded at a time.
  private static let batch = 512
  /// What stands for the counts of a clip that could not be counted.
  private static let notCounted = [Float](repeating: .nan, count: SampleCounts.encodedCount)

  /// (clips, embedding) with the clips' labels.
  func embedded(_ split: Split) throws -> LabelledFeatures { try counted(split).features }

  /// (clips, embedding) with the clips' labels, and what each clip cost; nil where its operations could not be told
  /// apart from the other clips'.
  func counted(_ split: Split) throws -> (features: LabelledFeatures, counts: [SampleCounts]?) {
    let labels = words.dataset.clips(split).map(\.label)
    let rows: Tensor
    if let key = model.key {
      // A script may have trained the network further since it got its key.
      let weights = ContentKey(
        parts: try model.module.state.map { try "\($0.name)=\(ContentKey(of: $0.tensor.contiguous().bytes))" }
      )
      let path = try cache.file(
        stage: "embedding",
        key: StageKey(["network=\(key)", "weights=\(weights)", "counts=2"]).adding(
          words.store.key(split, encoder).parts),
        ending: "rows"
      ) { path in
        var writer = try RowFile.Writer(path)
        try forEachBatch(split) { try writer.put($0, at: $1) }
      }
      rows = try RowFile(path).readAll(on: words.store.device)
    } else {
      var parts: [Tensor] = []
      var order: [Int] = []
      try forEachBatch(split) {
        parts.append($0)
        order += $1
      }
      rows = try Self.inOrder(parts, order)
    }
    // A row is a clip's embedding, then its counts.
    let width = rows.shape[1] - SampleCounts.encodedCount
    let kept = try rows.narrow(1, from: width, count: SampleCounts.encodedCount).rows()
    let counts = kept.compactMap { SampleCounts(encoded: $0) }
    let features = try rows.narrow(1, from: 0, count: width).contiguous()
    return (
      LabelledFeatures(features: features, labels: labels), counts.count == kept.count ? counts : nil
    )
  }

  /// The same as NeuroBench's example makes them: each class is one batch of a network in training mode, so
  /// that dropout is on, the batch's own statistics normalise, and the running ones move.
  func embeddedInTrainMode(_ split: Split) throws -> LabelledFeatures {
    let labels = words.dataset.clips(split).map(\.label)
    let file = try words.store.features(split, encoder)
    var parts: [Tensor] = []
    var order: [Int] = []
    model.module.setTraining(true)
    defer { model.module.setTraining(false) }
    try Recording.off {
      for (_, rows) in Dictionary(grouping: labels.indices, by: { labels[$0] }).sorted(by: { $0.key < $1.key }
      ) {
        try Interruption.check("embedding")
        let embedding = try model.module.features(file.read(rows, on: words.store.device))
        try check(embedding, samples: rows.count, of: split)
        parts.append(embedding)
        order += rows
      }
    }
    return LabelledFeatures(features: try Self.inOrder(parts, order), labels: labels)
  }

  /// Embeddings of the rows of `order`, by rows.
  private static func inOrder(_ parts: [Tensor], _ order: [Int]) throws -> Tensor {
    try LabelledFeatures(features: Concatenation(0).apply(parts), labels: order)
      .pick(order.indices.sorted { order[$0] < order[$1] })
  }

  /// Calls `body` with rows of embeddings and counts of some clips, and their places in the split, until all had their
  /// turn.
  private func forEachBatch(_ split: Split, _ body: (Tensor, [Int]) throws -> Void) throws {
    let file = try words.store.features(split, encoder)
    let progress = Progress("embedding of \(split.rawValue)", total: file.rows, unit: "clips", on: console)
    var random = RandomStream(
      seed: words.store.key(split, encoder).content.seed, purpose: "embedding order")
    let order = random.permutation(file.rows)
    model.module.setTraining(false)
    let observer = ModelObserver(model.module)
    try Recording.off {
      for start in stride(from: 0, to: file.rows, by: Self.batch) {
        try Interruption.check("embedding")
        let rows = Array(order[start..<min(file.rows, start + Self.batch)])
        let features = try file.read(rows, on: words.store.device)
        let (embedding, counts) = try observer.counting(samples: rows.count) {
          try model.module.features(features)
        }
        try check(embedding, samples: rows.count, of: split)
        let encoded = counts.flatMap { observer.uncounted == nil ? $0.encoded : Self.notCounted }
        let costs = try Tensor(
          encoded, shape: [rows.count, SampleCounts.encodedCount], on: words.store.device)
        try body(Concatenation(1).apply([embedding, costs]), rows)
        progress.advance(by: rows.count)
      }
    }
    progress.finish()
  }

  private func check(_ embedding: Tensor, samples: Int, of split: Split) throws {
    guard embedding.rank == 2, embedding.shape[0] == samples, embedding.dtype == .float32 else {
      throw model.violation(
        "the model's features gave \(embedding.shape) of \(embedding.dtype) for \(samples) samples, expected "
          + "(samples, embedding) of float32", hint: "end them with nn.GlobalAvgPool1d() or nn.Flatten()",
        state
      )
    }
    guard try embedding.isFinite else {
      throw model.violation(
        "the model's features hold NaN or infinity for clips of \(split.rawValue)",
        hint: "its training has diverged; train with a smaller learning rate", state)
    }
  }
}

extension Tensor {
  /// Whether no float32 element is NaN or infinite.
  var isFinite: Bool {
    get throws {
      // The sum is finite when all elements are, but for a rare overflow.
      try Reduction(.sum)(self).item().isFinite || floatValues.allSatisfy(\.isFinite)
    }
  }
}

extension ModuleHandle {
  /// What the network did against the rules, with the plugin that built it where one is known.
  func violation(_ what: String, hint: String? = nil, _ state: LuaState) -> ScriptError {
    origin?.violation(what, hint: hint, in: "build", state) ?? ScriptError(what, hint: hint)
  }
}
