import Logging
import Scripting

/// The plugins of a run.
extension Bench {
  /// The plugins of a run, with their options.
  struct SelectedPlugins {
    let task, model, recipe, encoder: PluginChoice
    let learners, tests, metrics: [PluginChoice]
    /// Those that the task uses.
    let used: [PluginChoice]
    /// Every option with its value.
    let settings: [String: String]
    /// The same with types and defaults.
    let records: [RunSetting]

    var all: [PluginChoice] { [task, model, recipe, encoder] + learners + tests + metrics }
  }

  func selectedPlugins() throws -> SelectedPlugins {
    var router = SettingRouter(request.settings)
    func choice(_ kind: PluginKind, _ name: String) throws -> PluginChoice {
      try router.choice(library.plugin(kind, name, in: state))
    }
    let task = try choice(.task, request.task)
    let model = try choice(.model, request.model ?? task.plugin.model ?? "m5")
    let recipe = try choice(.recipe, request.recipe)
    let encoder = try choice(.encoder, request.encoder ?? model.plugin.encoder ?? "mfcc")
    let learners = try learners(of: task.plugin, &router)
    let tests = try choices(.test, request.tests, &router)
    let metrics = try choices(.metric, request.metrics, &router)
    try router.requireAllUsed()
    let used = ([task, model, recipe, encoder] + learners + tests + metrics).filter {
      uses($0.plugin.kind, task.plugin)
    }
    let selected = SelectedPlugins(
      task: task, model: model, recipe: recipe, encoder: encoder, learners: learners, tests: tests,
      metrics: metrics, used: used, settings: router.values, records: router.records)
    for choice in used { try choice.plugin.requirePermissions(in: state) }
    let logger = Logger(label: "nightjar.bench")
    for choice in selected.all {
      logger.debug("plugin \(choice.plugin.title)", metadata: ["path": "\(choice.plugin.path)"])
    }
    for (name, value) in router.values.sorted(by: { $0.key < $1.key }) { logger.debug("\(name) = \(value)") }
    return selected
  }

  /// The learners, named or the default ones. A task that seems to use none is not stopped by a default one that cannot
  /// be loaded.
  private func learners(of task: Plugin, _ router: inout SettingRouter) throws -> [PluginChoice] {
    if uses(.learner, task) || request.learners != BenchRequest().learners {
      return try choices(.learner, request.learners, &router)
    }
    var routed = router
    guard let learners = try? choices(.learner, request.learners, &routed) else { return [] }
    router = routed
    return learners
  }

  func choices(
    _ kind: PluginKind, _ texts: [String], _ router: inout SettingRouter
  ) throws -> [PluginChoice] {
    var choices: [PluginChoice] = []
    for text in texts {
      // Only learners are compared under several settings.
      let setting = kind == .learner ? try LearnerSetting(text) : LearnerSetting(name: text)
      let choice = try router.choice(
        library.plugin(kind, setting.name, in: state), isOnlyOne: texts.count == 1, own: setting.options)
      if choices.contains(where: { $0.label == choice.label }) {
        throw OptionError(
          "--\(kind.rawValue) has '\(choice.label)' twice, whose results could not be told apart",
          hint: kind == .learner
            ? "give one of them an option: \(choice.plugin.name):OPTION=VALUE" : "leave one of them out")
      }
      choices.append(choice)
    }
    return choices
  }
}
