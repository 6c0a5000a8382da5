import LuaHost

/// The kinds of plugins. Everything a kind is known by stands in its `Record`.
///
/// A new kind is a case with its record, a role in `Role.swift` if it may not see everything, and the code that
/// calls its functions. Constructors (`nj.model`), manifest checks, folders, editor types and `plugins list` follow
/// from the record.
public enum PluginKind: String, CaseIterable, Sendable {
  case model, recipe, learner, encoder, metric, test, task

  /// A function of a manifest.
  public struct Function: Sendable {
    public let name: String
    /// With parameters and result, for messages: `encode(self, waveforms) → features`.
    public let signature: String
    public let isRequired: Bool
    /// Its type for editors, as LuaCATS writes it.
    let type: String
    /// What it gets and returns, with shapes.
    let help: String

    init(_ signature: String, optional: Bool = false, type: String, help: String) {
      name = String(signature.prefix { $0 != "(" })
      self.signature = signature
      self.type = type
      self.help = help
      isRequired = !optional
    }
  }

  struct Record {
    /// What its constructor declares.
    let summary: String
    /// What the host lets it see of the data, for its author; ``Role`` has the rules.
    let sees: String
    let functions: [Function]
    /// The tables that the functions get.
    var tables: [LuaRecord] = []
    /// The shipped plugin that `plugins new` copies: the one that is easiest to read.
    let template: String
    /// Functions of which a manifest has exactly one.
    var alternatives: [String] = []
    /// Manifest fields that are true or false.
    var flags: [String] = []
    /// Manifest fields that name another plugin.
    var references: [String] = []
    var callLimit = CallLimit.ofCall
  }

  /// How the limit on one call (`Limit.call`) applies to its functions.
  enum CallLimit {
    /// To a whole call.
    case ofCall
    /// To the time since the last step of training: a recipe may train for hours.
    case sinceStep
    /// Not at all: the function is the protocol.
    case none
  }

  var record: Record {
    switch self {
    case .model:
      Record(
        summary: "Declares a model plugin: a network to be trained",
        sees: "the features it is given; no data set",
        functions: [
          Function(
            "build(options, task) → module", type: "fun(options: table, task: nj.model_task): nj.module",
            help: "task.input.time, task.input.channels: one sample's features; task.classes: all classes")
        ], tables: [PluginTables.modelTask], template: "small_conv",
        references: ["encoder"])
    case .recipe:
      Record(
        summary: "Declares a recipe plugin: how the base network is trained",
        sees: "the splits train and val, with labels",
        functions: [
          Function(
            "train(self, model, data, context) → model",
            type: "fun(self: table, model: nj.module, data: nj.words, context: nj.recipe_context): nj.module",
            help:
              "data:batches { split = \"train\" } or \"val\"; context.log(name, value, step), context.progress; "
              + "context.report { epochs = 12 }: what options without a default got"
          )
        ], tables: [PluginTables.recipeContext], template: "cross_entropy",
        callLimit: .sinceStep)
    case .learner:
      Record(
        summary: "Declares a learner plugin: how new classes are learned",
        sees: "base and support samples with labels, and features to score without; no data set",
        functions: [
          Function(
            "start(self, base)", type: "fun(self: table, base: nj.samples)",
            help:
              "base.features: (samples, embedding), base.labels: (samples) from 1, base.classes, base.model and the "
              + "rest of `help samples`"),
          Function(
            "learn(self, support)", optional: true, type: "fun(self: table, support: nj.samples)",
            help:
              "the samples of one session's new classes, as base; support:of(class): (shots, embedding). Without it "
              + "each sample is scored once a repeat"),
          Function(
            "scores(self, features) → tensor", type: "fun(self: table, features: nj.tensor): nj.tensor",
            help: "features: (batch, embedding) → (batch, all classes); −inf rules a class out"),
        ], template: "prototypical", flags: ["modifies_base"])
    case .encoder:
      Record(
        summary: "Declares an encoder plugin: how sound becomes features",
        sees: "the sound it is given; no data set",
        functions: [
          Function(
            "setup(self, rate) → rate", optional: true, type: "fun(self: table, rate: integer): integer?",
            help: "the sample rate of the clips, in Hz; it may return another, which they are resampled to"),
          Function(
            "encode(self, waveforms) → features", type: "fun(self: table, waveforms: nj.tensor): nj.tensor",
            help: "waveforms: (batch, samples), one second each → (batch, time, channel)"),
        ], template: "mfcc")
    case .metric:
      Record(
        summary: "Declares a metric plugin: what is measured batch by batch",
        sees: "every test with labels; it must not change the network",
        functions: [
          Function(
            "start(self, context)", type: "fun(self: table, context: nj.metric_context)",
            help: "called before the first batch"),
          Function(
            "update(self, batch)", type: "fun(self: table, batch: nj.metric_batch)",
            help: "called for every batch of every test, with its outputs, predictions and labels"),
          Function(
            "value(self) → number or table", type: "fun(self: table): number|table",
            help: "a number, a list with a number for each session, or a table of named numbers"),
          Function(
            "on_layer(self, layer, input, output)", optional: true,
            type: "fun(self: table, layer: nj.layer, input: nj.tensor, output: nj.tensor)",
            help: "called for each layer of every batch: layer.name; input and output: (batch, …)"),
        ], tables: [PluginTables.metricContext, PluginTables.metricBatch, PluginTables.layer],
        template: "forgetting")
    case .test:
      Record(
        summary: "Declares a test plugin: how a model is tested in a task",
        sees: "every test with labels; it must not change the network",
        functions: [
          Function(
            "score(self, model, batch, context) → one number a sample", optional: true,
            type:
              "fun(self: table, model: fun(features: nj.tensor): nj.tensor, batch: nj.test_batch, "
              + "context: nj.test_context): nj.tensor",
            help: "model(batch.features): (batch, classes); returns (batch), which the host averages"),
          Function(
            "run(self, model, batches, context) → table of named numbers", optional: true,
            type:
              "fun(self: table, model: fun(features: nj.tensor): nj.tensor, batches: fun(): nj.test_batch?, "
              + "context: nj.test_context): table",
            help: "for batch in batches do … end; returns a table of named numbers"),
        ], tables: [PluginTables.testContext, PluginTables.testBatch], template: "argmax_accuracy",
        alternatives: ["score", "run"])
    case .task:
      Record(
        summary: "Declares a task plugin: a whole protocol",
        sees: "everything: it is the protocol",
        functions: [
          Function(
            "run(self, context) → results",
            type: "fun(self: table, context: nj.task_context): nj.fscil_results",
            help:
              "context.data, context.learners, context.repeats, context:pretrain(), all in `help task_context`; "
              + "generates_data = true: it needs no "
              + "data set, and trains what context:build { … } builds")
        ], template: "keyword_fscil", flags: ["generates_data"], references: ["model"],
        callLimit: .none)
    }
  }

  /// The folder of a plugin root with the plugins of this kind: `models`.
  public var folder: String { rawValue + "s" }

  /// The functions of a manifest of this kind.
  public var functions: [Function] { record.functions }

  /// What the host lets it see of the data, for its author.
  public var sees: String { record.sees }

  /// What its constructor declares.
  public var summary: String { record.summary }

  /// The shipped plugin that `plugins new` copies.
  public var template: String { record.template }
}

extension PluginKind {
  /// The kind of the plugin that a file of Lua text makes, by the constructor that it calls; nil for a script.
  public static func declared(in text: String) -> PluginKind? {
    let code = text.replacing(/--[^\n]*/, with: "")
    return code.firstMatch(of: /\breturn\s+nj\.(\w+)\s*[({]/).flatMap { PluginKind(rawValue: String($0.1)) }
  }
}
