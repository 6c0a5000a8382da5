import Scripting
import Support

/// Options that change nothing are refused; where only the task's run shows it, there is a warning.
extension Bench {
  /// Refuses options that the task cannot use.
  ///
  /// - Throws: `OptionError`.
  func requireEffect(of selected: SelectedPlugins) throws {
    let task = selected.task.plugin
    if task.generatesData {
      try requireNone(
        of: optionsAboutData + optionsOfTraining + comparisons.map { ($0.option, $0.isGiven) },
        "the task \(task.name) generates its data")
      try requireNoSettings(of: [.recipe, .encoder, .learner, .test, .metric], selected)
    }
    if helpers?.isRequested == true, !task.mentions("fscil", "run", in: state) {
      throw OptionError(
        "--processes has no effect: the task \(task.name) does not run nj.fscil.run, whose repeats they share",
        hint: "leave it out")
    }
    let unread = comparisons.filter { !task.mentions($0.property, in: state) }
    try requireNone(
      of: unread.map { ($0.option, $0.isGiven) }, "the task \(task.name) does not use what it names")
    try requireNoSettings(of: unread.map(\.kind), selected)
  }

  /// Whether a task uses the selected plugins of a kind, as far as its source shows that.
  func uses(_ kind: PluginKind, _ task: Plugin) -> Bool {
    switch kind {
    case .recipe: !task.generatesData && request.weights == nil
    case .encoder: !task.generatesData
    default:
      comparisons.first { $0.kind == kind }.map { task.mentions($0.property, in: state) } ?? true
    }
  }

  private var optionsAboutData: [(option: String, isGiven: Bool)] {
    [
      ("--data", request.data != nil), ("--rate", request.rate != nil), ("--align", request.isAligned),
      ("--validation", request.isValidation),
    ]
  }

  private var optionsOfTraining: [(option: String, isGiven: Bool)] {
    [("--recipe", request.recipe != BenchRequest().recipe), ("--encoder", request.encoder != nil)]
  }

  /// What a task compares or measures with, and the property of its context by which it gets that.
  private var comparisons: [(option: String, kind: PluginKind, property: String, isGiven: Bool)] {
    [
      ("--learner", .learner, "learners", request.learners != BenchRequest().learners),
      ("--test", .test, "tests", !request.tests.isEmpty),
      ("--metric", .metric, "metrics", !request.metrics.isEmpty),
    ]
  }

  private func requireNone(of options: [(option: String, isGiven: Bool)], _ reason: String) throws {
    guard let option = options.first(where: \.isGiven)?.option else { return }
    throw OptionError("\(option) has no effect: \(reason)", hint: "leave it out")
  }

  private func requireNoSettings(of kinds: [PluginKind], _ selected: SelectedPlugins) throws {
    let task = selected.task.plugin.name
    for kind in kinds {
      let names = selected.all.filter { $0.plugin.kind == kind }.map(\.plugin.name)
      let setting = request.settings.first { setting in
        ([kind.rawValue] + names).contains { setting.key.hasPrefix("\($0).") }
      }
      guard let setting else { continue }
      throw OptionError(
        "--set \(setting.key)=\(setting.value) has no effect: the task \(task) uses no \(kind.rawValue)",
        hint: "leave it out")
    }
  }

  /// Warns of processes that were asked for and had nothing to share.
  func warnOfUnusedHelpers(by task: String) {
    guard let helpers, helpers.isRequested, !helpers.hasStarted else { return }
    console.warn(
      "--processes had no effect: the task \(task) did not run nj.fscil.run, whose repeats they share")
  }

  /// Warns of plugins that were named and that the task never asked for.
  func warnOfUnread(_ context: TaskContext, of task: String) {
    for comparison in comparisons where comparison.isGiven && !context.readKinds.contains(comparison.kind) {
      console.warn("\(comparison.option) had no effect: the task \(task) does not use what it names")
    }
  }
}
