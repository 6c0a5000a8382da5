import Datasets
import FewShot
import LuaHost
import Tensors

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
        "waveforms", "One second of sound a sample: (samples, rate); decoded when asked for",
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
      LuaProperty("classes", "The classes there are, from 1", "list of integers") { call in
        try call.push(call.object(0, Samples.self).data.classes.map { $0 + 1 })
      },
      LuaProperty("model", "The trained network; model.classes is the number of all classes", "module") {
        call in
        try call.push(call.object(0, Samples.self).model)
      },
    ])
}
