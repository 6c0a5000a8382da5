import Datasets
import FewShot
import LuaHost
import Networks
import Support
import Tensors

/// Recipes and tasks.
extension PluginTrial {
  /// A recipe: trains a small network, as a bench does it.
  func tryRecipe() throws -> [CheckFinding] {
    let model = TrialModel(device: context.device)
    var randomness = Randomness(seed: 1, device: context.device)
    let trained = try context.drawing(from: &randomness) {
      try Pretraining(
        store: trial.store, encoder: trial.encoder, model: model,
        recipe: PluginRecipe(choice, seed: 1, in: state), seed: 1, version: NightjarModule.version
      ).run()
    }
    let shape = try trial.store.rowShape(trial.encoder)
    let untrained = try model.build(
      for: NetworkTask(time: shape[0], channels: shape[1], classes: TrialData.classes))
    let before = Dictionary(uniqueKeysWithValues: untrained.state.map { (Name($0.name), $0.tensor) })
    let isTrained = try trained.module.state.contains { name, tensor in
      try before[name].map { try $0.floatValues != tensor.floatValues } ?? true
    }
    guard !isTrained else { return [] }
    return [
      finding(
        ErrorMessage(
          "train returned the model as it was given: no weight has changed",
          hint: "check that the optimizer has model:parameters(), and that its learning rate is not 0"),
        in: "train")
    ]
  }

  /// A task: run on the data set with shipped plugins of small size.
  ///
  /// Options may ask for more words or samples than this tiny set has; whether the run's own data has them is told by
  /// the run, at once.
  func tryTask() throws -> [CheckFinding] {
    do {
      _ = try TaskOutcome.run(choice, trial.taskContext(for: choice.plugin), seed: 1, in: state)
    } catch let error as ScriptError
      where !choice.options.fields.isEmpty && (error.cause is ProtocolError || error.cause is DatasetError)
    {
      return []
    }
    return []
  }
}
