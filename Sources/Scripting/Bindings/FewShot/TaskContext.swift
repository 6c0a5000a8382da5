import Datasets
import FewShot
import LuaHost
import Networks

/// What a task plugin works with: the data, the selected model and recipe, and what is to be compared.
public final class TaskContext: LuaHosted {
  public static let luaClassName = "task_context"

  /// Nil for a task that generates its data.
  private let words: WordsHandle?
  private let encoder: any ClipEncoder
  fileprivate let model: PluginChoice
  private let recipe: PluginChoice
  let learners: [PluginChoice]
  let tests: [PluginChoice]
  let metrics: [PluginChoice]
  let repeats: Int
  /// Loads given weights into a network in place of training it; nil where there are none.
  fileprivate let loadWeights: ((any Module) throws -> Void)?
  private let context: ScriptContext
  private unowned let state: LuaState
  /// Which of the learners, tests and metrics the task has asked for.
  public fileprivate(set) var readKinds: Set<PluginKind> = []
  /// The trained network, once there is one.
  public private(set) var trained: (any Module)?
  /// What the recipe reported of the training, once there is a trained network.
  public private(set) var training: TrainingRecord?

  /// What the trained network was built for; nil before there is one.
  ///
  /// - Throws: the errors of the encoder.
  public var sizes: NetworkTask? {
    get throws {
      guard trained != nil, let words else { return nil }
      let shape = try words.store.rowShape(encoder)
      return NetworkTask(time: shape[0], channels: shape[1], classes: words.store.dataset.words.count)
    }
  }

  /// The data set; nil for a task that generates its data.
  public var dataset: WordDataset? { words?.dataset }

  /// The sample rate of the data set's clips, in Hz.
  ///
  /// - Throws: as `FeatureStore.nativeRate()`.
  public var rate: Int? { get throws { try words?.store.nativeRate() } }

  /// The context of a task in `state`, with the number of repeats that were requested.
  ///
  /// `dataset` is nil for a task that generates its data. `loadWeights` sets the weights of a network that would
  /// otherwise be trained.
  ///
  /// - Throws: ``OptionError`` for options of the encoder that do not fit; `CapabilityError` for permissions of it that
  ///   are not granted; `ScriptError`.
  public init(
    dataset: WordDataset?, encoder: PluginChoice, model: PluginChoice, recipe: PluginChoice,
    learners: [PluginChoice], tests: [PluginChoice], metrics: [PluginChoice], repeats: Int,
    loadWeights: ((any Module) throws -> Void)? = nil, context: ScriptContext, in state: LuaState
  ) throws {
    let encoder = try PluginEncoder(encoder.plugin, options: encoder.options, in: state)
    words = dataset.map { dataset in
      let store = FeatureStore(
        dataset, device: context.device, cache: context.cache, console: context.console)
      return WordsHandle(dataset, store: store, encoder: encoder)
    }
    self.loadWeights = loadWeights
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

  /// What the task compares or measures with, noted as read.
  fileprivate func read(_ choices: KeyPath<TaskContext, [PluginChoice]>, _ kind: PluginKind) -> [PluginChoice]
  {
    readKinds.insert(kind)
    return self[keyPath: choices]
  }

  /// The data set.
  ///
  /// - Throws: `ScriptError` in a task that generates its data.
  func data() throws -> WordsHandle {
    guard let words else {
      throw ScriptError(
        "the task has no data set: it declares generates_data = true",
        hint: "leave that out of its manifest, or use data of its own")
    }
    return words
  }

  /// The model trained by the recipe on the base words, or with the given weights.
  func pretrain() throws -> ModuleHandle {
    let words = try data()
    if loadWeights != nil {
      let shape = try words.store.rowShape(encoder)
      let handle = try build(time: shape[0], channels: shape[1], classes: words.store.dataset.words.count)
      trained = handle.module
      return handle
    }
    let handle = try context.pretrain(
      model, by: recipe, on: words.store, encoder: encoder, seed: context.seed, in: state)
    trained = handle.module
    training = handle.training
    return handle
  }

  /// The selected model, with the given weights or those it was built with.
  ///
  /// - Parameter defaults: values of options that have none of their own and were not set, where the model has them.
  func build(
    time: Int, channels: Int, classes: Int, defaults: LuaTable = LuaTable()
  ) throws -> ModuleHandle {
    let open = defaults.fields.filter {
      model.plugin.options.names.contains($0.name) && model.options[$0.name].isNil
    }
    let chosen = PluginChoice(model.plugin, options: LuaTable(fields: model.options.fields + open))
    let module = try chosen.build(time: time, channels: channels, classes: classes, in: state)
    try loadWeights?(module)
    let handle = context.handle(module)
    handle.classes = classes
    handle.origin = model.plugin
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
      },
      LuaFunction(
        "learner",
        "A new learner on a trained model's embeddings, for a task of another protocol than nj.fscil.run",
        [
          .object("learner", PluginChoice.luaClassName, help: "one of context.learners"), .module("model"),
          .integer("seed", default: 1, min: 0, help: "of all that it draws"),
        ], returns: "task_learner"
      ) { call in
        try call.require(.protocolRun)
        return try call.push(
          TaskLearner(
            call.object(1, PluginChoice.self), on: call.object(2, ModuleHandle.self),
            of: call.object(0, TaskContext.self).data(), seed: UInt64(call.integer(3)), in: call.state))
      },
      LuaFunction(
        "build",
        "The selected model, untrained or with the weights of --weights, for a task without a data set",
        [
          .options(
            "task",
            [
              .integer("time", default: 1, min: 1, max: 1 << 24),
              .integer("channels", default: 1, min: 1, max: 1 << 24),
              .integer("classes", default: 1, min: 1, max: 1 << 24, help: "the number of outputs"),
              .table(
                "defaults", optional: true,
                help: "of the model's options, where it has them without a default and they were not set"),
            ])
        ], returns: "module"
      ) { call in
        try call.require(.protocolRun)
        let task = try call.options(1)
        return try call.push(
          call.object(0, TaskContext.self).build(
            time: task.integer("time"), channels: task.integer("channels"), classes: task.integer("classes"),
            defaults: task["defaults"].table ?? LuaTable()))
      },
    ],
    properties: [
      LuaProperty("data", "The data set, with the selected encoder", "words") { call in
        try call.require(.opening)
        return try call.push(call.object(0, TaskContext.self).data())
      },
      LuaProperty("learners", "The selected learners", "list") { call in
        try call.push(call.object(0, TaskContext.self).read(\.learners, .learner).map(\.luaValue))
      },
      LuaProperty("tests", "The selected test functions", "list") { call in
        try call.push(call.object(0, TaskContext.self).read(\.tests, .test).map(\.luaValue))
      },
      LuaProperty("metrics", "The selected metrics", "list") { call in
        try call.push(call.object(0, TaskContext.self).read(\.metrics, .metric).map(\.luaValue))
      },
      LuaProperty(
        "has_weights", "Whether the model's weights are given, so that it is not trained", "boolean"
      ) {
        call in call.push(try call.object(0, TaskContext.self).loadWeights != nil)
      },
      LuaProperty("model", "The selected model, with its options", "plugin_choice") { call in
        try call.push(call.object(0, TaskContext.self).model)
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
      },
      LuaProperty("label", "Its name in results, with the options that --learner gives it", "string") {
        call in
        call.push(try call.object(0, PluginChoice.self).label)
      },
    ])
}
