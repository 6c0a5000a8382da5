import FewShot
import LuaHost
import Networks
import Support
import Tensors

/// A model plugin with its options.
struct PluginModel: ModelBuilder {
  private let choice: PluginChoice
  private let state: LuaState
  var plugin: Plugin { choice.plugin }

  /// - Throws: ``OptionError`` for options that the plugin does not have.
  init(_ choice: PluginChoice, in state: LuaState) throws {
    self.choice = PluginChoice(choice.plugin, options: try choice.plugin.options.fill(choice.options))
    self.state = state
  }

  var name: String { plugin.name }
  var title: String { plugin.title }
  var keyParts: [String] { plugin.keyParts(options: choice.options) }

  func build(for task: NetworkTask) throws -> any Module {
    let context = try state.attached(ScriptContext.self)
    let results = try context.acting(as: .model, for: plugin) {
      try plugin.build(choice.options, task: task.table, in: state)
    }
    guard let handle = results.only?.object(ModuleHandle.self) else {
      throw plugin.violation(
        "build returned \(results.typeNames), expected a module", hint: results.returnHint, in: "build", state
      )
    }
    return handle.module
  }

  func violation(_ message: ErrorMessage) -> any NightjarError {
    plugin.violation(message.what, hint: message.hint, in: "build", state)
  }

  func named(_ error: any Error) -> any Error {
    do { return try plugin.named { throw error } } catch { return error }
  }
}

extension NetworkTask {
  /// What a model's `build` gets: `{ input = { time, channels }, classes }`.
  var table: LuaTable {
    let input = LuaTable(fields: [("time", .integer(time)), ("channels", .integer(channels))])
    return LuaTable(fields: [("input", .table(input)), ("classes", .integer(classes))])
  }
}

extension PluginChoice {
  /// The untrained network of a model plugin for features (time, channels) and a number of classes, in evaluation mode.
  ///
  /// - Throws: `ScriptError` from the plugin; ``OptionError``.
  public func build(time: Int, channels: Int, classes: Int, in state: LuaState) throws -> any Module {
    let task = NetworkTask(time: time, channels: channels, classes: classes)
    let module = try PluginModel(self, in: state).build(for: task)
    module.setTraining(false)
    return module
  }

  /// The features that an encoder plugin makes of a clip of one second: (time, channels).
  ///
  /// The clip has `rate` samples, unless the encoder requests another sample rate.
  ///
  /// - Throws: `ScriptError` from the plugin.
  public func featureShape(rate: Int, in state: LuaState) throws -> (time: Int, channels: Int) {
    let context = try state.attached(ScriptContext.self)
    let encoder = try PluginEncoder(plugin, options: options, in: state)
    let silence = try Tensor.zeros([1, encoder.prepare(rate: rate)], on: context.device)
    let shape = try encoder.encode(silence).shape
    return (shape[1], shape[2])
  }
}
