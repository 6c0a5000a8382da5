import Datasets
import FewShot
import LuaHost
import Support
import Tensors

/// A learner plugin that is taught once, such as in one repeat of the protocol.
final class PluginLearner: FewShotLearner {
  private let invocation: PluginInvocation
  private let model: ModuleHandle
  private let sound: SampleSound
  private var learned = 0

  init(_ invocation: PluginInvocation, model: ModuleHandle, sound: SampleSound) {
    self.invocation = invocation
    self.model = model
    self.sound = sound
  }

  var modifiesBase: Bool { invocation.plugin.modifiesBase }
  var isIncremental: Bool { invocation.instance.has("learn") }

  func start(_ base: LabelledFeatures) throws {
    let samples = Samples(base, model: model, waveforms: sound.base)
    _ = try invocation.act { try $0.call("start", samples) }
  }

  func learn(_ support: LabelledFeatures) throws {
    let session = learned
    learned += 1
    let samples = Samples(support, model: model) { [sound] in try sound.support(session) }
    _ = try invocation.act { try $0.call("learn", samples) }
  }

  func scores(_ features: Tensor) throws -> Tensor {
    let results = try invocation.act(keepsDraws: false) { try $0.call("scores", features) }
    guard let scores = results.only?.object(Tensor.self), scores.dtype == .float32 else {
      let kind = results.only?.object(Tensor.self).map { "a tensor of \($0.dtype)" }
      throw invocation.violation(
        "scores returned \(kind ?? results.typeNames), expected a float32 tensor "
          + "(batch, all classes)",
        hint: results.returnHint, in: "scores")
    }
    return scores
  }

  func violation(_ message: ErrorMessage, in function: String) -> any NightjarError {
    invocation.violation(message.what, hint: message.hint, in: function)
  }
}

/// The waveforms of what a learner learns from, read when it asks for them: (samples, rate).
struct SampleSound {
  let base: () throws -> Tensor
  /// Those of one session, counted from 0.
  let support: (_ session: Int) throws -> Tensor
}

extension SampleSound {
  /// The sound of the clips that `sessions` learn from.
  init(of sessions: [FewShotSession], in store: FeatureStore) {
    func waveforms(_ clips: [Clip]) throws -> Tensor {
      try store.waveforms(clips, rate: store.nativeRate())
    }
    base = { try waveforms(store.dataset.clips(.train)) }
    support = { session in
      let clips = store.dataset.clips(.evaluation)
      return try waveforms(sessions[session].support.map { clips[$0] })
    }
  }
}
