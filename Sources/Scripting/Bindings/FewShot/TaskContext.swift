import FewShot
import Networks
import Tensors

/// What a task plugin works with: data, the model and recipe that were chosen, and what is to be compared.
public final class TaskContext: LuaHosted {
  public static let luaClassName = "task_context"

  let words: WordsHandle
  let model: PluginChoice
  let recipe: PluginChoice
  let learners: [PluginChoice]
  let tests: [PluginChoice]
  let metrics: [PluginChoice]
  let repeats: Int
  private let session: Session
  private let state: LuaState
  /// The trained network and its key, once there is one.
  public private(set) var trained: (module: any Module, key: ContentKey)?

  public init(
    dataset: WordDataset, encoder: PluginChoice, model: PluginChoice, recipe: PluginChoice, learners: [PluginChoice],
    tests: [PluginChoice], metrics: [PluginChoice], repeats: Int, session: Session, in state: LuaState
  ) throws {
    let store = FeatureStore(dataset, device: session.device, cache: session.cache, console: session.console)
    words = WordsHandle(
      dataset, store: store, encoder: try PluginEncoder(encoder.plugin, options: encoder.options, in: state))
    (self.model, self.recipe, self.learners) = (model, recipe, learners)
    (self.tests, self.metrics, self.repeats) = (tests, metrics, repeats)
    (self.session, self.state) = (session, state)
  }

  /// The network that the recipe makes of the model on the base words; trained once for the same inputs.
  func pretrain() throws -> ModuleHandle {
    guard let encoder = words.encoder else { throw ScriptFailure("pretrain: the data has no encoder") }
    let recipeInstance = try recipe.plugin.makeInstance(options: recipe.options, seed: Int(session.seed >> 2), in: state)
    let modelOptions = try model.plugin.options.fill(model.options)
    let key = StageKey(["nightjar=\(NightjarModule.version)", "seed=\(session.seed)"])
      .adding(words.store.key(.train, encoder).parts).adding(model.plugin.keyParts(options: modelOptions))
      .adding(recipe.plugin.keyParts(options: recipeInstance.options))
    session.reseed(session.seed)
    let task = try words.task(encoder)
    var module: (any Module)?
    let path = try session.cache.file(stage: "training", key: key, ending: "safetensors") { temporary in
      let fresh = try build(modelOptions, task)
      let trained = try train(fresh, recipeInstance)
      try SafeTensors.write(trained.state, metadata: ["model": model.plugin.name], to: temporary)
      module = trained
    }
    let result = try module ?? build(modelOptions, task)
    if module == nil { try result.load(state: SafeTensors.read(path, on: session.device)) }
    result.setTraining(false)
    trained = (result, key.content)
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
    let log = LuaFunction("log", "Notes a number of the training", [.string("name"), .number("value"), .integer("step")]) {
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
      throw ScriptFailure("plugin \(recipe.plugin.title): train gave a \(given.typeName), expected the trained model")
    }
    return trained.module
  }

  /// Tries the network on two clips before hours of training: its scores must be (batch, classes).
  private func checkShapes(_ module: any Module) throws {
    guard let encoder = words.encoder else { return }
    let features = try words.store.features(.train, encoder).read([0, 1], on: session.device)
    module.setTraining(false)
    let scores = try plugin { try Recording.off { try module.forward(features) } }
    let classes = words.dataset.words.count
    guard scores.shape == [2, classes] else {
      throw ScriptFailure(
        "plugin \(model.plugin.title): for input \(features.shape) the model gives \(scores.shape), expected [2, \(classes)]: "
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

extension LuaClass {
  static let taskContext = LuaClass(
    TaskContext.self, "What a task works with",
    methods: [
      LuaFunction("pretrain", "The model trained on the base words by the recipe; kept by what made it", returns: "module") {
        call in try call.give(call.object(0, TaskContext.self).pretrain())
      }
    ],
    properties: [
      LuaProperty("data", "The data set, with the chosen encoder", "words") { call in
        try call.give(call.object(0, TaskContext.self).words)
      },
      LuaProperty("learners", "The chosen learners", "list") { call in
        try call.give(call.object(0, TaskContext.self).learners.map(\.luaValue))
      },
      LuaProperty("tests", "The chosen test functions", "list") { call in
        try call.give(call.object(0, TaskContext.self).tests.map(\.luaValue))
      },
      LuaProperty("metrics", "The chosen metrics", "list") { call in
        try call.give(call.object(0, TaskContext.self).metrics.map(\.luaValue))
      },
      LuaProperty("repeats", "How many repeats were asked for", "integer") { call in
        call.give(try call.object(0, TaskContext.self).repeats)
      },
    ])

  /// A plugin with its options, as a task hands it on.
  static let pluginChoice = LuaClass(
    PluginChoice.self, "A chosen plugin", methods: [],
    properties: [
      LuaProperty("name", "Its name", "string") { call in call.give(try call.object(0, PluginChoice.self).plugin.name) }
    ])
}
