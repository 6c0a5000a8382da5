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

/// Samples with their classes, as learners get them: the base set, or a session's support set.
final class Samples: LuaHosted {
  static let luaClassName = "samples"
  let data: LabelledFeatures
  let model: ModuleHandle
  let waveforms: () throws -> Tensor

  init(_ data: LabelledFeatures, model: ModuleHandle, waveforms: @escaping () throws -> Tensor) {
    self.data = data
    self.model = model
    self.waveforms = waveforms
  }
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
