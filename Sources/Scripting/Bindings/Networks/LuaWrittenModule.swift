import Datasets
import LuaHost
import Networks
import OrderedCollections
import Support
import Tensors

/// A module made by `nn.module{ init = …, forward = … }`: fields in a Lua table, the forward pass a Lua function.
///
/// Modules put into fields become its parts, under the field's name, tables of modules too; tensors that want a
/// gradient become its parameters, and other tensors that `init` sets its buffers.
final class LuaWrittenModule: Module {
  /// A field that the network knows of.
  private enum Part {
    case module(any Module)
    /// A Lua table, which may hold modules now or later.
    case table(LuaReference)
    case parameter(Tensor)
    case buffer(Tensor)

    var tensor: Tensor? {
      switch self {
      case .parameter(let tensor), .buffer(let tensor): tensor
      case .module, .table: nil
      }
    }
  }

  private let name: String
  private let functions: LuaReference
  /// Fields that are no parts.
  private let fields: LuaReference
  private unowned let state: LuaState
  private let ends: ModuleEnds
  /// The plugin that made it, whose grants its functions have.
  private let maker: String?
  /// By field, in the order in which they were first set.
  private var parts: OrderedDictionary<Name, Part> = [:]
  /// Long names of fields that are stored here, in the memory budget.
  private var nameCharges: [Name: MemoryCharge] = [:]
  private static let shortName = 200
  /// Whether `init` is over.
  private var isMade = false
  var isTraining = true

  init(name: String, functions: LuaReference, in state: LuaState) throws {
    self.name = name
    self.functions = functions
    self.state = state
    let context = try state.attached(ScriptContext.self)
    ends = context.handles.ends
    maker = context.grantee
    fields = try state.reference(to: LuaTable())
  }

  deinit {
    for part in parts.values {
      if case .module(let module) = part { ends.add(module) }
    }
    parts = [:]  // or they would go with the rest of this module, after its end
    ends.drain()
  }

  var description: String { name }

  var children: [(name: String, module: any Module)] {
    parts.compactMap { name, part in
      switch part {
      case .module(let module): (name.text, module)
      case .table(let table):
        (try? state.reading(table) { TableOfModules(try $0.entries($1)) }).flatMap(\.self).map {
          (name.text, $0)
        }
      case .parameter, .buffer: nil
      }
    }
  }

  var parameters: [(name: String, tensor: Tensor)] {
    parts.compactMap { name, part in
      if case .parameter(let tensor) = part { (name.text, tensor) } else { nil }
    }
  }

  var buffers: [(name: String, tensor: Tensor)] {
    parts.compactMap { name, part in if case .buffer(let tensor) = part { (name.text, tensor) } else { nil } }
  }

  /// Runs `init`, if there is one.
  func make(_ arguments: [LuaReference]) throws {
    if let initialise = try state.field("init", of: functions) {
      _ = try state.call(initialise, [try handle()] + arguments)
    }
    isMade = true
  }

  func forward(_ input: Tensor) throws -> Tensor { try callForTensor("forward", input) }

  func features(_ input: Tensor) throws -> Tensor {
    try callForTensor(hasFunction("features") ? "features" : "forward", input)
  }

  func readout(_ features: Tensor) throws -> Tensor {
    guard try hasFunction("readout") else { throw NetworkError.noReadoutFunction(module: name) }
    return try callForTensor("readout", features)
  }

  private func handle() throws -> ModuleHandle { try state.attached(ScriptContext.self).handle(self) }

  private func hasFunction(_ name: String) throws -> Bool { try state.field(name, of: functions) != nil }

  private func callForTensor(_ function: String, _ input: Tensor) throws -> Tensor {
    guard let body = try state.field(function, of: functions) else {
      throw ScriptError("\(name) has no function '\(function)'")
    }
    let context = try state.attached(ScriptContext.self)
    let results = try context.acting(as: .model) {
      try context.granted(to: maker) {
        // Within a limited call directly: networks can be nested deeply, and every frame takes stack.
        if state.isWithinCallLimit { return try state.call(body, [context.handle(self), input]) }
        return try state.underCallLimit { try state.call(body, [context.handle(self), input]) }
      }
    }
    guard let output = results.only?.object(Tensor.self) else {
      throw ScriptError(
        "\(name): \(function) returned \(results.typeNames), expected a tensor",
        hint: results.count > 1
          ? "only a script that calls the module itself gets all its results" : results.returnHint)
    }
    return output
  }

  /// What `module(…)` gives in a script: `forward` gets all arguments, and all its results come back.
  func call(_ arguments: [LuaReference], first: Tensor?) throws -> [LuaReference] {
    guard let body = try state.field("forward", of: functions) else {
      throw ScriptError("\(name) has no function 'forward'")
    }
    let context = try state.attached(ScriptContext.self)
    func run() throws -> [LuaReference] {
      let results = try context.acting(as: .model) {
        try context.granted(to: maker) {
          try state.callForReferences(body, [context.handle(self)] + arguments)
        }
      }
      guard let first = results.first, try state.kind(of: first) != .nil else {
        throw ScriptError(
          "\(name): forward returned \(results.isEmpty ? "nothing" : "nil"), expected a tensor",
          hint: "does the function end without return?")
      }
      return results
    }
    guard let first else { return try run() }
    return try observed(first) {
      let results = try run()
      return (results, try state.value(of: results[0]).object(Tensor.self))
    }
  }

  /// A field of the module, or a function of its declaration; `nil` in Lua otherwise.
  func field(_ name: String) throws -> any LuaPushable {
    let part = parts[Name(name)]
    if case .module(let module)? = part { return try state.attached(ScriptContext.self).handle(module) }
    if let tensor = part?.tensor { return tensor }
    guard let field = try state.field(name, of: fields) else { return try state.field(name, of: functions) }
    // A table is shared with whoever holds it; others than the module get a copy.
    guard try state.attached(ScriptContext.self).isForeign(self), try state.kind(of: field) == .table else {
      return field
    }
    return try state.value(of: field)
  }

  /// Sets a field.
  func setField(
    _ name: String, _ value: LuaReference, object: (any Module)?, tensor: Tensor?, isTable: Bool
  ) throws {
    if ModuleBindings.methods.contains(where: { $0.name == name })
      || ["classes", "training", "observed"].contains(name)
    {
      let isReadout = ["readout", "features"].contains(name)
      throw ScriptError(
        "'\(name)' is a method of every module",
        hint: "give the field another name"
          + (isReadout ? ", and nn.module the functions features(self, x) and readout(self, features)" : ""))
    }
    if object === self { throw ScriptError("'\(name)': a module cannot be a part of itself") }
    let context = try state.attached(ScriptContext.self)
    if context.isForeign(self) { try context.require(.network, for: "field '\(name)'") }
    var wasBuffer: Bool { if case .buffer? = parts[Name(name)] { true } else { false } }
    let part: Part? =
      if let object {
        .module(object)
      } else if isTable {
        .table(value)
      } else if let tensor, tensor.isParameter {
        .parameter(tensor)
      } else if let tensor, !isMade || wasBuffer {
        .buffer(tensor)
      } else {
        nil
      }
    let isLongPart = part != nil && name.utf8.count > Self.shortName
    nameCharges[Name(name)] =
      isLongPart
      ? try MemoryCharge(name.utf8.count, on: context.device, operation: "a field of \(self.name)", shape: [])
      : nil
    parts[Name(name)] = part
    // A table is also a field, or Lua code could not read it.
    let isField = part == nil || isTable
    try state.setField(name, of: fields, to: isField ? LuaValue.function(value) : LuaValue.nil)
  }
}

extension LuaFunction {
  /// `nn.module{ init = f(self, …), forward = f(self, x) }`: returns a constructor.
  static let module = LuaFunction(
    "module", "Declares a module written in Lua; returns a function that makes one",
    [
      .options(
        "declaration",
        [
          .string("name", default: "module"),
          .function(
            "init", optional: true, signature: "fun(self: nj.module, ...)",
            help: "sets the parts as fields of self; gets the arguments of the constructor"),
          .function(
            "forward", signature: "fun(self: nj.module, x: nj.tensor, ...): nj.tensor",
            help: "x: (batch, time, channel), or what the part before returns"),
          .function(
            "features", optional: true, signature: "fun(self: nj.module, x: nj.tensor): nj.tensor",
            help: "up to the embedding: (batch, embedding)"),
          .function(
            "readout", optional: true, signature: "fun(self: nj.module, features: nj.tensor): nj.tensor",
            help: "from the embedding to the scores: (batch, classes)"),
        ])
    ], returns: "function"
  ) { call in
    let declaration = try call.options(1)
    let name = try declaration.string("name")
    try LayerBindings.requireShortName(name, "module")
    let functions = call.reference(1)
    return try call.push(
      LuaFunction(name, "Makes a \(name)", [.rest("arguments")]) { call in
        let module = try LuaWrittenModule(name: name, functions: functions, in: call.state)
        try module.make((0..<call.count).map { call.reference($0 + 1) })
        return try call.push(call.context.handle(module))
      })
  }
}

/// A Lua table in a field of a module written in Lua: the modules and learned tensors in it are parts of that module.
///
/// A list's parts are numbered from 0, as in PyTorch's ModuleList; named ones keep their names.
final class TableOfModules: Module {
  let children: [(name: String, module: any Module)]
  let parameters: [(name: String, tensor: Tensor)]
  var isTraining = true
  let description: String

  /// Nil when there is neither a module nor a learned tensor in the table.
  init?(_ entries: [(key: String, entry: LuaStack.Entry)]) {
    var children: [(name: String, module: any Module)] = []
    var parameters: [(name: String, tensor: Tensor)] = []
    for (key, entry) in entries {
      let name = Int(key)?.plus(-1).map { String($0) } ?? key
      switch entry {
      case .table(let inner):
        if let part = TableOfModules(inner) { children.append((name, part)) }
      case .object(let object):
        if let handle = object.as(ModuleHandle.self) { children.append((name, handle.module)) }
        if let tensor = object.as(Tensor.self), tensor.isParameter {
          parameters.append((name, tensor))
        }
      }
    }
    guard !children.isEmpty || !parameters.isEmpty else { return nil }
    self.children = children
    self.parameters = parameters
    description = "table of \(children.count + parameters.count) parts"
  }

  func forward(_ input: Tensor) throws -> Tensor {
    throw ScriptError("a table of modules computes nothing by itself; call its parts")
  }
}
