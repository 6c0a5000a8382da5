import Datasets
import FewShot
import LuaHost
import Networks

/// What a task plugin works with: the data, the selected model and recipe, and what is to be compared.
public final class TaskContext: LuaHosted {
  public static let luaClassName = "task_context"

  let words: WordsHandle
  private let encoder: any ClipEncoder
  private let model: PluginChoice
  private let recipe: PluginChoice
  let learners: [PluginChoice]
  let tests: [PluginChoice]
  let metrics: [PluginChoice]
  let repeats: Int
  private let context: ScriptContext
  private unowned let state: LuaState
  /// The trained network, once there is one.
  public private(set) var trained: (any Module)?
  /// What the recipe reported of the training, once there is a trained network.
  public private(set) var training: TrainingRecord?

  /// What the trained network was built for; nil before there is one.
  ///
  /// - Throws: the errors of the encoder.
  public var sizes: NetworkTask? {
    get throws {
      guard trained != nil else { return nil }
      let shape = try words.store.features(.train, encoder).rowShape
      return NetworkTask(time: shape[0], channels: shape[1], classes: words.store.dataset.words.count)
    }
  }

  /// The data set.
  public var dataset: WordDataset { words.dataset }

  /// The sample rate of the data set's clips, in Hz.
  ///
  /// - Throws: as `FeatureStore.nativeRate()`.
  public var rate: Int { get throws { try words.store.nativeRate() } }

  /// The context of a task in `state`, with the number of repeats that were requested.
  ///
  /// - Throws: ``OptionError`` for options of the encoder that do not fit; `CapabilityError` for permissions of it that
  ///   are not granted; `ScriptError`.
  public init(
    dataset: WordDataset, encoder: PluginChoice, model: PluginChoice, recipe: PluginChoice,
    learners: [PluginChoice],
    tests: [PluginChoice], metrics: [PluginChoice], repeats: Int, context: ScriptContext, in state: LuaState
  ) throws {
    let store = FeatureStore(dataset, device: context.device, cache: context.cache, console: context.console)
    let encoder = try PluginEncoder(encoder.plugin, options: encoder.options, in: state)
    words = WordsHandle(dataset, store: store, encoder: encoder)
    self.encoder = encoder
    self.model = model
    self.recipe = recipe
    self.context = context
    self.state = state
    self.learners = learners
    self.tests = tests
    self.metrics = metrics
    self.repeats = repeats
  }

  /// The model trained by the recipe on the base words.
  func pretrain() throws -> ModuleHandle {
    let handle = try context.pretrain(
      model, by: recipe, on: words.store, encoder: encoder, seed: context.seed, in: state)
    trained = handle.module
    training = handle.training
    return handle
  }
}

extension LuaClass {
  static let taskContext = LuaClass(
    TaskContext.self, "What a task works with",
    methods: [
      LuaFunction(
        "pretrain", "The model trained on the base words by the recipe; cached",
        returns: "module"
      ) {
        call in
        try call.require(.protocolRun)
        return try call.push(call.object(0, TaskContext.self).pretrain())
      }
    ],
    properties: [
      LuaProperty("data", "The data set, with the selected encoder", "words") { call in
        try call.require(.opening)
        return try call.push(call.object(0, TaskContext.self).words)
      },
      LuaProperty("learners", "The selected learners", "list") { call in
        try call.push(call.object(0, TaskContext.self).learners.map(\.luaValue))
      },
      LuaProperty("tests", "The selected test functions", "list") { call in
        try call.push(call.object(0, TaskContext.self).tests.map(\.luaValue))
      },
      LuaProperty("metrics", "The selected metrics", "list") { call in
        try call.push(call.object(0, TaskContext.self).metrics.map(\.luaValue))
      },
      LuaProperty("repeats", "The number of repeats requested", "integer") { call in
        call.push(try call.object(0, TaskContext.self).repeats)
      },
    ])

  /// A plugin with its options, as a task passes it on.
  static let pluginChoice = LuaClass(
    PluginChoice.self, "A selected plugin", methods: [],
    properties: [
      LuaProperty("name", "Its name", "string") { call in
        call.push(try call.object(0, PluginChoice.self).plugin.name)
      }
    ])
}
