import Datasets
import FewShot
import LuaHost
import Support
import Tensors

/// A learner that a task of its own protocol teaches and asks for scores. It sees no more than in the standard one.
final class TaskLearner: LuaHosted {
  static let luaClassName = "task_learner"
  private let learner: any FewShotLearner
  private let classes: Int

  /// A new learner of `choice`, loaded again, on a trained model's embeddings.
  init(
    _ choice: PluginChoice, on model: ModuleHandle, of words: WordsHandle, seed: UInt64, in state: LuaState
  ) throws {
    classes = words.dataset.words.count
    learner = try choice.fewShotLearner(module: model.module, classes: classes, seed: seed, in: state) { _ in
      throw ScriptError(
        "waveforms: a task teaches features, and no clips", hint: "use a learner that does without them")
    }
  }

  func start(_ base: LabelledFeatures) throws { try learner.start(base) }
  func learn(_ support: LabelledFeatures) throws { if learner.isIncremental { try learner.learn(support) } }

  /// (batch, embedding) → (batch, all classes).
  func scores(_ features: Tensor) throws -> Tensor {
    let scores = try learner.scores(features)
    guard scores.shape == [features.shape.first ?? 0, classes] else {
      throw learner.violation(
        ErrorMessage(
          "scores returned \(scores.shape), expected [\(features.shape.first ?? 0), \(classes)]",
          hint: "a row for each sample and a column for each class"), in: "scores")
    }
    return scores
  }

  /// Samples in arguments 1, (samples, embedding), and 2, classes from 1.
  fileprivate static func samples(_ call: LuaCall) throws -> LabelledFeatures {
    let features = try call.tensor(1)
    let labels = try call.tensor(2).numbers.map { Int($0) }
    guard features.rank == 2, features.shape[0] == labels.count, labels.allSatisfy({ $0 >= 1 }) else {
      throw ScriptError(
        "expected features (samples, embedding) with a class from 1 for each, got features \(features.shape) and "
          + "\(labels.count) labels")
    }
    return LabelledFeatures(features: features, labels: labels.map { $0 - 1 })
  }
}

extension LuaClass {
  static let taskLearner = LuaClass(
    TaskLearner.self, "A learner that a task teaches",
    methods: [
      LuaFunction(
        "start", "Teaches it the base classes",
        [
          .tensor("features", help: "(samples, embedding)"),
          .tensor("labels", help: "classes from 1: (samples)"),
        ]
      ) { call in
        try call.object(0, TaskLearner.self).start(TaskLearner.samples(call))
        return .nothing
      },
      LuaFunction(
        "learn", "Teaches it new classes",
        [
          .tensor("features", help: "(samples, embedding)"),
          .tensor("labels", help: "classes from 1: (samples)"),
        ]
      ) { call in
        try call.object(0, TaskLearner.self).learn(TaskLearner.samples(call))
        return .nothing
      },
      LuaFunction(
        "scores", "Its scores: (batch, embedding) → (batch, all classes)", [.tensor("features")],
        returns: "tensor"
      ) { call in try call.push(call.object(0, TaskLearner.self).scores(call.floats(1))) },
    ])
}
