import Datasets
import FewShot
import LuaHost
import Networks

/// What a task plugin works with: data, the model and recipe that were chosen, and what is to be compared.
public final class TaskContext: LuaHosted {
  public static let luaClassName = "task_context"

  let words: WordsHandle
  private let pretraining: Pretraining
  let learners: [PluginChoice]
  let tests: [PluginChoice]
  let metrics: [PluginChoice]
  let repeats: Int
  /// The trained network, once there is one.
  public private(set) var trained: (any Module)?

  public init(
    dataset: WordDataset, encoder: PluginChoice, model: PluginChoice, recipe: PluginChoice,
    learners: [PluginChoice],
    tests: [PluginChoice], metrics: [PluginChoice], repeats: Int, context: ScriptContext, in state: LuaState
  ) throws {
    let store = FeatureStore(dataset, device: context.device, cache: context.cache, console: context.console)
    let encoder = try PluginEncoder(encoder.plugin, options: encoder.options, in: state)
    words = WordsHandle(dataset, store: store, encoder: encoder)
    pretraining = Pretraining(
      words: words, encoder: encoder, model: model, recipe: recipe, seed: context.seed, context: context,
      state: state)
    self.learners = learners
    self.tests = tests
    self.metrics = metrics
    self.repeats = repeats
  }

  /// The network that the recipe makes of the model on the base words.
  func pretrain() throws -> ModuleHandle {
    let handle = try pretraining.run()
    trained = handle.module
    return handle
  }
}

extension LuaClass {
  static let taskContext = LuaClass(
    TaskContext.self, "What a task works with",
    methods: [
      LuaFunction(
        "pretrain", "The model trained on the base words by the recipe; kept by what made it",
        returns: "module"
      ) {
        call in
        try call.require(.protocolRun)
        return try call.push(call.object(0, TaskContext.self).pretrain())
      }
    ],
    properties: [
      LuaProperty("data", "The data set, with the chosen encoder", "words") { call in
        try call.require(.opening)
        return try call.push(call.object(0, TaskContext.self).words)
      },
      LuaProperty("learners", "The chosen learners", "list") { call in
        try call.push(call.object(0, TaskContext.self).learners.map(\.luaValue))
      },
      LuaProperty("tests", "The chosen test functions", "list") { call in
        try call.push(call.object(0, TaskContext.self).tests.map(\.luaValue))
      },
      LuaProperty("metrics", "The chosen metrics", "list") { call in
        try call.push(call.object(0, TaskContext.self).metrics.map(\.luaValue))
      },
      LuaProperty("repeats", "How many repeats were asked for", "integer") { call in
        call.push(try call.object(0, TaskContext.self).repeats)
      },
    ])

  /// A plugin with its options, as a task hands it on.
  static let pluginChoice = LuaClass(
    PluginChoice.self, "A chosen plugin", methods: [],
    properties: [
      LuaProperty("name", "Its name", "string") { call in
        call.push(try call.object(0, PluginChoice.self).plugin.name)
      }
    ])
}
