import LuaHost
import Networks
import Support
import Tensors

/// An optimizer as scripts hold it.
final class OptimizerHandle: LuaHosted {
  static let luaClassName = "optimizer"
  let optimizer: any Optimizer
  init(_ optimizer: any Optimizer) { self.optimizer = optimizer }
}

extension Scheduler: LuaHosted {
  public static var luaClassName: String { "scheduler" }
}

extension LuaClass {
  static let optimizer = LuaClass(
    OptimizerHandle.self, "Updates parameters by their gradients",
    methods: [
      LuaFunction("step", "Updates every parameter that has a gradient") { call in
        try call.object(0, OptimizerHandle.self).optimizer.step()
        call.state.renewCallLimit()
        return .nothing
      },
      LuaFunction("zero_grad", "Clears the gradients") { call in
        try call.object(0, OptimizerHandle.self).optimizer.zeroGradients()
        return .nothing
      },
      LuaFunction("state", "Copies of its state between steps, by name", returns: "table") { call in
        let state = try call.object(0, OptimizerHandle.self).optimizer.state
        return try call.push(LuaTable(fields: state.map { ($0.name, try $0.tensor.cloned().luaValue) }))
      },
      LuaFunction(
        "load_state", "Restores a state(), of which it keeps copies; the learning rate is not part of it",
        [.table("state")], returns: "the optimizer itself"
      ) { call in
        var tensors: [Name: Tensor] = [:]
        for field in try call.value(1).table?.fields ?? [] {
          guard let tensor = field.value.object(Tensor.self) else {
            throw ScriptError("load_state: '\(field.name)' is a \(field.value.typeName), not a tensor")
          }
          tensors[field.name] = try tensor.detached().cloned()
        }
        let optimizer = try call.object(0, OptimizerHandle.self).optimizer
        let before = Dictionary(uniqueKeysWithValues: optimizer.state.map { (Name($0.name), $0.tensor) })
        try optimizer.load(state: tensors)
        let known = Set(names: optimizer.state.map(\.name))
        if let unknown = tensors.keys.filter({ !known.contains($0) }).sorted().first {
          try optimizer.load(state: before)
          throw ScriptError(
            "load_state: the optimizer has no use for '\(unknown)'",
            hint: "give it what state() of the same optimizer with the same parameters returned")
        }
        return call.push(argument: 0)
      },
    ],
    properties: [
      LuaProperty(
        "lr", "The learning rate", "number",
        set: (
          .number,
          { call in
            try call.object(0, OptimizerHandle.self).optimizer.learningRate = call.number(1)
            return .nothing
          }
        )
      ) { call in try call.push(call.object(0, OptimizerHandle.self).optimizer.learningRate) }
    ])

  static let scheduler = LuaClass(
    Scheduler.self, "A learning rate that changes over steps",
    methods: [
      LuaFunction("step", "Advances by one step") { call in
        try call.object(0, Scheduler.self).advance()
        return .nothing
      }
    ])
}

/// `nj.optim`.
enum OptimizerBindings {
  static let module = LuaModule(
    "optim", "Optimizers and learning-rate schedules, as torch.optim names them",
    functions: [sgd, adam("Adam", decoupled: false), adam("AdamW", decoupled: true)] + schedules + [clip])

  private static let parameters = LuaParameter.list("parameters", of: .object("tensor"))
  private static let decay = LuaParameter.number("weight_decay", default: 0, min: 0)

  private static let sgd = LuaFunction(
    "SGD", "Stochastic gradient descent",
    [
      parameters,
      .options(
        "options",
        [
          .number("lr", default: 1e-3, min: 0), .number("momentum", default: 0, min: 0),
          .number("dampening", default: 0), decay, .boolean("nesterov", default: false),
        ]),
    ], returns: "optimizer"
  ) { call in
    let options = try call.options(2)
    return try call.push(
      OptimizerHandle(
        SGD(
          call.objects(1, Tensor.self), learningRate: options.number("lr"),
          momentum: options.number("momentum"),
          dampening: options.number("dampening"), weightDecay: options.number("weight_decay"),
          nesterov: options.boolean("nesterov"))))
  }

  private static func adam(_ name: String, decoupled: Bool) -> LuaFunction {
    LuaFunction(
      name, decoupled ? "Adam with decoupled weight decay" : "Adam",
      [
        parameters,
        .options(
          "options",
          [
            .number("lr", default: 1e-3, min: 0), .numbers("betas", default: [0.9, 0.999]),
            .number("eps", default: 1e-8, min: 0),
            .number("weight_decay", default: decoupled ? 1e-2 : 0, min: 0),
            .boolean("amsgrad", default: false),
          ]),
      ], returns: "optimizer"
    ) { call in
      let options = try call.options(2)
      let betas = try options.numbers("betas")
      guard betas.count == 2, betas.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
        throw ScriptError("\(name): field 'betas': expected two numbers in [0, 1), got \(betas)")
      }
      return try call.push(
        OptimizerHandle(
          Adam(
            call.objects(1, Tensor.self), learningRate: options.number("lr"), betas: (betas[0], betas[1]),
            epsilon: options.number("eps"), weightDecay: options.number("weight_decay"),
            amsgrad: options.boolean("amsgrad"), decoupled: decoupled)))
    }
  }

  private static let schedules: [LuaFunction] = [
    schedule(
      "StepLR", "The rate times gamma after every step_size steps",
      [.integer("step_size", min: 1), .number("gamma", default: 0.1)]
    ) { StepDecay(size: try $0.integer("step_size"), gamma: try $0.number("gamma")) },
    schedule(
      "CosineLR", "Falls along half a cosine to floor times the first rate",
      [.integer("steps", min: 1), .number("floor", default: 0, min: 0, max: 1)]
    ) { CosineDecay(steps: try $0.integer("steps"), floor: try $0.number("floor")) },
    schedule(
      "OneCycleLR", "Rises to the first rate, then falls far below it; one step per batch",
      [.integer("steps", min: 1), .number("rise", default: 0.3, min: 0, max: 1)]
    ) { OneCycle(steps: try $0.integer("steps"), rise: try $0.number("rise")) },
  ]

  private static func schedule(
    _ name: String, _ summary: String, _ fields: [LuaParameter],
    _ make: @escaping @Sendable (LuaOptions) throws -> any Schedule
  ) -> LuaFunction {
    LuaFunction(
      name, summary, [.object("optimizer", "optimizer"), .options("options", fields)], returns: "scheduler"
    ) {
      call in
      try call.push(Scheduler(call.object(1, OptimizerHandle.self).optimizer, make(call.options(2))))
    }
  }

  private static let clip = LuaFunction(
    "clip_grad_norm", "Scales gradients so that their norm is at most max; returns the norm before",
    [parameters, .number("max", min: 0)], returns: "number"
  ) { call in
    try call.push(GradientClipping.clip(call.objects(1, Tensor.self), to: call.number(2)))
  }
}
