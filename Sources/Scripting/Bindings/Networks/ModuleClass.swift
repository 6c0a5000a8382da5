import FewShot
import LuaHost
import Networks
import Support
import Tensors

/// A network or a part of one, as scripts hold it. The same module is the same Lua value each time.
final class ModuleHandle: LuaHosted {
  static let luaClassName = "module"
  static func nativeBytes(of storage: AnyObject) -> Int {
    fromLuaStorage(storage)?.module.state.reduce(0) { $0 + $1.tensor.byteCount } ?? 0
  }
  let module: any Module
  /// The number of all classes of the task it was built for, where there is one.
  var classes: Int?
  /// What made its weights, where that is known: what it computes can then be kept.
  var key: ContentKey?
  /// The plugin that built it, where there is one.
  var origin: Plugin?
  /// What the recipe that trained it reported, where there is one.
  var training: TrainingRecord?

  fileprivate init(_ module: any Module) { self.module = module }
}

extension LuaClass {
  /// Networks and their parts as scripts see them.
  static let module = LuaClass(
    ModuleHandle.self, "A network or a part of one; call it with a tensor", methods: ModuleBindings.methods,
    properties: [
      LuaProperty("classes", "The number of all classes of the task it was trained for", "integer") { call in
        try call.push(call.object(0, ModuleHandle.self).classes)
      },
      LuaProperty("training", "Whether it behaves as in training: train() and eval() switch", "boolean") {
        call in
        try call.push(call.module(0).isTraining)
      },
      LuaProperty(
        "observed",
        "Whether this pass is counted or traced layer by layer: a module then runs all of its parts, even those "
          + "that its result does not depend on", "boolean"
      ) { call in
        call.push(Observation.isOn || LayerTracing.isOn)
      },
    ],
    operators: ModuleBindings.operators, keepsIdentity: true,
    brief: { $0.module.description.printableLine(limit: 60) },
    holdsMemory: true)
}

/// Releases the parts of modules one after another: nested deallocation of a long chain would overflow the stack.
final class ModuleEnds {
  private var waiting: [any Module] = []
  private var isEnding = false

  /// Adds a part of a module that is deallocated.
  func add(_ part: any Module) { waiting.append(part) }

  /// Releases the parts that were added. A part may have parts of its own: they are added and released in the same
  /// loop.
  func drain() {
    guard !isEnding else { return }
    isEnding = true
    while waiting.popLast() != nil {}
    isEnding = false
  }
}

/// The handles that scripts hold, by their modules.
final class ModuleHandles {
  /// The parts of deallocated modules written in Lua.
  let ends = ModuleEnds()
  private struct Entry { weak var handle: ModuleHandle? }
  private var entries: [ObjectIdentifier: Entry] = [:]
  private var limit = 64

  /// The one handle of a module.
  func handle(_ module: any Module) -> ModuleHandle {
    if let known = entries[ObjectIdentifier(module)]?.handle { return known }
    let handle = ModuleHandle(module)
    if entries.count >= limit {
      entries = entries.filter { $0.value.handle != nil }
      limit = max(64, 2 * entries.count)
    }
    // A handle keeps its module, so an entry that is alive names no other module.
    entries[ObjectIdentifier(module)] = Entry(handle: handle)
    return handle
  }
}

extension ScriptContext {
  /// The handle of a module, always the same one.
  func handle(
    _ module: any Module, classes: Int? = nil, key: ContentKey? = nil, origin: Plugin? = nil
  ) -> ModuleHandle {
    let handle = handles.handle(module)
    if let classes { handle.classes = classes }
    if let key { handle.key = key }
    if let origin { handle.origin = origin }
    return handle
  }
}

extension LuaParameter {
  static func module(_ name: String) -> Self { .object(name, "module") }
}

extension LuaCall {
  func module(_ argument: Int) throws -> any Module { try object(argument, ModuleHandle.self).module }

  /// A module all of whose parts can be walked through.
  func shallowModule(_ argument: Int) throws -> any Module {
    let module = try module(argument)
    try module.requireShallow()
    return module
  }
}

/// The methods of modules.
enum ModuleBindings {
  static let operators: [LuaFunction] = [
    LuaFunction(
      "__call", "What the module computes; one written in Lua gets all arguments, and returns all results",
      [.any("x", optional: true), .rest("arguments")], returns: "tensor"
    ) { call in try forward(call) },
    LuaFunction(
      "__index", "A part, parameter or field by its name, or a part by its number", [.any("key")],
      returns: "any"
    ) { call in
      let module = try call.module(0)
      let key = try call.value(1)
      if let number = key.integer {
        guard number >= 1, number <= module.children.count else {
          throw ScriptError(
            "\(module.description) has \(module.children.count) parts, there is no part \(number)")
        }
        return try call.push(call.context.handle(module.children[number - 1].module))
      }
      guard let name = key.string else {
        throw ScriptError("a module's fields are named by strings or numbers")
      }
      if let written = module as? LuaWrittenModule { return try call.push(written.field(name)) }
      if let child = module.children.first(where: { $0.name == name }) {
        return try call.push(call.context.handle(child.module))
      }
      if let tensor = (module.parameters + module.buffers).first(where: { $0.name == name }) {
        return try call.push(tensor.tensor)
      }
      let known = (module.children.map(\.name) + module.parameters.map(\.name) + methods.map(\.name))
      throw call.state.unknownName(
        "\(module.description) has no '\(name)'", name, in: .classNamed(ModuleHandle.luaClassName),
        known: known)
    },
    LuaFunction(
      "__newindex", "Sets a field of a module written in Lua",
      [.string("name"), .any("value", optional: true)]
    ) {
      call in
      guard let module = try call.module(0) as? LuaWrittenModule else {
        let module = try call.module(0)
        let name = try call.string(1)
        let isTensor = (module.parameters + module.buffers).contains { $0.name == name }
        throw ScriptError(
          "only modules made by nn.module take fields; '\(name)' of \(module.description) cannot be set",
          hint: isTensor
            ? "nj.no_grad(function() m.\(name):copy_(t) end) copies the elements of t"
            : "set it before building, or wrap the module in one of nn.module")
      }
      try module.setField(
        call.string(1), call.reference(2), object: call.objectIfAny(2, ModuleHandle.self)?.module,
        tensor: call.objectIfAny(2, Tensor.self), isTable: call.isTable(2))
      return .nothing
    },
    LuaFunction("__tostring", "The module and its parts", returns: "string") { call in
      call.push(try ModuleText.tree(call.module(0)))
    },
  ]

  static let methods: [LuaFunction] = [
    LuaFunction("features", "The embedding the readout works on", [.tensor("x")], returns: "tensor") { call in
      try call.push(call.module(0).features(call.tensor(1)))
    },
    LuaFunction("readout", "Class scores from an embedding", [.tensor("features")], returns: "tensor") {
      call in
      try call.push(call.module(0).readout(call.tensor(1)))
    },
    LuaFunction(
      "forward", "What the module computes; one written in Lua gets all arguments, and returns all results",
      [.any("x", optional: true), .rest("arguments")], returns: "tensor"
    ) { call in try forward(call) },
    LuaFunction("parameters", "The parameters", returns: "list of tensors") { call in
      try call.push(call.shallowModule(0).namedParameters.map(\.tensor))
    },
    LuaFunction("named_parameters", "The parameters by name", returns: "table") { call in
      try call.push(named(call.shallowModule(0).namedParameters))
    },
    LuaFunction("children", "The parts, as { name, module } pairs", returns: "list") { call in
      let context = try call.context
      let pairs = try call.module(0).children.map { child in
        LuaValue.table(LuaTable(list: [.string(child.name), context.handle(child.module).luaValue]))
      }
      return try call.push(LuaTable(list: pairs))
    },
    LuaFunction(
      "train", "Switches to training: dropout on, batch statistics", [.boolean("on", default: true)],
      returns: "the module itself"
    ) { call in
      try call.shallowModule(0).setTraining(call.boolean(1))
      return call.push(argument: 0)
    },
    LuaFunction("eval", "Switches to evaluation", returns: "the module itself") { call in
      try call.shallowModule(0).setTraining(false)
      return call.push(argument: 0)
    },
    LuaFunction("state", "Parameters and buffers by name; they share the module's memory", returns: "table") {
      call in
      try call.push(named(call.shallowModule(0).state))
    },
    LuaFunction(
      "load_state",
      "Copies tensors into the module's own; names and shapes must be the same. A missing num_batches_tracked is 0, "
        + "and the counters that the profiler thop leaves are passed over",
      [.table("state")], returns: "the module itself"
    ) { call in
      var tensors: [Name: Tensor] = [:]
      let fields = try call.value(1).table?.fields ?? []
      let module = try call.shallowModule(0)
      let own = Set(names: module.state.map(\.name))
      for field in fields where own.contains(field.name) || !StateNames.isOfProfiler(field.name) {
        guard let tensor = field.value.object(Tensor.self) else {
          throw ScriptError(
            "load_state: '\(field.name)' is a \(field.value.typeName), not a tensor", hint: hint(fields))
        }
        tensors[field.name] = tensor
      }
      try module.load(state: tensors)
      return call.push(argument: 0)
    },
    LuaFunction(
      "summary",
      "The parts with their parameters, as text; with an input, (batch, …), also the shape of what each part "
        + "computes and its operations for a sample",
      [.tensor("input", optional: true)], returns: "string"
    ) { call in
      let module = try call.shallowModule(0)
      guard call.has(1) else { return call.push(ModuleText.summary(module)) }
      return try call.push(ModuleText.summary(module, of: call.tensor(1)))
    },
    LuaFunction("zero_grad", "Clears the gradients of all parameters") { call in
      for parameter in try call.shallowModule(0).namedParameters { parameter.tensor.gradient = nil }
      return .nothing
    },
  ]

  /// Runs the forward pass of the module with the arguments of a script.
  private static func forward(_ call: LuaCall) throws -> LuaResults {
    let module = try call.module(0)
    if let written = module as? LuaWrittenModule {
      let arguments = (0..<call.count).map { call.reference($0 + 1) }
      let results = try written.call(arguments, first: call.objectIfAny(1, Tensor.self))
      return try call.push(all: results.map(\.luaValue))
    }
    if call.count > 1, (2...call.count).contains(where: { call.has($0) }) {
      throw ScriptError(
        "\(module.description) takes one tensor, got \(call.count) arguments",
        hint: "a module written in Lua, nn.module, takes any number")
    }
    return try call.push(module(call.tensor(1)))
  }

  /// Where the state is in a checkpoint's table, which has the epoch and more besides.
  private static func hint(_ fields: [(name: String, value: LuaValue)]) -> String? {
    let states = fields.filter { field in
      guard let table = field.value.table, table.list.isEmpty, !table.fields.isEmpty else { return false }
      return table.fields.allSatisfy { $0.value.object(Tensor.self) != nil }
    }
    guard let state = states.first(where: { $0.name.contains("state") }) ?? states.first else { return nil }
    return "a checkpoint has the state among other things; give load_state its "
      + "[\"\(state.name)\"]"
  }

  private static func named(_ tensors: [(name: String, tensor: Tensor)]) -> LuaTable {
    LuaTable(fields: tensors.map { ($0.name, $0.tensor.luaValue) })
  }
}
