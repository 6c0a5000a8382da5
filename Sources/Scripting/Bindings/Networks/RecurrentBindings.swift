import LuaHost
import Networks
import Tensors

/// Layers that carry a state over time: gated ones, spiking ones, and those whose step is a Lua function.
extension LayerBindings {
  static let overTime: [LuaFunction] = [
    layer(
      "LSTM", "Long short-term memory: (batch, time, in) → (batch, time, width)", gated
    ) {
      call, with in try LSTMLayer(call.integer(1), call.integer(2), with: &with)
    },
    layer(
      "GRU", "Gated recurrent units: (batch, time, in) → (batch, time, width)", gated
    ) {
      call, with in try GRULayer(call.integer(1), call.integer(2), with: &with)
    },
    layer(
      "LIF", "Leaky integrate-and-fire neurons with a learned leak each: currents → spikes",
      [size("channels"), .options("options", surrogate(.boxcar))]
    ) { call, with in
      try LIFLayer(call.integer(1), spike: call.options(2).spike(), with: &with)
    },
    layer(
      "RadLIF", "Recurrent adaptive leaky integrate-and-fire neurons: (batch, time, in) → spikes",
      [
        size("in"), size("width"),
        .options(
          "options",
          surrogate(.boxcar) + [
            .choice(
              "start", RadLIFLayer.Start.allCases.map(\.rawValue), default: RadLIFLayer.Start.zeros.rawValue,
              help: "the state before the first step; NeuroBench's is drawn for each pass (uniform)")
          ]),
      ]
    ) { call, with in
      let options = try call.options(3)
      return try RadLIFLayer(
        call.integer(1), call.integer(2), spike: options.spike(),
        start: RadLIFLayer.Start(rawValue: options.string("start")) ?? .zeros, with: &with)
    },
    layer(
      "Leaky", "snnTorch's leaky integrate-and-fire neurons, one decay for all: currents → spikes",
      [
        .options(
          "options",
          [
            .number(
              "beta", default: 0.9, min: 0, max: 1, help: "what is left of a membrane after a time step"),
            .boolean("learn_beta", default: false), .number("threshold", default: 1),
            .choice(
              "reset", LeakyLayer.Reset.allCases.map(\.rawValue),
              default: LeakyLayer.Reset.subtract.rawValue),
          ] + surrogate(.arctan))
      ]
    ) { call, with in
      let options = try call.options(1)
      return try LeakyLayer(
        beta: Float(options.number("beta")), learned: options.boolean("learn_beta"),
        threshold: Float(options.number("threshold")),
        reset: LeakyLayer.Reset(rawValue: options.string("reset")) ?? .subtract, spike: options.spike(),
        with: &with)
    },
    layer(
      "LeakyReadout", "Leaky membranes that do not fire: (batch, time, in) → class scores (batch, classes)",
      [size("in"), size("classes")]
    ) { call, with in
      try LeakyReadoutLayer(call.integer(1), call.integer(2), with: &with)
    },
    .recurrent,
  ]

  private static let gated = [size("in", "input_size"), size("width", "hidden_size")]

  private static func surrogate(_ surrogate: Surrogate) -> [LuaParameter] {
    [
      .choice(
        "surrogate", Surrogate.allCases.map(\.rawValue), default: surrogate.rawValue,
        help: "the spike's slope"),
      .number("scale", optional: true, help: "of the slope; the surrogate's own by default"),
    ]
  }
}

extension LuaOptions {
  /// The spike that `surrogate` and `scale` describe.
  fileprivate func spike() throws -> any UnaryFunction {
    let surrogate = Surrogate(rawValue: try string("surrogate")) ?? .boxcar
    return surrogate.formula(scale: self["scale"].number.map(Float.init))
  }
}

extension LuaFunction {
  /// `nn.recurrent{ state = …, step = f(self, input, state) }`: a module whose step is recorded, then run natively.
  fileprivate static let recurrent = LuaFunction(
    "recurrent",
    "A module whose step(self, input, state) returns the output of a time step and updates the fields of state; it is "
      + "recorded once a pass and run natively over all time steps",
    [
      .options(
        "declaration",
        [
          .string("name", default: "recurrent"),
          .table("state", help: "the shape of each state without the batch: { u = { 32 } }"),
          .function(
            "step",
            signature: "fun(self: nj.module, input: nj.tensor, state: table<string, nj.tensor>): nj.tensor",
            help: "input: (batch, channel) of one time step; sets the new states in state, returns the output"
          ),
          .function(
            "init", optional: true, signature: "fun(self: nj.module, ...)",
            help: "sets parameters and layers as fields of self"),
          .string("membrane", optional: true, help: "the state that is a neuron's membrane, for metrics"),
        ])
    ], returns: "module"
  ) { call in
    let declaration = try call.options(1)
    let step = try LuaStep(
      name: declaration.string("name"), state: declaration["state"], function: declaration.function("step"),
      membrane: declaration["membrane"].string)
    var functions: [(String, LuaValue)] = [("forward", .function(try call.state.function(step.forward)))]
    if declaration.has("init") { functions.append(("init", declaration["init"])) }
    let module = try LuaWrittenModule(
      name: step.name, functions: call.state.reference(to: LuaTable(fields: functions)), in: call.state)
    try module.make([])
    return try call.push(call.context.handle(module))
  }
}

/// A step in Lua, with the shapes of its state for one sample.
private struct LuaStep {
  let name: String
  private let shapes: [(name: String, shape: [Int])]
  private let function: LuaReference
  private let kind: Recurrence.Kind

  init(name: String, state: LuaValue, function: LuaReference, membrane: String?) throws {
    self.name = name
    self.function = function
    let fields = state.table?.fields ?? []
    guard !fields.isEmpty, fields.count <= 64, state.list?.isEmpty ?? true else {
      throw ScriptError("\(name): state names its tensors by their shapes for one sample: { u = { 128 } }")
    }
    shapes = try fields.sorted { $0.name < $1.name }.map { field in
      guard let shape = field.value.integers, shape.allSatisfy({ $0 > 0 }) else {
        throw ScriptError(
          "\(name): state.\(field.name) is \(field.value.typeName), expected a shape as { 128 }")
      }
      return (field.name, shape)
    }
    guard let membrane else {
      kind = .plain
      return
    }
    guard let number = shapes.firstIndex(where: { $0.name == membrane }) else {
      let known = shapes.map(\.name).joined(separator: ", ")
      throw ScriptError("\(name): membrane names the state '\(membrane)', there is only \(known)")
    }
    kind = .neurons(membrane: number, operations: nil)
  }

  /// `forward(self, x)` of the module.
  var forward: LuaFunction {
    LuaFunction("forward", "Runs the step over time", [.module("self"), .tensor("x")], returns: "tensor") {
      call in
      let input = try call.tensor(2)
      let module = call.reference(1)
      let starts = try shapes.map { try Tensor.zeros([input.shape.first ?? 1] + $0.shape, on: input.device) }
      return try call.push(
        Recurrence.run(over: input, from: starts, named: name, as: kind) { x, states in
          try run(x, states, of: module, in: call.state)
        })
    }
  }

  private func run(
    _ input: Tensor, _ states: [Tensor], of module: LuaReference, in state: LuaState
  ) throws -> (output: Tensor, states: [Tensor]) {
    let table = try state.reference(
      to: LuaTable(fields: zip(shapes, states).map { ($0.name, $1.luaValue) }))
    let results = try state.call(function, [module, input, table])
    guard let output = results.only?.object(Tensor.self) else {
      throw ScriptError(
        "\(name): step returned \(results.typeNames), expected a tensor",
        hint: results.returnHint ?? "set states in the table of states")
    }
    let undeclared = try state.value(of: table).table?.fields.map(\.name).filter { name in
      !shapes.contains { $0.name == name }
    }
    if let name = undeclared?.sorted().first {
      throw ScriptError(
        "\(self.name): the step sets state.\(name), which is not declared",
        hint: "\(name) = { … } in state, "
          + "or a local for what the next step does not need")
    }
    let next = try shapes.map { entry in
      guard let field = try state.field(entry.name, of: table),
        let tensor = try state.value(of: field).object(Tensor.self)
      else { throw ScriptError("\(name): after the step, state.\(entry.name) is not a tensor") }
      return tensor
    }
    return (output, next)
  }
}
