import LuaHost
import Networks
import Tensors

extension PluginChoice {
  /// The untrained network of a model plugin.
  ///
  /// - Parameter task: `{ input = { time, channels }, classes }`.
  func build(task: LuaTable, in state: LuaState) throws -> any Module {
    let context = try state.attached(ScriptContext.self)
    let given = try context.acting(as: .model, for: plugin) {
      try plugin.build(options, task: task, in: state)
    }
    guard let handle = given.first?.object(ModuleHandle.self) else {
      throw plugin.violation(
        "build returned \((given.first ?? .nil).typeName), expected a module", in: "build", state)
    }
    return handle.module
  }

  /// The untrained network of a model plugin for features (time, channels) and so many classes, in evaluation.
  public func build(time: Int, channels: Int, classes: Int, in state: LuaState) throws -> any Module {
    let input = LuaTable(fields: [("time", .integer(time)), ("channels", .integer(channels))])
    let task = LuaTable(fields: [("input", .table(input)), ("classes", .integer(classes))])
    let module = try build(task: task, in: state)
    module.setTraining(false)
    return module
  }

  /// The shape of the features that an encoder plugin computes from a clip of one second: (time, channels).
  ///
  /// - Parameter rate: samples a second, unless the encoder asks for others.
  public func featureShape(rate: Int, in state: LuaState) throws -> (time: Int, channels: Int) {
    let context = try state.attached(ScriptContext.self)
    let encoder = try PluginEncoder(plugin, options: options, in: state)
    let silence = try Tensor.zeros([1, encoder.prepare(rate: rate)], on: context.device)
    let shape = try encoder.encode(silence).shape
    return (shape[1], shape[2])
  }
}
