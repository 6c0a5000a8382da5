import Algorithms
import Datasets
import Networks
import Support
import Tensors

/// Embeddings of clips whose waveforms were transformed, such as by noise; each is computed once as long as the network
/// does not change, and cached in memory under the transformation's name.
public final class PerturbedEmbeddings {
  private struct Key: Hashable {
    let name: String
    let split: Split
    let row: Int
  }

  private let store: FeatureStore
  private let encoder: any ClipEncoder
  private let module: any Module
  private var cached: [Key: [Float]] = [:]
  /// The versions of the network's tensors that ``cached`` was computed with.
  private var versions: [Int] = []
  private var names: Set<String> = []

  /// The maximum number of names, each of which stores an embedding of every clip.
  private static let maxNames = 64

  /// Clips transformed together.
  private static let batch = 256

  public init(store: FeatureStore, encoder: any ClipEncoder, module: any Module) {
    self.store = store
    self.encoder = encoder
    self.module = module
  }

  /// The embeddings of transformed clips: (rows, embedding).
  ///
  /// - Parameters:
  ///   - name: of the transformation; clips that were transformed under it before are not transformed again.
  ///   - split: the split whose clips are transformed.
  ///   - rows: rows of the split, from 0; at least one.
  ///   - transform: gets (clips, samples) and the sample rate in Hz, and returns the same shape.
  /// - Throws: ``EmbeddingError`` for rows outside the split, too many names, and a transformation or a network that
  ///   returns the wrong shape; what `transform`, the encoder and the network throw.
  public func embeddings(
    _ name: String, _ split: Split, _ rows: [Int], transform: (Tensor, Int) throws -> Tensor
  ) throws -> Tensor {
    let clips = store.dataset.clips(split)
    guard !rows.isEmpty else { throw EmbeddingError("there are no clips in the batch") }
    if let bad = rows.first(where: { !clips.indices.contains($0) }) {
      throw EmbeddingError("there is no clip \(bad + 1) in \(split.rawValue), which has \(clips.count)")
    }
    names.insert(name)
    guard names.count <= Self.maxNames else {
      throw EmbeddingError(
        "more than \(Self.maxNames) names, each of which stores an embedding of every clip",
        hint: "use fewer names in a run")
    }
    // A learner may have trained the network further: embeddings of other weights are not the same.
    let current = module.state.map(\.tensor.version)
    if current != versions {
      cached = [:]
      versions = current
    }
    return try module.evaluating {
      try embedMissing(name, split, rows, clips, transform)
      let values = rows.compactMap { cached[Key(name: name, split: split, row: $0)] }
      return try Tensor(
        values.flatMap(\.self), shape: [values.count, values.first?.count ?? 0], on: store.device)
    }
  }

  private func embedMissing(
    _ name: String, _ split: Split, _ rows: [Int], _ clips: [Clip],
    _ transform: (Tensor, Int) throws -> Tensor
  ) throws {
    let missing = rows.filter { cached[Key(name: name, split: split, row: $0)] == nil }
    let rate = try encoder.prepare(rate: store.nativeRate())
    for part in missing.chunks(ofCount: Self.batch) {
      try Interruption.check("embedding transformed clips")
      let waveforms = try store.waveforms(part.map { clips[$0] }, rate: rate)
      let transformed = try transform(waveforms, rate)
      guard transformed.shape == waveforms.shape, transformed.dtype == .float32 else {
        throw EmbeddingError(
          "the function returned \(transformed.shape) of \(transformed.dtype) for waveforms \(waveforms.shape)",
          hint: "keep the shape (clips, samples)")
      }
      let embedding = try module.features(encoder.encode(transformed))
      guard embedding.rank == 2, embedding.shape[0] == part.count, try embedding.isFinite else {
        throw EmbeddingError(
          "the model returned \(embedding.shape) for \(part.count) transformed clips, expected finite numbers "
            + "(clips, embedding)")
      }
      for (row, values) in zip(part, try embedding.rows()) {
        cached[Key(name: name, split: split, row: row)] = values
      }
    }
  }
}

/// Transformed clips that cannot be embedded.
public struct EmbeddingError: NightjarError {
  public let message: ErrorMessage
  init(_ what: String, hint: String? = nil) { message = ErrorMessage(what, hint: hint) }
  public var exitCode: ExitCode { .script }
}
