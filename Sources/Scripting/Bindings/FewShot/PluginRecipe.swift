import FewShot
import LuaHost
import Networks
import Support

/// A recipe plugin with its options.
final class PluginRecipe: TrainingRecipe {
  private let instance: PluginInstance
  private let context: ScriptContext
  private unowned let state: LuaState
  private var plugin: Plugin { instance.plugin }

  /// A recipe that draws everything from `seed`.
  init(_ choice: PluginChoice, seed: UInt64, in state: LuaState) throws {
    instance = try choice.plugin.makeInstance(options: choice.options, seed: Int(seed >> 2), in: state)
    context = try state.attached(ScriptContext.self)
    self.state = state
  }

  var keyParts: [String] { plugin.keyParts(options: instance.options) }

  func train(_ model: any Module, on data: TrainingData) throws -> any Module {
    context.checkpoints = data.checkpoints
    context.trainingReport = data.report
    defer {
      context.checkpoints = nil
      context.trainingReport = nil
    }
    let log = LuaFunction(
      "log", "Logs a number of the training", [.string("name"), .number("value"), .integer("step")]
    ) { call in
      let context = try call.context
      try context.trainingReport?.record.log(call.string(1), call.number(2), step: call.integer(3))
      try context.run.log(call.string(1), call.number(2), step: call.integer(3))
      return .nothing
    }
    let report = LuaFunction(
      "report", "Records the values that options without a default got: { epochs = 12 }", [.table("values")]
    ) { call in
      for field in try call.value(1).table?.fields ?? [] {
        guard let value = SettingValue(field.value) else {
          throw ScriptError(
            "report: '\(field.name)' is a \(field.value.typeName), expected the value of an option")
        }
        try call.context.trainingReport?.record.report(field.name, value)
      }
      return .nothing
    }
    let argument = LuaTable(fields: [
      ("options", instance.options.luaValue), ("seed", .integer(Int(data.seed >> 2))),
      ("log", .function(try state.function(log))), ("report", .function(try state.function(report))),
      ("progress", .function(try state.function(HostBindings.progress))),
    ])
    let handle = context.handle(model, classes: data.store.dataset.words.count)
    let words = WordsHandle(data.store.dataset, store: data.store, encoder: data.encoder)
    let results = try context.acting(as: .recipe, for: plugin) {
      try instance.call("train", handle, words, argument)
    }
    guard let trained = results.only?.object(ModuleHandle.self) else {
      throw violation(
        ErrorMessage(
          "train returned \(results.typeNames), expected the trained model", hint: results.returnHint))
    }
    return trained.module
  }

  func violation(_ message: ErrorMessage) -> any NightjarError {
    plugin.violation(message.what, hint: message.hint, in: "train", state)
  }
}

extension ScriptContext {
  /// A model plugin trained by a recipe plugin on the base words, or what the cache has of it.
  ///
  /// Weights, batches and the recipe draw from `seed`: the same numbers whatever was drawn before, and nothing that is
  /// drawn afterwards changes.
  func pretrain(
    _ model: PluginChoice, by recipe: PluginChoice, on store: FeatureStore, encoder: any ClipEncoder,
    seed: UInt64, in state: LuaState
  ) throws -> ModuleHandle {
    var randomness = Randomness(seed: seed, device: device)
    return try drawing(from: &randomness) {
      let recipe = try PluginRecipe(recipe, seed: seed, in: state)
      let model = try PluginModel(model, in: state)
      let network = try Pretraining(
        store: store, encoder: encoder, model: model, recipe: recipe, seed: seed,
        version: NightjarModule.version
      ).run()
      // The process that gathers all repeats logs it.
      if let training = network.training, training.isRestored, repeatPart == nil {
        for scalar in training.record.scalars {
          try run.log(scalar.name, scalar.value, step: scalar.step)
        }
      }
      let handle = handle(
        network.module, classes: store.dataset.words.count, key: network.key, origin: model.plugin)
      handle.training = network.training?.record
      return handle
    }
  }
}
