import Datasets
import Support

/// The role of executing code. It decides what the code may see and do, so that results can be trusted whoever wrote
/// the plugins.
///
/// The rules, which hold for every call of a plugin's functions and for all that they call:
///
/// | role | what it may see and do |
/// |---|---|
/// | script | everything: scripts and tasks are the protocol |
/// | metric, test | everything but running the protocol; it must leave the network as it is |
/// | recipe | the splits train and val of the data it is given, with labels |
/// | encoder | the waveforms it is given, in a random order |
/// | model | the features it is given, in a random order |
/// | learner | base and support samples with labels; features to be scored without, in a random order |
/// | loading | nothing: a plugin's file declares, and its functions do the work |
///
/// Of nested roles the strictest counts: what a learner calls sees no more than a learner. A violation ends the
/// call even when the plugin catches the error. Encoders, models and learners write no files, and a learner's file
/// is loaded again for every repeat, so that nothing is remembered from one to the next. All of them, and recipes, may
/// read files that the user grants, except those of data sets, those that plugins of this run wrote, and those of the
/// run's folder; nor do they read sizes of memory. A grant that a plugin asked for is that plugin's alone.
///
/// `FewShotLearner` has the rules for what a learner does and returns.
///
/// No rule can detect answers that are written into a plugin's file, or into a file the user grants, nor what two
/// plugins of one author exchange through a model that is written in Lua.
enum Role: Int, Comparable {
  case script, metric, test, recipe, encoder, model, learner, loading

  static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }

  /// What a host function reads or does.
  enum Access {
    /// A data set's words and sizes.
    case words
    /// Clips of a split: waveforms, features, labels.
    case clips(Split)
    /// A data set other than the given one.
    case opening
    /// The samples of sessions.
    case sessions
    /// The results of the protocol.
    case results
    /// A run of the protocol, or the training of its network.
    case protocolRun
    /// Files, and the run's folder.
    case writing
    /// A file of a data set or of the cache, not through `nj.data`.
    case dataFile
    /// The fields of the network under test.
    case network
    /// A file that a plugin of this run wrote, or one of the run's folder.
    case writtenFile
    /// Sizes and times of memory and the machine, which others influence.
    case measuring
    /// A synthetic data set that does not exist yet.
    case synthesis
  }

  func may(_ access: Access) -> Bool {
    switch (self, access) {
    case (.script, _): true
    case (.metric, .protocolRun), (.test, .protocolRun), (.metric, .network), (.test, .network): false
    case (.metric, .synthesis), (.test, .synthesis): false
    case (.metric, _), (.test, _): true
    case (.recipe, .words), (.recipe, .writing), (.recipe, .network): true
    case (.recipe, .clips(let split)): split == .train || split == .val
    default: false
    }
  }

  /// The rule that forbids an access, with what to do instead as the hint.
  func rule(against access: Access) -> ErrorMessage {
    switch (self, access) {
    case (.learner, .writing):
      ErrorMessage(
        "a learner keeps nothing from one repeat to the next, so it writes no files",
        hint: "log numbers with nj.run.log, or measure in a metric")
    case (_, .dataFile):
      ErrorMessage(
        "\(article) reads no files of a data set, which hold the words",
        hint: "use the arguments of its functions")
    case (_, .writtenFile):
      ErrorMessage(
        "\(article) reads no files that plugins of this run wrote, nor the run's folder, which may hold what others "
          + "know",
        hint: "pass it a file of your own in a folder that is granted by --allow fs.read=DIR")
    case (_, .measuring):
      ErrorMessage(
        "\(article) reads no sizes of memory, which others could write messages with",
        hint: "measure in a metric or a script")
    case (_, .writing):
      ErrorMessage("\(article) writes no files", hint: "do it in a recipe, a metric or a task")
    case (_, .network):
      ErrorMessage(
        "\(article) sets no fields of the network under test",
        hint: "store it in self, or build a network of your own")
    case (.metric, _), (.test, _):
      ErrorMessage(
        "\(article) observes a run of the protocol and starts none", hint: "start it in a task or a script")
    case (.recipe, .opening):
      ErrorMessage("a recipe trains on the data it is given", hint: "use the data argument of train")
    case (.recipe, _):
      ErrorMessage(
        "a recipe sees only the splits train and val; its network is tested on the others",
        hint: "select settings by split = \"val\"")
    case (.loading, _):
      ErrorMessage(
        "a plugin's file sees no data while it is loaded", hint: "use the arguments of its functions")
    case (.learner, _):
      ErrorMessage(
        "a learner sees base and support samples and the features to be scored, and no data set or results",
        hint: "use the arguments of start, learn and scores")
    case (.encoder, _):
      ErrorMessage("an encoder sees the waveforms it is given", hint: "use the waveforms argument of encode")
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
