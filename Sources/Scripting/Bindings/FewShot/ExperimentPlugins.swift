import FewShot
import LuaHost

/// Makes the learners and observers of an experiment from plugins: new ones for every repeat.
struct ExperimentPlugins {
  private let model: ModuleHandle
  private let store: FeatureStore
  private let state: LuaState
  private let context: ScriptContext
  /// Embeddings of clips that tests transform, shared by all tests of the run.
  private let perturbed: PerturbedEmbeddings

  init(model: ModuleHandle, store: FeatureStore, encoder: any ClipEncoder, in state: LuaState) throws {
    self.model = model
    self.store = store
    self.state = state
    context = try state.attached(ScriptContext.self)
    perturbed = PerturbedEmbeddings(store: store, encoder: encoder, module: model.module)
  }

  /// A learner from a file that is loaded again for every repeat: it remembers nothing of the repeats before.
  func learner(_ choice: PluginChoice) -> LearnerFactory {
    LearnerFactory(choice.label, keyParts: choice.keyParts) { repeated in
      let instance = try choice.plugin.reloaded(in: state)
        .makeInstance(options: choice.options, seed: Int(repeated.seed >> 2), in: state)
      return PluginLearner(
        try PluginInvocation(
          instance, as: .learner, seed: repeated.seed, isMuted: repeated.isTwin, in: state),
        model: model, sound: SampleSound(of: repeated.sessions, in: store))
    }
  }

  func metric(_ choice: PluginChoice) -> ObserverFactory {
    ObserverFactory(choice.plugin.title, keyParts: choice.keyParts) {
      PluginMetric(try invocation(choice, .metric, $0), context: description($0))
    }
  }

  func test(_ choice: PluginChoice) -> ObserverFactory {
    ObserverFactory(choice.plugin.title, keyParts: choice.keyParts) {
      PluginTest(
        try invocation(choice, .test, $0), context: description($0), perturbed: perturbed,
        of: store.dataset, in: state)
    }
  }

  func layerMetric(
    _ choice: PluginChoice, onError: @escaping (any Error) -> Void = { _ in }
  ) -> LayerMetricFactory {
    LayerMetricFactory(choice.plugin.name) {
      let description = LuaTable(fields: classes + [("options", .table(LuaTable()))])
      return try ScriptedMetric(
        choice, context: description, seed: context.seed, in: state, onError: onError)
    }
  }

  private func invocation(
    _ choice: PluginChoice, _ role: Role, _ repeated: ObserverContext
  ) throws -> PluginInvocation {
    let instance = try choice.plugin.makeInstance(
      options: choice.options, seed: repeated.number, in: state)
    return try PluginInvocation(instance, as: role, seed: repeated.seed, in: state)
  }

  /// What metrics and tests get as their context.
  private func description(_ repeated: ObserverContext) -> LuaTable {
    LuaTable(
      fields: [
        ("learner", .string(repeated.learner)), ("number", .integer(repeated.number + 1)),
      ] + classes)
  }

  private var classes: [(name: String, value: LuaValue)] {
    [
      ("model", model.luaValue), ("classes", .integer(store.dataset.words.count)),
      ("base_classes", .integer(store.dataset.baseCount)),
    ]
  }
}
