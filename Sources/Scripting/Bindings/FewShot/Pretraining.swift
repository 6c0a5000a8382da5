import FewShot
import Foundation
import Networks
import Tensors

/// The base network: a model plugin trained by a recipe plugin on the base words of a data set.
struct Pretraining {
  let words: WordsHandle
  let encoder: PluginEncoder
  let model: PluginChoice
  let recipe: PluginChoice
  /// What weights, batches and the recipe draw from.
  let seed: UInt64
  let session: Session
  let state: LuaState

  /// The trained network; trained once for the same inputs, then kept.
  func run() throws -> ModuleHandle {
    // What training draws is the same whatever was drawn before, and changes nothing after.
    var randomness = Randomness(seed: seed, device: session.device)
    return try session.drawing(from: &randomness) { try pretrained() }
  }

  private func pretrained() throws -> ModuleHandle {
    let recipeInstance = try recipe.plugin.makeInstance(
      options: recipe.options, seed: Int(seed >> 2), in: state)
    let modelOptions = try model.plugin.options.fill(model.options)
    let choice = PluginChoice(model.plugin, options: modelOptions)
    let key = StageKey(["nightjar=\(NightjarModule.version)", "seed=\(seed)"])
      .adding(words.store.key(.train, encoder).parts).adding(model.plugin.keyParts(options: modelOptions))
      .adding(recipe.plugin.keyParts(options: recipeInstance.options))
      // Version 0.1.0 once trained on MFCCs what a script wanted trained on another encoder's features.
      .adding(encoder.name == "mfcc" ? [] : ["batches=\(encoder.name)"])
    let task = try words.task(encoder)
    let path = try session.cache.file(stage: "training", key: key, ending: "safetensors") { temporary in
      session.checkpoints = (stem: "\(session.cache.folder)/training/\(key)", used: 0)
      defer { session.checkpoints = nil }
      let fresh = try choice.build(task: task, in: state)
      let shapes = Self.shapes(of: fresh)
      let trained = try train(fresh, recipeInstance)
      try check(trained, built: shapes)
      try SafeTensors.write(trained.state, metadata: ["model": model.plugin.name], to: temporary)
      for call in 1...max(1, session.checkpoints?.used ?? 0) {
        try? FileManager.default.removeItem(
          atPath: "\(session.cache.folder)/training/\(key).\(call).checkpoint")
      }
    }
    // Built anew, also after training: what a recipe does to a network counts as far as it is in its weights.
    let result = try choice.build(task: task, in: state)
    try result.load(state: SafeTensors.read(path, on: session.device))
    result.setTraining(false)
    return session.handle(
      result, classes: words.dataset.words.count, key: key.content, origin: model.plugin)
  }

  private func train(_ module: any Module, _ recipe: PluginInstance) throws -> any Module {
    try checkShapes(module)
    module.setTraining(true)
    let log = LuaFunction(
      "log", "Notes a number of the training", [.string("name"), .number("value"), .integer("step")]
    ) {
      call in
      try call.session.run.log(call.string(1), call.number(2), step: call.integer(3))
      return .nothing
    }
    let context = LuaTable(fields: [
      ("options", recipe.options.luaValue), ("seed", .integer(Int(seed >> 2))),
      ("log", .function(try state.function(log))),
      ("progress", .function(try state.function(HostBindings.progress))),
    ])
    let handle = session.handle(module, classes: words.dataset.words.count)
    let given = try session.acting(as: .recipe, for: recipe.plugin) {
      try recipe.call("train", handle, words, context)
    }
    guard let trained = given.first?.object(ModuleHandle.self) else {
      throw recipe.plugin.fault(
        "train gave \((given.first ?? .nil).typeName), expected the trained model", in: "train", state)
    }
    return trained.module
  }

  /// Tries the network on a clip or two before hours of training: its scores must be (batch, classes), its
  /// embedding (batch, width).
  private func checkShapes(_ module: any Module) throws {
    let file = try words.store.features(.train, encoder)
    let features = try file.read(Array(0..<min(2, file.rows)), on: session.device)
    let (samples, classes) = (features.shape[0], words.dataset.words.count)
    module.setTraining(false)
    let scores = try plugin { try Recording.off { try module(features) } }
    guard scores.shape == [samples, classes], scores.dtype == .float32 else {
      let mend = scores.rank > 2 ? "put nn.GlobalAvgPool1d() or nn.Flatten() before" : "end it with"
      throw fault(
        "for input \(features.shape) the model gives \(scores.shape) of \(scores.dtype), expected "
          + "[\(samples), \(classes)] of float32: one score a class. Mend: \(mend) nn.Linear(…, task.classes)"
      )
    }
    let embedding = try plugin { try Recording.off { try module.features(features) } }
    guard embedding.rank == 2, embedding.shape[0] == samples, embedding.dtype == .float32 else {
      throw fault(
        "for input \(features.shape) the model's features give \(embedding.shape) of \(embedding.dtype), expected "
          + "(samples, embedding) of float32. Mend: put nn.GlobalAvgPool1d() or nn.Flatten() before the last nn.Linear"
      )
    }
    guard try scores.isFinite, try embedding.isFinite else {
      throw fault(
        "before any training the model gives NaN or infinity. Mend: look for 0/0, log or sqrt in its forward")
    }
  }

  private func fault(_ what: String) -> ScriptFailure { model.plugin.fault(what, in: "build", state) }

  /// The names and shapes of a network's tensors.
  private static func shapes(of module: any Module) -> [String: [Int]] {
    Dictionary(module.state.map { ($0.name, $0.tensor.shape) }) { first, _ in first }
  }

  /// What a recipe gives is kept as tensors by name and put into a freshly built model.
  private func check(_ trained: any Module, built shapes: [String: [Int]]) throws {
    guard Self.shapes(of: trained) == shapes else {
      throw recipe.plugin.fault(
        "train gave another network than \(model.plugin.title) builds: \(trained.description). "
          + "Mend: give back the model it was given, or build the new one in a model plugin", in: "train",
        state)
    }
    for (name, tensor) in trained.state where try tensor.dtype == .float32 && !tensor.isFinite {
      throw recipe.plugin.fault(
        "train gave a model whose '\(name)' holds NaN or infinity: its training has diverged. "
          + "Mend: train with a smaller learning rate", in: "train", state)
    }
  }

  private func plugin<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try model.plugin.named(body) } catch let error as NetworkError {
      throw fault(error.description)
    } catch let error as TensorError where error.exitCode == .script {
      throw fault(error.description)
    }
  }
}
