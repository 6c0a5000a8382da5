import Datasets
import FewShot
import LuaHost
import Tensors

/// `nj.fscil`: few-shot class-incremental learning.
enum FewShotBindings {
  static let module = LuaModule(
    "fscil", "Few-shot class-incremental learning (NeuroBench's keyword task)",
    functions: [pretrain, sessions, embed, run])

  private static let sizes: [LuaParameter] = [
    .integer("ways", optional: true, min: 1, help: "new classes a session"),
    .integer("shots", optional: true, min: 1, help: "samples each new class is learned from"),
    .integer("queries", optional: true, min: 1, help: "samples each new class is tested on"),
    .integer("sessions", optional: true, min: 1, help: "sessions at most"),
    .integer("seed", optional: true, help: "of the sessions; the run's seed by default"),
  ]

  private static func settings(_ options: LuaOptions, _ words: WordsHandle) throws -> SessionSettings {
    try SessionSettings(
      for: words.dataset, ways: options["ways"].integer, shots: options["shots"].integer,
      queries: options["queries"].integer, sessions: options["sessions"].integer)
  }

  private static func seed(_ options: LuaOptions, _ call: LuaCall) throws -> UInt64 {
    try options["seed"].integer.map { UInt64(bitPattern: Int64($0)) } ?? call.context.seed
  }

  private static let sessions = LuaFunction(
    "sessions",
    "The sessions of one repeat: a list of { language, classes, support, queries }, rows of the evaluation split",
    [
      .options(
        "options",
        [.object("data", "words"), .integer("number", default: 1, min: 1, help: "which repeat")] + sizes)
    ],
    returns: "list"
  ) { call in
    try call.require(.sessions)
    let options = try call.options(1)
    let words = try options.object("data", WordsHandle.self)
    let sampler = SessionSampler(words.dataset, try settings(options, words))
    let drawn = sampler.sessions(seed: try seed(options, call), repeat: try options.integer("number") - 1)
    func counted(_ numbers: [Int]) -> LuaValue { numbers.map { $0 + 1 }.luaValue }
    return try call.push(
      drawn.map { session in
        LuaTable(fields: [
          ("language", .string(session.language)), ("classes", counted(session.classes)),
          ("support", counted(session.support)), ("queries", counted(session.queries)),
        ])
      })
  }

  private static let pretrain = LuaFunction(
    "pretrain", "A model trained on the base words by a recipe, as the bench trains it; kept by what made it",
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
    func choice(_ name: String, _ kind: PluginKind, usual: String) throws -> PluginChoice {
      let given = try PluginChoice.list(
        options.has(name) ? options[name] : .string(usual), kind, in: call.state)
      guard given.count == 1 else { throw ScriptError("pretrain: field '\(name)': expected one plugin") }
      return given[0]
    }
    let model = try choice("model", .model, usual: "m5")
    let encoder = try call.encoder(options, of: words, for: model.plugin)
    return try call.push(
      Pretraining(
        // The recipe's batches are what this model hears, whatever the script's own are.
        words: WordsHandle(words.dataset, store: words.store, encoder: encoder), encoder: encoder,
        model: model,
        recipe: choice("recipe", .recipe, usual: "cross_entropy"), seed: seed(options, call),
        context: call.context, state: call.state
      ).run())
  }

  private static let embed = LuaFunction(
    "embed",
    "The embeddings of a split by a trained model: { features, labels, words, languages }; kept on disk",
    [.module("model"), .options("options", [.object("data", "words"), .split, .encoder])], returns: "table"
  ) { call in
    let options = try call.options(2)
    let words = try options.object("data", WordsHandle.self)
    let split = Split(rawValue: try options.string("split")) ?? .train
    let context = try call.context
    try context.require(.clips(split), for: "embed with split \"\(split.rawValue)\"")
    let model = try call.object(1, ModuleHandle.self)
    let embedder = Embedder(
      words: words, encoder: try call.encoder(options, of: words, for: model.origin), model: model,
      cache: context.cache, console: context.console, state: call.state)
    let embedded = try embedder.embedded(split)
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
          .any("learners", help: "a name, a plugin, { name =, options = }, or a list of these"),
          .any("tests", optional: true, help: "test plugins, given as learners are"),
          .any("metrics", optional: true, help: "metric plugins, given as learners are"),
          .integer("repeats", default: 1, min: 1), .encoder,
          .boolean(
            "prototypes_in_train_mode", default: false,
            help: "base samples are embedded in training mode, class by class, as in NeuroBench's example"),
        ] + sizes)
    ], returns: "fscil_results"
  ) { call in
    try call.require(.protocolRun)
    let options = try call.options(1)
    let words = try options.object("data", WordsHandle.self)
    let model = try options.object("model", ModuleHandle.self)
    let encoder = try call.encoder(options, of: words, for: model.origin)
    func choices(_ kind: PluginKind) throws -> [PluginChoice] {
      try PluginChoice.list(options[kind.folder], kind, in: call.state)
    }
    var job = FewShotJob(
      state: call.state, context: try call.context, words: words, encoder: encoder, model: model,
      settings: try settings(options, words),
      learners: try choices(.learner), tests: try choices(.test), metrics: try choices(.metric),
      repeats: try options.integer("repeats"), seed: try seed(options, call),
      prototypesInTrainMode: try options.boolean("prototypes_in_train_mode"),
      altered: PerturbedEmbeddings(words, encoder, model))
    if job.model.classes == nil {
      job.model = try call.context.handle(job.model.module, classes: words.dataset.words.count)
    }
    guard !job.learners.isEmpty else {
      throw ScriptError("run: field 'learners' names no learner", hint: "learners = \"prototypical\"")
    }
    return try call.push(job.run())
  }
}

/// A plugin with the options it is to be used with.
public struct PluginChoice: LuaHosted {
  public static let luaClassName = "plugin_choice"
  public let plugin: Plugin
  public let options: LuaTable

  public init(_ plugin: Plugin, options: LuaTable = LuaTable()) {
    self.plugin = plugin
    self.options = options
  }

  /// Plugins from a name, a plugin, `{ name =, options = }`, or a list of these.
  static func list(_ value: LuaValue, _ kind: PluginKind, in state: LuaState) throws -> [PluginChoice] {
    if let list = value.list, !list.isEmpty { return try list.flatMap { try self.list($0, kind, in: state) } }
    switch value {
    case .nil: return []
    case .string(let name):
      return try [PluginChoice(state.plugin(kind, namedByScript: name))]
    case .table(let table):
      guard let name = table["name"].string else { return [] }
      guard table["api"].isNil else {
        throw ScriptError(
          "\(kind.rawValue) '\(name)' is declared where it is used; it is run with a state of its own, from a file",
          hint: "put it into plugins/\(kind.folder)/\(name).lua and name it '\(name)'")
      }
      let plugin = try state.plugin(kind, namedByScript: name)
      return [PluginChoice(plugin, options: table["options"].table ?? LuaTable())]
    default:
      if let choice = value.object(PluginChoice.self) { return [choice] }
      guard let plugin = value.object(Plugin.self), plugin.kind == kind else {
        throw ScriptError("expected a \(kind.rawValue) plugin or its name, got a \(value.typeName)")
      }
      return [PluginChoice(plugin)]
    }
  }
}
