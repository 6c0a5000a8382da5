import FewShot
import Support
import Tensors

/// A learner plugin in one repeat of the protocol.
final class PluginLearner: FewShotLearner {
  private let invocation: PluginInvocation
  private let model: ModuleHandle
  private let store: FeatureStore
  private var sessions: IndexingIterator<[FewShotSession]>

  /// - Parameter sessions: those it will learn, in their order.
  init(_ invocation: PluginInvocation, model: ModuleHandle, store: FeatureStore, sessions: [FewShotSession]) {
    self.invocation = invocation
    self.model = model
    self.store = store
    self.sessions = sessions.makeIterator()
  }

  var modifiesBase: Bool { invocation.plugin.modifiesBase }

  func start(_ base: LabelledFeatures) throws {
    let samples = Samples(base, model: model, clips: store.dataset.clips(.train), store: store)
    _ = try invocation.act { try $0.call("start", samples) }
  }

  func learn(_ support: LabelledFeatures) throws {
    let clips = store.dataset.clips(.evaluation)
    let own = (sessions.next()?.support ?? []).map { clips[$0] }
    let samples = Samples(support, model: model, clips: own, store: store)
    _ = try invocation.act { try $0.call("learn", samples) }
  }

  func scores(_ features: Tensor) throws -> Tensor {
    let results = try invocation.act { try $0.call("scores", features) }
    guard let scores = results.first?.object(Tensor.self), scores.dtype == .float32 else {
      let kind = results.first?.object(Tensor.self).map { "a tensor of \($0.dtype)" }
      throw invocation.violation(
        "scores returned \(kind ?? results.first?.typeName ?? "nothing"), expected a float32 tensor (batch, all classes)",
        in: "scores")
    }
    return scores
  }

  func violation(_ message: ErrorMessage, in function: String) -> any NightjarError {
    invocation.violation(message.what, hint: message.hint, in: function)
  }
}
