import LuaHost

/// The tables that functions of plugins get, with all their fields: what `nightjar help metric` and editors show. A
/// test compares them with what the host passes.
enum PluginTables {
  static let modelTask = LuaRecord(
    "model_task", "The task of build",
    [
      .table("input", help: "input.time and input.channels of one sample's features"),
      .integer("classes", help: "number of all classes, base and new"),
    ])

  static let recipeContext = LuaRecord(
    "recipe_context", "The context of train",
    [
      .table("options", help: "the plugin's options, as in self.options"),
      .integer("seed", help: "for generators of your own; nj.rand and others derive from it already"),
      function("log", "fun(name: string, value: number, step: integer)", "logs a number of the training"),
      function(
        "report", "fun(values: table)",
        "report { epochs = 12 } records what options without a default came to"),
      function(
        "progress", "fun(total: integer, label?: string): nj.progress", "a progress line, as nj.progress"),
    ])

  static let metricContext = LuaRecord("metric_context", "The context of start", observed)

  static let metricBatch = LuaRecord("metric_batch", "The batch of update", tested)

  static let layer = LuaRecord(
    "layer", "The layer of on_layer",
    [
      .string("name", help: "its path in the network, such as conv1 or blocks.0.conv"),
      .string("type", help: "such as Conv1d"),
      .object("module", "module"),
    ])

  static let testContext = LuaRecord(
    "test_context", "The context of score and run",
    observed + [
      .integer("session", help: "0 before the first one"),
      function(
        "embed_transformed",
        "fun(batch: table, name: string, transform: fun(waveforms: nj.tensor, rate: integer): nj.tensor): nj.tensor",
        "the embeddings of a batch's clips after transform changed their sound; computed once for each name"),
    ])

  static let testBatch = LuaRecord(
    "test_batch", "The batch of score, and each of the batches of run",
    tested + [
      .strings("words", help: "the word of each sample"),
      .strings("languages", help: "its language"),
      .string("split", help: "the split that the samples are of, such as test"),
      .integers("rows", help: "the samples' rows in the lists of the split, from 1"),
    ])

  private static let observed: [LuaParameter] = [
    .string("learner", optional: true, help: "its name in the results; nil where no learner is tested"),
    .integer("number", optional: true, help: "the repeat, from 1; nil outside of repeats"),
    .object("model", "module", help: "the trained network"),
    .integer("classes", help: "number of all classes, base and new"),
    .integer("base_classes", help: "classes 1 to base_classes are the base classes, the others are learned"),
  ]

  private static let tested: [LuaParameter] = [
    .object("features", "tensor", help: "(samples, embedding) in sessions, else what the network gets"),
    .object("inputs", "tensor", help: "the same as features"),
    .object("outputs", "tensor", help: "scores (samples, classes); −inf for classes not seen yet"),
    .object("predictions", "tensor", help: "(samples), int32 classes from 1"),
    .object("labels", "tensor", help: "(samples), int32 classes from 1"),
    .integer("session", help: "0 before the first one"),
    .integers(
      "index", optional: true,
      help:
        "each sample's position in the session's test, from 1: base samples first, then those of each session"
    ),
  ]

  private static func function(_ name: String, _ signature: String, _ help: String) -> LuaParameter {
    .function(name, signature: signature, help: help)
  }
}
