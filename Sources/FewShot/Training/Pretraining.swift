import Networks
import Support
import Tensors

/// The training of the base network: a model trained by a recipe on the base words of a data set, cached by everything
/// that it depends on.
public struct Pretraining {
  private let store: FeatureStore
  private let encoder: any ClipEncoder
  private let model: any ModelBuilder
  private let recipe: any TrainingRecipe
  private let seed: UInt64
  private let version: String

  /// A training whose weights, batches and recipe draw from `seed`.
  ///
  /// `version` is that of this program: networks that another version trained are not used.
  public init(
    store: FeatureStore, encoder: any ClipEncoder, model: any ModelBuilder, recipe: any TrainingRecipe,
    seed: UInt64, version: String
  ) {
    self.store = store
    self.encoder = encoder
    self.model = model
    self.recipe = recipe
    self.seed = seed
    self.version = version
  }

  /// What the network is built for.
  private var task: NetworkTask {
    get throws {
      let shape = try store.rowShape(encoder)
      return NetworkTask(time: shape[0], channels: shape[1], classes: store.dataset.words.count)
    }
  }

  private func key() throws -> StageKey {
    try StageKey(["nightjar=\(version)", "seed=\(seed)"])
      .adding(store.completeKey(encoder).parts).adding(model.keyParts).adding(recipe.keyParts)
      // Version 0.1.0 once trained on MFCCs what a script wanted trained on another encoder's features.
      .adding(encoder.name == "mfcc" ? [] : ["batches=\(encoder.name)"])
      // The last digits of what was trained before Winograd's convolutions are others.
      .adding(["convolution=winograd"])
  }

  /// The trained network, in evaluation mode; trained once for the same inputs, then read from the cache.
  ///
  /// - Throws: violations of the model and of the recipe, by their own errors; ``ClipError``, ``EncodingError`` and
  ///   `FileError`; what the recipe throws.
  public func run() throws -> BaseNetwork {
    let stageKey = try key()
    let size = try task
    var wasTrained = false
    var record: TrainingRecord?
    let (result, reads) = try store.cache.recording {
      let path = try store.cache.file(stage: "training", key: stageKey, ending: "safetensors") {
        try train(stageKey, size, to: $0)
        wasTrained = true
      }
      record = try TrainingRecord(metadata: SafeTensors.metadata(of: path, on: store.device))
      // Built again, also after training: of what a recipe does to a network, its weights alone count.
      let result = try model.build(for: size)
      try result.load(state: SafeTensors.read(path, on: store.device))
      return result
    }
    result.setTraining(false)
    // With what was read, such as another plugin's file, whose code is part of the network.
    let key = ContentKey(parts: stageKey.parts + reads.map(\.part))
    var network = BaseNetwork(result, key: key, violation: model.violation)
    network.training = record.map { (record: $0, isRestored: !wasTrained) }
    return network
  }

  /// Trains a new network and writes its tensors.
  private func train(_ key: StageKey, _ task: NetworkTask, to path: String) throws {
    let checkpoints = CheckpointFiles(stem: "\(store.cache.folder)/training/\(key)")
    let untrained = try model.build(for: task)
    let shapes = Self.shapes(of: untrained)
    try checkShapes(untrained, task)
    untrained.setTraining(true)
    let report = TrainingReport()
    let data = TrainingData(
      store: store, encoder: encoder, seed: seed, checkpoints: checkpoints, report: report)
    let trained = try recipe.train(untrained, on: data)
    try check(trained, shapes: shapes)
    var metadata = ["model": model.name]
    try report.record.write(to: &metadata)
    try SafeTensors.write(trained.state, metadata: metadata, to: path)
    checkpoints.removeAll()
  }

  /// Runs the network on a clip or two before hours of training: its scores must be (batch, classes), its embedding
  /// (batch, width).
  private func checkShapes(_ module: any Module, _ task: NetworkTask) throws {
    let file = try store.features(.train, encoder)
    let features = try file.read(Array(0..<min(2, file.rows)), on: store.device)
    let samples = features.shape[0]
    module.setTraining(false)
    let scores = try named { try Recording.off { try module(features) } }
    guard scores.shape == [samples, task.classes], scores.dtype == .float32 else {
      let hint = scores.rank > 2 ? "put nn.GlobalAvgPool1d() or nn.Flatten() before" : "end it with"
      throw violation(
        "for input \(features.shape) the model returns \(scores.shape) of \(scores.dtype), expected "
          + "[\(samples), \(task.classes)] of float32: one score per class",
        hint: "\(hint) nn.Linear(…, task.classes)")
    }
    let embedding = try named { try Recording.off { try module.features(features) } }
    guard embedding.rank == 2, embedding.shape[0] == samples, embedding.dtype == .float32 else {
      throw violation(
        "for input \(features.shape) the model's features are \(embedding.shape) of \(embedding.dtype), expected "
          + "(samples, embedding) of float32",
        hint: "put nn.GlobalAvgPool1d() or nn.Flatten() before the last nn.Linear")
    }
    guard try scores.isFinite, try embedding.isFinite else {
      throw violation(
        "before any training the model returns NaN or infinity",
        hint: "check for 0/0, log or sqrt in its forward")
    }
  }

  /// Throws unless a trained network has the tensors of the one that was built, all of them finite: they are stored by
  /// name and loaded into a model that is built again.
  private func check(_ trained: any Module, shapes: [String: [Int]]) throws {
    guard Self.shapes(of: trained) == shapes else {
      throw recipe.violation(
        ErrorMessage(
          "train returned another network than \(model.title) builds: \(trained.description)",
          hint: "return the model it was given, or build the new one in a model plugin"))
    }
    for (name, tensor) in trained.state where try tensor.dtype == .float32 && !tensor.isFinite {
      throw recipe.violation(
        ErrorMessage(
          "train returned a model whose '\(name)' holds NaN or infinity: its training has diverged",
          hint: "train with a smaller learning rate"))
    }
  }

  /// The names and shapes of a network's tensors.
  private static func shapes(of module: any Module) -> [String: [Int]] {
    Dictionary(module.state.map { ($0.name, $0.tensor.shape) }) { first, _ in first }
  }

  private func violation(_ what: String, hint: String) -> any NightjarError {
    model.violation(ErrorMessage(what, hint: hint))
  }

  /// Runs `body`, a pass of the untrained network, whose errors are those of the model.
  private func named<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as NetworkError {
      throw model.violation(error.message)
    } catch let error as TensorError where error.exitCode == .script {
      throw model.violation(error.message)
    } catch { throw model.named(error) }
  }
}
