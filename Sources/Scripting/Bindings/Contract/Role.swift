import Datasets
import Support

/// Who is at work in a state. It decides what may be seen, so that a figure can be believed whoever wrote the plugins.
///
/// The rules, which hold for every call of a plugin's functions and for all that they call:
///
/// | at work | what it may see and do |
/// |---|---|
/// | script | everything: scripts and tasks are the protocol |
/// | metric, test | everything but to run the protocol; it must leave the network as it is |
/// | recipe | the splits train and val of the data it is given, with labels |
/// | encoder | the sound it is given, in a random order |
/// | model | the features it is given, in a random order |
/// | learner | base and support samples with labels; features to be scored without, in a random order |
/// | loading | nothing: a plugin's file declares, and its functions do the work |
///
/// Inside one another, the strictest counts: what a learner calls sees no more than a learner. A breach ends the call
/// even when the plugin catches the error. Encoders, models and learners write no files, and a learner's file is
/// loaded anew for every repeat, so that nothing is remembered from one to the next. Files that the user grants may be
/// read by all of them, but for those of data sets.
///
/// `FewShotLearner` has the rules for what a learner does and gives back.
///
/// What no rule can see: answers that are written into a plugin's file, or into a file the user grants; and what two
/// plugins of one author tell each other through a model that is written in Lua.
enum Role: Int, Comparable {
  case script, metric, test, recipe, encoder, model, learner, loading

  static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }

  /// What a host function is about to show or to do.
  enum Access {
    /// A data set's words and sizes.
    case words
    /// Clips of a split: sound, features, labels.
    case clips(Split)
    /// Another data set than the one that was given.
    case opening
    /// Which samples the sessions draw.
    case sessions
    /// What a run of the protocol gave.
    case results
    /// A run of the protocol, or the training of its network.
    case protocolRun
    /// Files, and the run's folder.
    case writing
    /// A file of a data set, or of what the host keeps of one, past `nj.data`.
    case dataFile
    /// The fields of the network under test.
    case network
  }

  func may(_ access: Access) -> Bool {
    switch (self, access) {
    case (.script, _): true
    case (.metric, .protocolRun), (.test, .protocolRun), (.metric, .network), (.test, .network): false
    case (.metric, _), (.test, _): true
    case (.recipe, .words), (.recipe, .writing), (.recipe, .network): true
    case (.recipe, .clips(let split)): split == .train || split == .val
    default: false
    }
  }

  /// The rule that forbids an access, in words, with what to do instead.
  func rule(against access: Access) -> ErrorMessage {
    switch (self, access) {
    case (.learner, .writing):
      ErrorMessage(
        "a learner keeps nothing from one repeat to the next, so it writes no files",
        hint: "note numbers with nj.run.log, or measure in a metric")
    case (_, .dataFile):
      ErrorMessage(
        "\(article) reads no files of a data set, which have the words in them",
        hint: "use what its functions are given")
    case (_, .writing):
      ErrorMessage("\(article) writes no files", hint: "do it in a recipe, a metric or a task")
    case (_, .network):
      ErrorMessage(
        "\(article) sets no fields of the network under test",
        hint: "keep it in self, or build a network of your own")
    case (.metric, _), (.test, _):
      ErrorMessage(
        "\(article) looks at a run of the protocol and starts none", hint: "start it in a task or a script")
    case (.recipe, .opening):
      ErrorMessage("a recipe trains on the data it is given", hint: "use the data argument of train")
    case (.recipe, _):
      ErrorMessage(
        "a recipe sees the splits train and val alone; its network is judged by the others",
        hint: "choose settings by split = \"val\"")
    case (.loading, _):
      ErrorMessage(
        "a plugin's file sees no data while it is loaded", hint: "use what its functions are given")
    case (.learner, _):
      ErrorMessage(
        "a learner sees base and support samples and the features to be scored, and no data set or results",
        hint: "use what start, learn and scores are given")
    case (.encoder, _):
      ErrorMessage("an encoder sees the sound it is given", hint: "use the waveforms argument of encode")
    default: ErrorMessage("a model sees the features it is given", hint: "use the arguments of its functions")
    }
  }

  private var article: String {
    switch self {
    case .encoder: "an encoder"
    case .loading: "a plugin's file"
    default: "a \(self)"
    }
  }
}
