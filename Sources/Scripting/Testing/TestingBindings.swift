import FewShot
import LuaHost
import Networks
import Tensors

/// `require "nightjar.testing"`: made-up arguments for the functions of plugins, in tests only.
enum TestingBindings {
  static func module(_ trial: TrialState) -> LuaModule {
    let trial = SingleThreadReference(trial)
    return LuaModule(
      "nightjar.testing", "Made-up arguments for the functions of plugins, for tests",
      functions: [
        samples,
        LuaFunction(
          "data", "A tiny data set of tones: 3 base words, two sessions of 2 words", returns: "words"
        ) {
          call in
          try call.push(
            WordsHandle(trial.value.store.dataset, store: trial.value.store, encoder: trial.value.encoder))
        },
        LuaFunction(
          "network", "An untrained network for that data: an embedding of 9 numbers, a readout of 7 classes",
          returns: "module"
        ) { call in try call.push(trial.value.network()) },
        LuaFunction(
          "task_context", "What a task works with: that data, small shipped plugins, one repeat",
          returns: "task_context"
        ) { call in try call.push(trial.value.taskContext()) },
      ])
  }

  private static let samples = LuaFunction(
    "samples", "Base or support samples, as a learner's start and learn get them",
    [
      .options(
        "options",
        [
          .tensor("features", help: "(samples, embedding)"),
          .either("labels", [.list(.integer), .object("tensor")], help: "classes from 1"),
          .integer(
            "classes", optional: true, min: 1,
            help: "all classes, as model.classes has it; the highest label by default"),
          .object(
            "model", "module", optional: true,
            help: "the trained network; one with a readout alone by default"),
        ])
    ], returns: "samples"
  ) { call in
    let options = try call.options(1)
    let features = try options.object("features", Tensor.self)
    let given = options["labels"]
    let labels = try given.object(Tensor.self).map { try $0.numbers.map { Int($0) } } ?? given.integers ?? []
    guard features.rank == 2, features.shape[0] == labels.count, labels.allSatisfy({ $0 >= 1 }) else {
      throw ScriptError(
        "samples: expected features (samples, embedding) with a label from 1 for each, got features \(features.shape) "
          + "and \(labels.count) labels")
    }
    let context = try call.context
    let trial = try call.state.attached(TrialStore.self)
    let classes = try options.has("classes") ? options.integer("classes") : labels.max() ?? 1
    let model: ModuleHandle
    if options.has("model") {
      model = try options.object("model", ModuleHandle.self)
      model.classes = model.classes ?? classes
    } else {
      var initialiser = Initialiser(seed: context.seed, device: context.device)
      model = context.handle(
        try SequentialLayer([("readout", LinearLayer(features.shape[1], classes, with: &initialiser))]),
        classes: classes)
    }
    return try call.push(
      Samples(
        LabelledFeatures(features: features, labels: labels.map { $0 - 1 }), model: model,
        waveforms: { try trial.store.waveforms([], rate: trial.store.nativeRate()) }))
  }
}

/// The feature store of the trial, for host functions.
final class TrialStore {
  let store: FeatureStore
  init(_ store: FeatureStore) { self.store = store }
}

/// An object that stays on the thread that runs the state, where host functions must be sendable.
///
/// `@unchecked`: host functions of a state are only called by the thread that runs it.
private final class SingleThreadReference: @unchecked Sendable {
  private weak var object: TrialState?

  init(_ object: TrialState) { self.object = object }

  var value: TrialState {
    get throws {
      guard let object else { throw ScriptError("testing: the test is over") }
      return object
    }
  }
}
