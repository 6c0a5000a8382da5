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
  let session: Session
  let state: LuaState

  /// The trained network; trained once for the same inputs, then kept.
  func run() throws -> ModuleHandle {
    let recipeInstance = try recipe.plugin.makeInstance(
      options: recipe.options, seed: Int(session.seed >> 2), in: state)
    let modelOptions = try model.plugin.options.fill(model.options)
    let key = StageKey(["nightjar=\(NightjarModule.version)", "seed=\(session.seed)"])
      .adding(words.store.key(.train, encoder).parts).adding(model.plugin.keyParts(options: modelOptions))
      .adding(recipe.plugin.keyParts(options: recipeInstance.options))
    session.reseed(session.seed)
    let task = try words.task(encoder)
    var module: (any Module)?
    let path = try session.cache.file(stage: "training", key: key, ending: "safetensors") { temporary in
      session.checkpoints = (stem: "\(session.cache.folder)/training/\(key)", used: 0)
      defer { session.checkpoints = nil }
      let fresh = try build(modelOptions, task)
      let trained = try train(fresh, recipeInstance)
      try SafeTensors.write(trained.state, metadata: ["model": model.plugin.name], to: temporary)
      module = trained
      for call in 1...max(1, session.checkpoints?.used ?? 0) {
        try? FileManager.default.removeItem(atPath: "\(session.cache.folder)/training/\(key).\(call).checkpoint")
      }
    }
    let result = try module ?? build(modelOptions, task)
    if module == nil { try result.load(state: SafeTensors.read(path, on: session.device)) }
    result.setTraining(false)
    return session.handle(result, classes: words.dataset.words.count, key: key.content)
  }

  private func build(_ options: LuaTable, _ task: LuaTable) throws -> any Module {
    let given = try model.plugin.build(options, task: task, in: state).first ?? .nil
    guard let handle = given.object(ModuleHandle.self) else {
      throw ScriptFailure("plugin \(model.plugin.title): build gave a \(given.typeName), expected a module")
    }
    return handle.module
  }

  private func train(_ module: any Module, _ recipe: PluginInstance) throws -> any Module {
    try checkShapes(module)
    let log = LuaFunction(
      "log", "Notes a number of the training", [.string("name"), .number("value"), .integer("step")]
    ) {
      call in
      try call.session.run.log(call.string(1), call.number(2), step: call.integer(3))
      return .nothing
    }
    let context = LuaTable(fields: [
      ("options", recipe.options.luaValue), ("seed", .integer(Int(session.seed >> 2))),
      ("log", .function(try state.function(log))),
    ])
    let handle = session.handle(module, classes: words.dataset.words.count)
    let given = try recipe.call("train", handle, words, context).first ?? .nil
    guard let trained = given.object(ModuleHandle.self) else {
      throw ScriptFailure(
        "plugin \(recipe.plugin.title): train gave a \(given.typeName), expected the trained model")
    }
    return trained.module
  }

  /// Tries the network on two clips before hours of training: its scores must be (batch, classes).
  private func checkShapes(_ module: any Module) throws {
    let features = try words.store.features(.train, encoder).read([0, 1], on: session.device)
    module.setTraining(false)
    let scores = try plugin { try Recording.off { try module.forward(features) } }
    let classes = words.dataset.words.count
    guard scores.shape == [2, classes] else {
      throw ScriptFailure(
        "plugin \(model.plugin.title): for input \(features.shape) the model gives \(scores.shape), "
          + "expected [2, \(classes)]: "
          + "one score a class. Mend: end it with nn.Linear(…, task.classes)")
    }
  }

  private func plugin<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as NetworkError {
      throw ScriptFailure("plugin \(model.plugin.title): \(error.description)")
    } catch let error as TensorError where error.exitCode == .script {
      throw ScriptFailure("plugin \(model.plugin.title): \(error.description)")
    }
  }
}
