import Foundation
import LuaHost
import Networks
import Support
import Tensors

/// The base network: a model plugin trained by a recipe plugin on the base words of a data set.
struct Pretraining {
  let words: WordsHandle
  let encoder: PluginEncoder
  let model: PluginChoice
  let recipe: PluginChoice
  /// What weights, batches and the recipe draw from.
  let seed: UInt64
  let context: ScriptContext
  let state: LuaState

  /// The trained network; trained once for the same inputs, then kept.
  func run() throws -> ModuleHandle {
    // What training draws is the same whatever was drawn before, and changes nothing after.
    var randomness = Randomness(seed: seed, device: context.device)
    return try context.drawing(from: &randomness) { try pretrained() }
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
    let path = try context.cache.file(stage: "training", key: key, ending: "safetensors") { temporary in
      context.checkpoints = (stem: "\(context.cache.folder)/training/\(key)", used: 0)
      defer { context.checkpoints = nil }
      let fresh = try choice.build(task: task, in: state)
      let shapes = Self.shapes(of: fresh)
      let trained = try train(fresh, recipeInstance)
      try check(trained, built: shapes)
      try SafeTensors.write(trained.state, metadata: ["model": model.plugin.name], to: temporary)
      for call in 1...max(1, context.checkpoints?.used ?? 0) {
        try? FileManager.default.removeItem(
          atPath: "\(context.cache.folder)/training/\(key).\(call).checkpoint")
      }
    }
    // Built anew, also after training: what a recipe does to a network counts as far as it is in its weights.
    let result = try choice.build(task: task, in: state)
    try result.load(state: SafeTensors.read(path, on: context.device))
    result.setTraining(false)
    return context.handle(
      result, classes: words.dataset.words.count, key: key.content, origin: model.plugin)
  }

  private func train(_ module: any Module, _ recipe: PluginInstance) throws -> any Module {
    try checkShapes(module)
    module.setTraining(true)
    let log = LuaFunction(
      "log", "Notes a number of the training", [.string("name"), .number("value"), .integer("step")]
    ) {
      call in
      try call.context.run.log(call.string(1), call.number(2), step: call.integer(3))
      return .nothing
    }
    let argument = LuaTable(fields: [
      ("options", recipe.options.luaValue), ("seed", .integer(Int(seed >> 2))),
      ("log", .function(try state.function(log))),
      ("progress", .function(try state.function(HostBindings.progress))),
    ])
    let handle = context.handle(module, classes: words.dataset.words.count)
    let given = try context.acting(as: .recipe, for: recipe.plugin) {
      try recipe.call("train", handle, words, argument)
    }
    guard let trained = given.first?.object(ModuleHandle.self) else {
      throw recipe.plugin.violation(
        "train gave \((given.first ?? .nil).typeName), expected the trained model", in: "train", state)
    }
    return trained.module
  }

  /// Tries the network on a clip or two before hours of training: its scores must be (batch, classes), its
  /// embedding (batch, width).
  private func checkShapes(_ module: any Module) throws {
    let file = try words.store.features(.train, encoder)
    let features = try file.read(Array(0..<min(2, file.rows)), on: context.device)
    let samples = features.shape[0]
    let classes = words.dataset.words.count
    module.setTraining(false)
    let scores = try plugin { try Recording.off { try module(features) } }
    guard scores.shape == [samples, classes], scores.dtype == .float32 else {
      let hint = scores.rank > 2 ? "put nn.GlobalAvgPool1d() or nn.Flatten() before" : "end it with"
      throw violation(
        "for input \(features.shape) the model gives \(scores.shape) of \(scores.dtype), expected "
          + "[\(samples), \(classes)] of float32: one score a class",
        hint: "\(hint) nn.Linear(…, task.classes)"
      )
    }
    let embedding = try plugin { try Recording.off { try module.features(features) } }
    guard embedding.rank == 2, embedding.shape[0] == samples, embedding.dtype == .float32 else {
      throw violation(
        "for input \(features.shape) the model's features give \(embedding.shape) of \(embedding.dtype), expected "
          + "(samples, embedding) of float32",
        hint: "put nn.GlobalAvgPool1d() or nn.Flatten() before the last nn.Linear"
      )
    }
    guard try scores.isFinite, try embedding.isFinite else {
      throw violation(
        "before any training the model gives NaN or infinity",
        hint: "look for 0/0, log or sqrt in its forward")
    }
  }

  private func violation(_ what: String, hint: String? = nil) -> ScriptError {
    model.plugin.violation(what, hint: hint, in: "build", state)
  }

  /// The names and shapes of a network's tensors.
  private static func shapes(of module: any Module) -> [String: [Int]] {
    Dictionary(module.state.map { ($0.name, $0.tensor.shape) }) { first, _ in first }
  }

  /// What a recipe gives is kept as tensors by name and put into a freshly built model.
  private func check(_ trained: any Module, built shapes: [String: [Int]]) throws {
    guard Self.shapes(of: trained) == shapes else {
      throw recipe.plugin.violation(
        "train gave another network than \(model.plugin.title) builds: \(trained.description)",
        hint: "give back the model it was given, or build the new one in a model plugin", in: "train",
        state)
    }
    for (name, tensor) in trained.state where try tensor.dtype == .float32 && !tensor.isFinite {
      throw recipe.plugin.violation(
        "train gave a model whose '\(name)' holds NaN or infinity: its training has diverged",
        hint: "train with a smaller learning rate", in: "train", state)
    }
  }

  private func plugin<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try model.plugin.named(body) } catch let error as NetworkError {
      throw violation(error.message.what, hint: error.message.hint)
    } catch let error as TensorError where error.exitCode == .script {
      throw violation(error.message.what, hint: error.message.hint)
    }
  }
}
