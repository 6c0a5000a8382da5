import Datasets
import FewShot
import LuaHost
import Tensors

/// `nj.fscil`: few-shot class-incremental learning.
enum FewShotBindings {
  static let module = LuaModule(
    "fscil", "Few-shot class-incremental learning (NeuroBench's keyword task)",
    functions: [pretrain, sessions, embed, run],
    properties: [
      LuaProperty("options", "The options of a task that runs the protocol", "table") { call in
        try call.push(LuaTable(fields: ProtocolSetting.ofTask.map { ($0.name, .table($0.declaration)) }))
      }
    ])

  private static let sessionParameters = (ProtocolSetting.ofSessions + [.seed]).map(\.parameter)

  private static func settings(_ options: LuaOptions, _ words: WordsHandle) throws -> SessionSettings {
    try SessionSettings(for: words.dataset) { options[$0.name].integer }
  }

  private static func seed(_ options: LuaOptions, _ call: LuaCall) throws -> UInt64 {
    try options[ProtocolSetting.seed.name].integer.map { UInt64(bitPattern: Int64($0)) } ?? call.context.seed
  }

  private static let sessions = LuaFunction(
    "sessions",
    "The sessions of one repeat: a list of { language, classes, support, queries }, rows of the evaluation split",
    [
      .options(
        "options",
        [.object("data", "words"), .integer("number", default: 1, min: 1, help: "the number of the repeat")]
          + sessionParameters)
    ],
    returns: "list"
  ) { call in
    try call.require(.sessions)
    let options = try call.options(1)
    let words = try options.object("data", WordsHandle.self)
    let sampler = SessionSampler(words.dataset, try settings(options, words))
    let drawn = sampler.sessions(seed: try seed(options, call), repeat: try options.integer("number") - 1)
    func fromOne(_ numbers: [Int]) -> LuaValue { numbers.map { $0 + 1 }.luaValue }
    return try call.push(
      drawn.map { session in
        LuaTable(fields: [
          ("language", .string(session.language)), ("classes", fromOne(session.classes)),
          ("support", fromOne(session.support)), ("queries", fromOne(session.queries)),
        ])
      })
  }

  private static let pretrain = LuaFunction(
    "pretrain", "A model trained on the base words by a recipe, as the bench trains it; cached",
    [
      .options(
        "options",
        [
          .object("data", "words"),
          .any("model", optional: true, help: "a model plugin or its name; m5 by default"),
          .any("recipe", optional: true, help: "a recipe plugin or its name; cross_entropy by default"),
          .encoder, .integer("seed", optional: true, help: "of the training; the run's seed by default"),
        ])
    ], returns: "module"
  ) { call in
    try call.require(.protocolRun)
    let options = try call.options(1)
    let words = try options.object("data", WordsHandle.self)
    func choice(_ name: String, _ kind: PluginKind, default value: String) throws -> PluginChoice {
      let choices = try PluginChoice.list(
        options.has(name) ? options[name] : .string(value), kind, in: call.state)
      guard choices.count == 1 else { throw ScriptError("pretrain: field '\(name)': expected one plugin") }
      return choices[0]
    }
    let model = try choice("model", .model, default: "m5")
    // The model is trained on the features it is made for, whatever encoder the script's own batches have.
    let encoder = try call.encoder(options, of: words, for: model.plugin)
    return try call.push(
      call.context.pretrain(
        model, by: choice("recipe", .recipe, default: "cross_entropy"), on: words.store, encoder: encoder,
        seed: seed(options, call), in: call.state))
  }

  private static let embed = LuaFunction(
    "embed",
    "The embeddings of a split by a trained model: { features, labels, words, languages }; cached on disk",
    [.module("model"), .options("options", [.object("data", "words"), .split, .encoder])], returns: "table"
  ) { call in
    let options = try call.options(2)
    let words = try options.object("data", WordsHandle.self)
    let split = Split(rawValue: try options.string("split")) ?? .train
    let context = try call.context
    try context.require(.clips(split), for: "embed with split \"\(split.rawValue)\"")
    let model = try call.object(1, ModuleHandle.self)
    let embedded = try Embedder(
      store: words.store, encoder: call.encoder(options, of: words, for: model.origin),
      network: model.network(in: call.state)
    ).embedded(split)
    let clips = words.dataset.clips(split)
    let labels = try Tensor.classes(embedded.labels, on: context.device)
    return try call.push(
      LuaTable(fields: [
        ("features", embedded.features.luaValue), ("labels", labels.luaValue),
        ("words", clips.map(\.word).luaValue),
        ("languages", clips.map(\.language).luaValue),
      ]))
  }

  private static let run = LuaFunction(
    "run", "Runs the protocol with one or more learners on a trained model's embeddings",
    [
      .options(
        "options",
        [
          .module("model"), .object("data", "words"),
          .any(
            "learners",
            help:
              "a name, a plugin, { name =, options =, label = }, or a list of these; results have the label"),
          .any("tests", optional: true, help: "test plugins, given as learners are"),
          .any("metrics", optional: true, help: "metric plugins, given as learners are"),
          ProtocolSetting.repeats.parameter, .encoder, ProtocolSetting.prototypesInTrainMode.parameter,
        ] + sessionParameters)
    ], returns: "fscil_results"
  ) { call in
    try call.require(.protocolRun)
    let options = try call.options(1)
    let words = try options.object("data", WordsHandle.self)
    let model = try options.object("model", ModuleHandle.self)
    let encoder = try call.encoder(options, of: words, for: model.origin)
    func choices(_ kind: PluginKind) throws -> [PluginChoice] {
      let choices = try PluginChoice.list(options[kind.folder], kind, in: call.state)
      for (number, choice) in choices.enumerated() {
        guard choices[..<number].contains(where: { $0.label == choice.label }) else { continue }
        throw ScriptError(
          "run: field '\(kind.folder)' has '\(choice.label)' twice, whose results could not be told apart",
          hint: kind == .learner
            ? "{ name = \"\(choice.plugin.name)\", options = { … }, label = \"another name\" }"
            : "one run for each")
      }
      return choices
    }
    let settings = try settings(options, words)
    let learners = try choices(.learner)
    let tests = try choices(.test)
    let metrics = try choices(.metric)
    guard !learners.isEmpty else {
      throw ScriptError("run: field 'learners' names no learner", hint: "learners = \"prototypical\"")
    }
    // Learners read base.model.classes, also of a network that was not trained for these words.
    model.classes = words.dataset.words.count
    let plugins = try ExperimentPlugins(
      model: model, store: words.store, encoder: encoder, in: call.state)
    var experiment = FewShotExperiment(
      store: words.store, encoder: encoder, network: model.network(in: call.state), settings: settings,
      learners: learners.map(plugins.learner))
    experiment.metrics = metrics.filter { !$0.plugin.watchesLayers }.map(plugins.metric)
    experiment.layerMetrics = metrics.filter(\.plugin.watchesLayers).map { plugins.layerMetric($0) }
    experiment.tests = tests.map(plugins.test)
    experiment.repeats = try options.integer(ProtocolSetting.repeats.name)
    experiment.seed = try seed(options, call)
    experiment.prototypesInTrainMode = try options.boolean(ProtocolSetting.prototypesInTrainMode.name)
    let context = try call.context
    let state = call.state
    experiment.followsNeuroBench = context.followsNeuroBench
    experiment.onResults = { context.onResults?($0, $1) }
    experiment.onPreview = context.onPreview
    experiment.part = context.repeatPart
    experiment.helpers = context.repeatHelpers
    experiment.onRepeat = { learner, number, result in
      state.collectGarbage()
      context.onRepeat?(learner, number, result)
    }
    return try call.push(context.guarding(model.module) { try experiment.run() })
  }
}

extension ProtocolSetting {
  /// As a field of a function's options.
  fileprivate var parameter: LuaParameter {
    switch value {
    case .integer(let minimum, let value):
      .integer(name, default: value, optional: value == nil, min: minimum ?? .min, help: help)
    case .boolean(let value): .boolean(name, default: value, help: help)
    }
  }

  /// As a plugin declares an option: `{ type = "integer", min = 1, help = "…" }`.
  fileprivate var declaration: LuaTable {
    switch value {
    case .integer(let minimum, let value):
      LuaTable(fields: [
        ("type", .string("integer")), ("min", minimum.luaValue), ("default", value.luaValue),
        ("help", .string(help)),
      ])
    case .boolean(let value): LuaTable(fields: [("default", .boolean(value)), ("help", .string(help))])
    }
  }
}

extension ModuleHandle {
  /// The network under test; its violations are located in the plugin that built it, where one is known.
  func network(in state: LuaState) -> BaseNetwork {
    guard let origin else { return BaseNetwork(module, key: key) }
    return BaseNetwork(module, key: key) {
      origin.violation($0.what, hint: $0.hint, in: "build", state)
    }
  }
}
