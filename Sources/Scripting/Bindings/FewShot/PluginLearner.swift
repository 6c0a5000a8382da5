import Datasets
import FewShot
import LuaHost
import Support
import Tensors

/// A learner plugin in one repeat of the protocol.
final class PluginLearner: FewShotLearner {
  private let invocation: PluginInvocation
  private let model: ModuleHandle
  private let store: FeatureStore
  private var sessions: IndexingIterator<[FewShotSession]>

  /// A learner that will learn `sessions`, in their order.
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

/// Samples with their classes, as learners get them: the base set, or a session's support set.
final class Samples: LuaHosted {
  static let luaClassName = "samples"
  let data: LabelledFeatures
  let model: ModuleHandle
  private let clips: [Clip]
  private let store: FeatureStore

  init(_ data: LabelledFeatures, model: ModuleHandle, clips: [Clip], store: FeatureStore) {
    self.data = data
    self.model = model
    self.clips = clips
    self.store = store
  }

  func waveforms() throws -> Tensor { try store.waveforms(clips, rate: store.nativeRate()) }
}

extension LuaClass {
  static let samples = LuaClass(
    Samples.self, "Samples with their classes",
    methods: [
      LuaFunction(
        "of", "The features of one class: (samples of it, embedding)", [.integer("class", min: 1)],
        returns: "tensor"
      ) { call in
        let samples = try call.object(0, Samples.self)
        let label = try call.integer(1)
        guard let rows = try samples.data.features(of: label - 1) else {
          throw ScriptError("of: class \(label) is not among these samples")
        }
        return try call.push(rows)
      },
      LuaFunction(
        "class_means", "The mean of every class's features, in the order of classes: (classes, embedding)",
        returns: "tensor"
      ) { call in try call.push(call.object(0, Samples.self).data.classMeans()) },
      LuaFunction(
        "waveforms", "One second of each sample: (samples, rate); decoded on request",
        returns: "tensor"
      ) {
        call in try call.push(call.object(0, Samples.self).waveforms())
      },
    ],
    properties: [
      LuaProperty("features", "(samples, embedding)", "tensor") { call in
        try call.push(call.object(0, Samples.self).data.features)
      },
      LuaProperty("labels", "Classes from 1: (samples), int32", "tensor") { call in
        let data = try call.object(0, Samples.self).data
        return try call.push(
          Tensor.classes(data.labels, on: data.features.device))
      },
      LuaProperty("classes", "The classes of these samples, from 1", "list of integers") { call in
        try call.push(call.object(0, Samples.self).data.classes.map { $0 + 1 })
      },
      LuaProperty("model", "The trained network; model.classes is the number of all classes", "module") {
        call in
        try call.push(call.object(0, Samples.self).model)
      },
    ])
}
