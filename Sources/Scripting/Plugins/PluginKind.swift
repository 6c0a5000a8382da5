/// What plugins there are, and what each must hold.
public enum PluginKind: String, CaseIterable, Sendable {
  case model, recipe, learner, encoder, metric, test, task

  /// The folder of a plugin root that holds them: `models`.
  public var folder: String { rawValue + "s" }

  /// The functions a manifest of this kind has, with their parameters.
  public var functions: [(name: String, signature: String, isRequired: Bool)] {
    switch self {
    case .model: [("build", "build(options, task) → module", true)]
    case .recipe: [("train", "train(self, model, data, context) → model", true)]
    case .learner:
      [
        ("start", "start(self, base)", true), ("learn", "learn(self, support)", true),
        ("scores", "scores(self, features) → tensor", true),
      ]
    case .encoder:
      [("setup", "setup(self, rate)", false), ("encode", "encode(self, waveforms) → features", true)]
    case .metric:
      [
        ("start", "start(self, context)", true), ("update", "update(self, batch)", true),
        ("value", "value(self) → number or table", true),
        ("on_layer", "on_layer(self, layer, input, output)", false),
      ]
    case .test:
      [
        ("score", "score(self, model, batch, context) → one number a sample", false),
        ("run", "run(self, model, batches, context) → table of named numbers", false),
      ]
    case .task: [("run", "run(self, context) → results", true)]
    }
  }

  /// Functions of which a manifest of this kind has exactly one.
  var alternatives: [String] { self == .test ? ["score", "run"] : [] }

  /// Whether one call may take only so long; training and whole tasks take what they take.
  var hasCallLimit: Bool { self != .recipe && self != .task }

  /// What a manifest of this kind may say with true or false.
  var flags: [String] { self == .learner ? ["modifies_base"] : [] }

  /// What a manifest of this kind may say in words: the encoder that a model is made for.
  var words: [String] { self == .model ? ["encoder"] : [] }

  /// What the host shows it of the data, for its author; ``Role`` has the rules.
  public var sees: String {
    switch self {
    case .model: "the features it is given; no data set"
    case .recipe: "the splits train and val, with labels"
    case .learner: "base and support samples with labels, and features to score without; no data set"
    case .encoder: "the sound it is given; no data set"
    case .metric, .test: "every test with labels; it must leave the network as it is"
    case .task: "everything: it is the protocol"
    }
  }

  public var summary: String {
    switch self {
    case .model: "Declares a model plugin: a network to be trained"
    case .recipe: "Declares a recipe plugin: how the base network is trained"
    case .learner: "Declares a learner plugin: how new classes are learned"
    case .encoder: "Declares an encoder plugin: how sound becomes features"
    case .metric: "Declares a metric plugin: what is measured batch by batch"
    case .test: "Declares a test plugin: how a model is tested in a task"
    case .task: "Declares a task plugin: a whole protocol"
    }
  }
}
