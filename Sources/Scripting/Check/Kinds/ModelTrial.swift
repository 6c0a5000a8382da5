import FewShot
import LuaHost
import Networks
import Support
import Tensors

/// A model: built, run forward and backward on a small task, saved and loaded as a bench does it.
extension PluginTrial {
  func tryModel() throws -> [CheckFinding] {
    var findings: [CheckFinding] = []
    let own = try features()
    let model = try PluginModel(choice, in: state)
    var randomness = Randomness(seed: 1, device: context.device)
    let network = try context.drawing(from: &randomness) {
      let recipe = TrialRecipe { module in
        if findings.isEmpty { findings += try gradientFindings(module) }
      }
      do {
        return try Pretraining(
          store: trial.store, encoder: own, model: model, recipe: recipe, seed: 1,
          version: NightjarModule.version
        ).run()
      } catch let error as any NightjarError where error is TensorError || error is NetworkError {
        let translated = CoreErrorTranslation.translate(error) as? any NightjarError
        throw model.violation((translated ?? error).message)
      }
    }
    let file = try trial.store.features(.train, own)
    let features = try file.read(Array(0..<5), on: context.device)
    findings += try independence(network.module, features)
    if isWide, plugin.encoder == nil {
      try context.drawing(from: &randomness) { try tryOtherSizes(model, features) }
    }
    return findings
  }

  /// The encoder that the model is tried with; its own frames where the one of a bench cannot encode the made-up data,
  /// whose rate may be lower.
  private func features() throws -> any ClipEncoder {
    guard let encoder else { return TrialFrames() }
    let chosen = try PluginEncoder(encoder.plugin, options: encoder.options, in: state)
    do { _ = try trial.store.features(.train, chosen) } catch let error as any NightjarError
      where error.isRecoverable && !isWide
    { return TrialFrames() }
    return chosen
  }

  /// Parameters whose gradient is missing or not finite.
  private func gradientFindings(_ module: any Module) throws -> [CheckFinding] {
    var missing: [String] = []
    for (name, tensor) in module.namedParameters {
      guard let gradient = tensor.gradient else {
        missing.append(name)
        continue
      }
      guard try gradient.isFinite else {
        throw plugin.violation(
          "the gradient of the parameter '\(name)' holds NaN or infinity, with a loss that is finite",
          hint: "check for sqrt, norm or division at 0", in: "build", state)
      }
    }
    guard !missing.isEmpty else { return [] }
    let names = missing.prefix(3).joined(separator: ", ") + (missing.count > 3 ? ", …" : "")
    return [
      finding(
        ErrorMessage(
          "\("parameter".counted(missing.count)) without a gradient: \(names)",
          hint:
            "use \(missing.count == 1 ? "it" : "them") in forward, or leave \(missing.count == 1 ? "it" : "them") out"
        ),
        in: "build", isWarning: true)
    ]
  }

  /// In evaluation mode a clip's scores depend on the clip alone.
  private func independence(_ module: any Module, _ features: Tensor) throws -> [CheckFinding] {
    module.setTraining(false)
    return try Recording.off {
      // A layer of the host that draws random numbers in evaluation too, such as RadLIF's uniform start, is meant so.
      func positions() -> [UInt64] { module.descendants.compactMap(\.module.randomPosition) }
      let before = positions()
      let scores = try module(features)
      let draws = positions() != before
      if let other = try RowComparison.change(of: scores, { try module(features) }) {
        return [
          finding(
            ErrorMessage(
              "in evaluation mode the same clip is scored \(other.first) for class \(other.column + 1), then "
                + "\(other.second)",
              hint: draws
                ? "a layer of it draws random numbers in evaluation, so that its figures have noise of their own"
                : "draw random numbers and keep state only where self.training is true"),
            in: "build", isWarning: draws)
        ]
      }
      let alone = try module(Slice(0, from: 0, count: 1)(features))
      guard alone.shape == [1, scores.shape[1]] else {
        return [
          finding(
            ErrorMessage(
              "for one clip the model returns \(alone.shape), expected \([1, scores.shape[1]])",
              hint: "name the dimension in squeeze and reshape, which else drop a batch of one"), in: "build")
        ]
      }
      if let other = try RowComparison.dependence(of: scores, on: features, { try module($0) }) {
        return [
          finding(
            ErrorMessage(
              "a clip's scores depend on the other clips of its batch: \(other.first) or \(other.second) for class "
                + "\(other.column + 1) of the same clip",
              hint:
                "compute over time and channels, not over dimension 1, or only where self.training is true"),
            in: "build")
        ]
      }
      return []
    }
  }

  /// Builds the model for other channels and classes.
  private func tryOtherSizes(_ model: PluginModel, _ features: Tensor) throws {
    let task = NetworkTask(time: features.shape[1], channels: 13, classes: 11)
    let sizes = "for task.input.channels = \(task.channels) and task.classes = \(task.classes)"
    do {
      let module = try model.build(for: task)
      module.setTraining(false)
      let input = try Slice(2, from: 0, count: min(13, features.shape[2]))(features)
      guard input.shape[2] == task.channels else { return }
      let scores = try Recording.off { try module(input) }
      guard scores.shape == [input.shape[0], task.classes] else {
        throw plugin.violation(
          "\(sizes) the model returns \(scores.shape), expected \([input.shape[0], task.classes])",
          hint: "use task.classes, task.input.channels and task.input.time instead of numbers", in: "build",
          state)
      }
    } catch {
      var found = try CheckFinding(of: model.named(error), in: plugin.path, at: model.location)
      if !found.what.hasPrefix(sizes) { found.what = "\(sizes): \(found.what)" }
      found.hint = "use task.classes, task.input.channels and task.input.time instead of numbers"
      throw TrialFinding(finding: found)
    }
  }
}

/// A finding that ends a trial.
struct TrialFinding: Error {
  let finding: CheckFinding
}

extension PluginModel {
  /// Where its `build` is.
  fileprivate var location: ErrorLocation { (violation("").locations.first) ?? .plugin(title: title) }
}
