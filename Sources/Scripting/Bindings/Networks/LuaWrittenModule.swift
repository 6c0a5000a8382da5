import Networks
import Tensors

/// A module made by `nn.module{ init = …, forward = … }`: fields in a Lua table, the forward pass a Lua function.
///
/// Modules and gradient-wanting tensors put into fields become its parts and parameters, under the field's name.
final class LuaWrittenModule: Module {
  private let name: String
  private let functions: LuaReference
  /// Fields that are neither parts nor parameters.
  private let fields: LuaReference
  private unowned let state: LuaState
  private(set) var children: [(name: String, module: any Module)] = []
  private(set) var parameters: [(name: String, tensor: Tensor)] = []
  private(set) var buffers: [(name: String, tensor: Tensor)] = []
  var isTraining = true

  init(name: String, functions: LuaReference, in state: LuaState) throws {
    (self.name, self.functions, self.state) = (name, functions, state)
    fields = try state.reference(to: LuaTable())
  }

  var description: String { name }

  func forward(_ input: Tensor) throws -> Tensor { try callForTensor("forward", input) }

  func features(_ input: Tensor) throws -> Tensor {
    try callForTensor(hasFunction("features") ? "features" : "forward", input)
  }

  func readout(_ features: Tensor) throws -> Tensor {
    guard try hasFunction("readout") else { throw NetworkError.noReadoutFunction(module: name) }
    return try callForTensor("readout", features)
  }

  private func hasFunction(_ name: String) throws -> Bool { try state.field(name, of: functions) != nil }

  private func callForTensor(_ function: String, _ input: Tensor) throws -> Tensor {
    guard let body = try state.field(function, of: functions) else {
      throw ScriptFailure("\(name) has no function '\(function)'")
    }
    let results = try state.call(body, [ModuleHandle(self), input])
    guard let output = results.first?.object(Tensor.self) else {
      throw ScriptFailure(
        "\(name): \(function) gave \(results.first?.typeName ?? "nothing"), it must give a tensor")
    }
    return output
  }

  /// A field of the module, or a function of its declaration.
  func field(_ name: String) throws -> LuaReference? {
    if children.contains(where: { $0.name == name })
      || (parameters + buffers).contains(where: { $0.name == name })
    {
      return nil
    }
    return try state.field(name, of: fields) ?? state.field(name, of: functions)
  }

  /// Sets a field; a list of modules becomes parts named `name.1`, `name.2`, … by the module it is wrapped in.
  func setField(_ name: String, _ value: LuaReference, object: (any Module)?, tensor: Tensor?) throws {
    children.removeAll { $0.name == name }
    parameters.removeAll { $0.name == name }
    buffers.removeAll { $0.name == name }
    if let object {
      children.append((name, object))
    } else if let tensor, tensor.requiresGradient, tensor.isLeaf {
      parameters.append((name, tensor))
    } else if let tensor {
      buffers.append((name, tensor))
    }
    let isPart = object != nil || tensor != nil
    try state.setField(name, of: fields, to: isPart ? LuaValue.nil : LuaValue.function(value))
  }
}

extension LuaFunction {
  /// `nn.module{ init = f(self, …), forward = f(self, x) }`: gives a constructor.
  static let module = LuaFunction(
    "module", "Declares a module written in Lua; gives a function that makes one",
    [
      .options(
        "declaration",
        [
          .string("name", default: "module"), .function("init", optional: true), .function("forward"),
          .function("features", optional: true), .function("readout", optional: true),
        ])
    ], returns: "function"
  ) { call in
    let declaration = try call.options(1)
    let name = try declaration.string("name")
    let functions = call.reference(1)
    return try call.give(
      LuaFunction(name, "Makes a \(name)", [.rest("arguments")]) { call in
        let module = ModuleHandle(try LuaWrittenModule(name: name, functions: functions, in: call.state))
        if let initialise = try call.state.field("init", of: functions) {
          let arguments = (0..<call.count).map { call.reference($0 + 1) }
          _ = try call.state.call(initialise, [module] + arguments)
        }
        return try call.give(module)
      })
  }
}
