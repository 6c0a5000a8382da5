import LuaHost
import Scripting
import Testing

/// What `nightjar help NAME` prints.
@Suite struct ReferenceTests {
  static let found: [(name: String, says: [String])] = [
    ("nn.LSTM", ["nj.nn.LSTM(in, width) → module", "width  integer of at least 1"]),
    ("nj.nn.LSTM", ["nj.nn.LSTM(in, width) → module"]),
    ("LSTM", ["nj.nn.LSTM(in, width) → module"]),
    ("nightjar.nn.LSTM", ["nj.nn.LSTM(in, width) → module"]),
    ("x:mean", ["tensor:mean(dim?, keepdim?) → tensor", "default false"]),
    ("x.shape", ["tensor.shape: list of integers"]),
    ("batch", [".labels", "methods: :release"]),
    ("tensor", ["tensor: An array of any rank", ":matmul", ".shape"]),
    ("nj.zeros(2)", ["nj.zeros("]),
    ("nn", ["nj.nn: ", "Conv1d, "]),
    ("nn.Conv1d", ["stride", "default 1"]),
    ("nn.Linear", ["in       integer of at least 1; by name also [\"in\"], in_features"]),
    (
      "metric",
      [
        "metric_context: The context of start", "base_classes  integer: classes 1 to base_classes",
        "metric_batch: The batch of update", "each sample's position in the session's test",
      ]
    ),
    ("test", ["test_batch: ", "languages    list of strings", "embed_transformed"]),
    ("nj.recipe", ["recipe_context: The context of train", "report"]),
    ("nj.encoder", ["it may return another"]),
    ("nj.run.options", ["nj.run.options { epochs = { default = 11, min = 1,", "max =, choices =, type ="]),
    ("state", ["module:state()", "optimizer:state()"]),
  ]

  @Test(arguments: found.indices) func isFound(_ index: Int) throws {
    let text = try Reference.nightjar.text(of: Self.found[index].name)
    for part in Self.found[index].says { #expect(text.contains(part), "\(text)") }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  static let ofPlugins: [(name: String, says: String)] = [
    ("learner.start", "learner plugin: start(self, base)"), ("learner:learn", "learn(self, support)"),
    ("metric.start", "metric plugin: "), ("model.build", "model plugin: build("),
    ("encoder.encode", "encode(self, waveforms) → features"), ("nj.samples", "samples: "),
    ("nj.words", "words: "), ("nn.LSTM", "nj.nn.LSTM("),
  ]

  @Test(arguments: ofPlugins) func namesOfPluginsAreFound(_ c: (name: String, says: String)) throws {
    #expect(try Reference.nightjar(of: c.name).contains(c.says))
  }

  static let missing: [(name: String, hint: String)] = [
    ("nn.LTSM", "did you mean nj.nn.LSTM?"), ("x:maen", "did you mean tensor:mean?"),
    ("torch.mm", "x:matmul(y)"), ("mel", "there is nj.audio.mel_"), ("nj.softmax", "there is tensor:softmax"),
    ("nn.MultiheadAttention", "nj.scaled_dot_product_attention("),
  ]

  @Test(arguments: missing.indices) func closeNamesAreGiven(_ index: Int) {
    let c = Self.missing[index]
    #expect {
      try Reference.nightjar.text(of: c.name)
    } throws: {
      "\($0)".contains(c.hint)
    }
  }

  @Test(arguments: Reference.nightjar.names) func everyNameLeadsToItself(_ name: String) throws {
    #expect(try Reference.nightjar.text(of: name).hasPrefix(name))
  }
}
