import Datasets
import LuaHost
import Support
import Tensors

/// Embeddings of clips whose sound a script has altered; each is made once in a run, as long as nobody changes the
/// network, and kept under the name of what was done to it.
final class PerturbedEmbeddings {
  private struct Place: Hashable {
    let name: String
    let split: Split
    let row: Int
  }

  private let words: WordsHandle
  private let encoder: PluginEncoder
  private let model: ModuleHandle
  private var known: [Place: [Float]] = [:]
  /// The state of the network that ``known`` is of.
  private var versions: [Int] = []
  private var names: Set<String> = []

  /// Names in one run, each of which keeps an embedding for every clip.
  private static let maxNames = 64

  /// Clips altered at a time.
  private static let batch = 256

  init(_ words: WordsHandle, _ encoder: PluginEncoder, _ model: ModuleHandle) {
    self.words = words
    self.encoder = encoder
    self.model = model
  }

  /// (rows, embedding) of clips of a split.
  ///
  /// - Parameter alter: gets (clips, samples) and the sample rate, and gives the same shape.
  func embeddings(
    _ name: String, _ split: Split, _ rows: [Int], alter: (Tensor, Int) throws -> Tensor
  ) throws -> Tensor {
    let clips = words.dataset.clips(split)
    guard !rows.isEmpty else { throw ScriptError("embed_transformed: there are no clips in the batch") }
    guard let bad = rows.first(where: { !clips.indices.contains($0) }) else {
      names.insert(name)
      guard names.count <= Self.maxNames else {
        throw ScriptError(
          "embed_transformed: more than \(Self.maxNames) names, each of which is kept for every clip",
          hint: "fewer names in a run"
        )
      }
      // A learner may have trained the network further: what was heard with other weights is not the same.
      let own = model.module.state.map(\.tensor.version)
      if own != versions { (known, versions) = ([:], own) }
      return try model.module.evaluating { try found(name, split, rows, clips, alter) }
    }
    throw ScriptError(
      "embed_transformed: there is no clip \(bad + 1) in \(split.rawValue), which has \(clips.count)")
  }

  private func found(
    _ name: String, _ split: Split, _ rows: [Int], _ clips: [Clip], _ alter: (Tensor, Int) throws -> Tensor
  ) throws -> Tensor {
    let missing = rows.filter { known[Place(name: name, split: split, row: $0)] == nil }
    let rate = try encoder.prepare(rate: words.store.nativeRate())
    for start in stride(from: 0, to: missing.count, by: Self.batch) {
      try Interruption.check("hearing clips anew")
      let part = Array(missing[start..<min(missing.count, start + Self.batch)])
      let waveforms = try words.store.waveforms(part.map { clips[$0] }, rate: rate)
      let altered = try alter(waveforms, rate)
      guard altered.shape == waveforms.shape, altered.dtype == .float32 else {
        throw ScriptError(
          "embed_transformed: the function gave \(altered.shape) of \(altered.dtype) for waveforms \(waveforms.shape)",
          hint: "keep the shape (clips, samples)")
      }
      let embedding = try model.module.features(encoder.encode(altered))
      guard embedding.rank == 2, embedding.shape[0] == part.count, try embedding.isFinite else {
        throw ScriptError(
          "embed_transformed: the model gave \(embedding.shape) for \(part.count) altered clips, expected finite numbers "
            + "(clips, embedding)")
      }
      for (row, values) in zip(part, try embedding.rows()) {
        known[Place(name: name, split: split, row: row)] = values
      }
    }
    let values = rows.compactMap { known[Place(name: name, split: split, row: $0)] }
    return try Tensor(
      values.flatMap(\.self), shape: [values.count, values.first?.count ?? 0], on: words.store.device)
  }
}
