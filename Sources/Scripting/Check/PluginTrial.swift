import FewShot
import LuaHost
import Networks
import Support
import Tensors

/// The trial of one plugin with certain options, by its kind, on made-up data.
struct PluginTrial {
  let trial: TrialState
  let choice: PluginChoice
  /// The encoder whose features a model has to take; nil for one of the trial's own.
  var encoder: PluginChoice?
  /// Whether a model is built for other sizes too, and an encoder is tried at another rate.
  var isWide = true

  var state: LuaState { trial.state }
  var context: ScriptContext { trial.context }
  var plugin: Plugin { choice.plugin }

  /// Runs the trial.
  ///
  /// - Returns: what was found; the run goes on after a warning only.
  /// - Throws: the error that ends the plugin's run.
  func run() throws -> [CheckFinding] {
    let gradients = GradientCheck()
    let state = state
    context.onScriptedOperation = { gradients.note($0, $1, in: state) }
    defer { context.onScriptedOperation = nil }
    let findings: [CheckFinding]
    switch plugin.kind {
    case .model: findings = try tryModel()
    case .learner: findings = try tryLearner()
    case .encoder: findings = try tryEncoder()
    case .metric: findings = try tryMetric()
    case .test: findings = try tryTest()
    case .recipe: findings = try tryRecipe()
    case .task: findings = try tryTask()
    }
    context.onScriptedOperation = nil
    return try findings + gradients.findings(in: plugin.path)
  }

  /// A finding at one of the plugin's functions.
  func finding(_ message: ErrorMessage, in function: String, isWarning: Bool = false) -> CheckFinding {
    var line: Int?
    if case .plugin(_, _, let number) = plugin.location(of: function, in: state) { line = number }
    return CheckFinding(message, file: plugin.path, line: line, isWarning: isWarning)
  }

  /// Runs two sessions of the protocol on the trial's network.
  func experiment(
    _ learner: (ExperimentPlugins) -> LearnerFactory, metrics: [(ExperimentPlugins) -> ObserverFactory] = [],
    tests: [(ExperimentPlugins) -> ObserverFactory] = [],
    layerMetrics: [(ExperimentPlugins) -> LayerMetricFactory] = []
  ) throws -> FewShotResults {
    let handle = try trial.network()
    let plugins = try ExperimentPlugins(
      model: handle, store: trial.store, encoder: trial.encoder, in: state)
    var experiment = FewShotExperiment(
      store: trial.store, encoder: trial.encoder, network: BaseNetwork(handle.module),
      settings: try SessionSettings(for: trial.store.dataset), learners: [learner(plugins)])
    experiment.metrics = metrics.map { $0(plugins) }
    experiment.tests = tests.map { $0(plugins) }
    experiment.layerMetrics = layerMetrics.map { $0(plugins) }
    experiment.seed = 1
    return try context.guarding(handle.module) { try experiment.run() }
  }

  /// A learner of the trial itself, for what observes one.
  static func plainLearner(_ plugins: ExperimentPlugins) -> LearnerFactory {
    LearnerFactory("trial") { _ in TrialLearner() }
  }
}
