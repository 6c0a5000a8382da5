import FewShot
import Foundation
import Networks
import Tensors

/// Embeddings of a data set's splits by one network; kept on disk when the network's origin is known.
struct Embedder {
  let words: WordsHandle
  let encoder: PluginEncoder
  let model: ModuleHandle
  let cache: StageCache
  let console: Console

  /// Samples embedded at a time.
  private static let batch = 512

  /// (clips, embedding) with the clips' labels.
  func embedded(_ split: Split) throws -> LabelledFeatures {
    let labels = words.dataset.clips(split).map(\.label)
    let features: Tensor
    if let key = model.key {
      // A script may have trained the network further since it got its key.
      let weights = ContentKey(
        parts: try model.module.state.map { try "\($0.name)=\(ContentKey(of: $0.tensor.contiguous().bytes))" }
      )
      let path = try cache.file(
        stage: "embedding",
        key: StageKey(["network=\(key)", "weights=\(weights)"]).adding(
          words.store.key(split, encoder).parts),
        ending: "rows"
      ) { try write(split, to: $0) }
      features = try RowFile(path).readAll(on: words.store.device)
    } else {
      features = try Concatenation(0).apply(batches(split))
    }
    return LabelledFeatures(features: features, labels: labels)
  }

  private func write(_ split: Split, to path: String) throws {
    var writer = try RowFile.Writer(path)
    try forEachBatch(split) { try writer.append($0) }
  }

  private func batches(_ split: Split) throws -> [Tensor] {
    var parts: [Tensor] = []
    try forEachBatch(split) { parts.append($0) }
    return parts
  }

  private func forEachBatch(_ split: Split, _ body: (Tensor) throws -> Void) throws {
    let file = try words.store.features(split, encoder)
    let progress = Progress("embedding of \(split.rawValue)", total: file.rows, unit: "clips", on: console)
    let module = model.module
    module.setTraining(false)
    try Recording.off {
      for start in stride(from: 0, to: file.rows, by: Self.batch) {
        try Interruption.check("embedding")
        let rows = start..<min(file.rows, start + Self.batch)
        let embedding = try module.features(file.read(rows, on: words.store.device))
        guard embedding.rank == 2, embedding.shape[0] == rows.count else {
          throw ScriptFailure(
            "the model's features gave \(embedding.shape) for \(rows.count) samples, expected (samples, embedding). "
              + "Mend: end them with nn.GlobalAvgPool1d() or nn.Flatten()")
        }
        if try !Reduction(.sum)(embedding).item().isFinite,
          try embedding.floatValues.contains(where: { !$0.isFinite })
        {
          throw ScriptFailure(
            "the model's features hold NaN or infinity for clips of \(split.rawValue). "
              + "Mend: its training has diverged; train with a smaller learning rate")
        }
        try body(embedding)
        progress.advance(by: rows.count)
      }
    }
    progress.finish()
  }
}
