import FewShot
import LuaHost
import Tensors

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

  /// These samples with what a Lua function makes of their features, (samples, embedding) → (samples, anything).
  func mapped(by function: LuaReference, _ arguments: [LuaReference], in state: LuaState) throws -> Samples {
    let results = try state.call(function, [data.features] + arguments)
    guard let features = results.only?.object(Tensor.self) else {
      throw ScriptError("map: f returned \(results.typeNames), expected a tensor", hint: results.returnHint)
    }
    guard features.dtype == .float32, features.rank == 2, features.shape[0] == data.labels.count else {
      throw ScriptError(
        "map: f returned \(features.shape) of \(features.dtype), expected float32 with a row for each of "
          + "\(data.labels.count) samples")
    }
    return Samples(
      LabelledFeatures(features: features, labels: data.labels), model: model, waveforms: waveforms)
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
        "map",
        "The same samples with f(features, …) in place of their features: one row for each sample. Their waveforms "
          + "stay as they are",
        [.function("f"), .rest("arguments", help: "given to f after the features")],
        returns: "samples"
      ) { call in
        let samples = try call.object(0, Samples.self)
        let arguments = (2..<call.count + 1).map { call.reference($0) }
        return try call.push(samples.mapped(by: call.function(1), arguments, in: call.state))
      },
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
      LuaProperty(
        "class_index",
        "The classes as an int32 tensor, to set their rows of a table: means[samples.class_index] = …",
        "tensor"
      ) { call in
        let data = try call.object(0, Samples.self).data
        return try call.push(Tensor.classes(data.classes, on: data.features.device))
      },
      LuaProperty("model", "The trained network; model.classes is the number of all classes", "module") {
        call in
        try call.push(call.object(0, Samples.self).model)
      },
    ])
}
