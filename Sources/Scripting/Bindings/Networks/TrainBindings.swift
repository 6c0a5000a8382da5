import Dispatch
import LuaHost
import Networks
import Support
import Tensors

/// `nj.train` and `nj.accuracy`: the loops everybody writes.
enum TrainBindings {
  static let functions = [train, accuracy]

  private static let train = LuaFunction(
    "train", "Trains a model: for every epoch and batch, loss, backward, step; leaves it in evaluation mode",
    [
      .options(
        "options",
        [
          .module("model"),
          .any("batches", help: "data:batches{…}, a list of { features, labels }, or an iterator"),
          .integer("epochs", default: 1, min: 1, max: 1 << 30),
          .any("optimizer", help: "nj.optim.…, or a table with functions step and zero_grad"),
          .object("schedule", "scheduler", optional: true, help: "goes one step on after every epoch"),
          .function(
            "step", optional: true,
            help: "f(model, batch) → loss: the forward pass and the loss; in place of loss"),
          .function("loss", optional: true, help: "f(scores, labels) → tensor; cross-entropy by default"),
          .function(
            "on_gradients", optional: true, help: "f(), after every backward: parameters have their grad"),
          .function("on_epoch", optional: true, help: "f(epoch, mean loss), after every epoch"),
        ])
    ], returns: "mean loss of the last epoch"
  ) { call in
    try call.push(Trainer(call).run())
  }

  private static let accuracy = LuaFunction(
    "accuracy", "The share of samples whose best score is their label's, in evaluation mode",
    [.module("model"), .any("batches")], returns: "number"
  ) { call in
    let module = try call.shallowModule(1)
    let source = try BatchSource(call, call.value(2), for: call.object(1, ModuleHandle.self), "accuracy")
    let wasTraining = module.isTraining
    module.setTraining(false)
    defer { module.setTraining(wasTraining) }
    var right = 0
    var total = 0
    try Recording.off {
      try source.forEach(in: call.state) { features, labels, _ in
        let scores = try module(features)
        let found = try Extremum(maximum: true, dimension: -1).positions(in: scores).values(as: Int32.self)
        right += zip(found, labels).count { Int($0) == $1 }
        total += labels.count
      }
    }
    guard total > 0 else { throw ScriptError("accuracy: there are no samples") }
    return call.push(Double(right) / Double(total))
  }
}

/// One call of `nj.train`.
private struct Trainer {
  let state: LuaState
  let context: ScriptContext
  let module: any Module
  let source: BatchSource
  let epochs: Int
  let optimizer: any GradientStep
  let schedule: Scheduler?
  let step: LuaReference?
  let loss: LuaReference?
  let onGradients: LuaReference?
  let onEpoch: LuaReference?

  init(_ call: LuaCall) throws {
    let options = try call.options(1)
    state = call.state
    context = try call.context
    let model = try options.object("model", ModuleHandle.self)
    module = model.module
    try module.requireShallow()
    source = try BatchSource(call, options["batches"], for: model, "train")
    epochs = try options.integer("epochs")
    if let handle = options["optimizer"].object(OptimizerHandle.self) {
      optimizer = handle.optimizer
    } else {
      optimizer = try ScriptedOptimizer(state.field("optimizer", of: call.reference(1)), in: state)
    }
    schedule = options["schedule"].object(Scheduler.self)
    step = options["step"].function
    loss = options["loss"].function
    guard step == nil || loss == nil else {
      throw ScriptError("train: 'step' returns the loss itself", hint: "give either step or loss")
    }
    onGradients = options["on_gradients"].function
    onEpoch = options["on_epoch"].function
  }

  /// Trains; gives the mean loss of the last epoch.
  func run() throws -> Double {
    // An optimizer in Lua keeps to itself what it would take to go on.
    let kept = optimizer as? any Optimizer
    let checkpoint = kept == nil ? nil : context.nextCheckpoint()
    let start = try resume(checkpoint, kept)
    let perEpoch = source.count ?? 1
    let progress = Progress(
      "training", total: (epochs - start.epoch) * perEpoch, unit: source.count == nil ? "epochs" : "batches",
      on: context.console)
    defer { module.setTraining(false) }
    var mean = start.loss
    var saved = Self.now()
    for epoch in stride(from: start.epoch + 1, through: epochs, by: 1) {
      mean = try train(epoch, progress)
      if source.count == nil { progress.advance(remark: "loss \(Self.short(mean))") }
      schedule?.advance()
      if let onEpoch { try state.call(onEpoch, [epoch, mean]) }
      // Often enough to lose little, seldom enough to cost little; always at the end, for the next call's sake.
      if let checkpoint, let kept, epoch == epochs || Self.now() - saved > 5 {
        try save(epoch, mean, kept, to: checkpoint)
        saved = Self.now()
      }
    }
    progress.finish(remark: "loss \(Self.short(mean))")
    return mean
  }

  /// One pass over the batches; gives the mean loss.
  private func train(_ epoch: Int, _ progress: Progress) throws -> Double {
    var sum = 0.0
    var samples = 0
    var step = 0
    module.setTraining(true)  // on_epoch may have looked at the model in evaluation mode
    let good = try module.state.map { ($0.name, try $0.tensor.cloned()) }
    try source.forEach(in: state) { features, labels, batch in
      try Interruption.check("training, epoch \(epoch) of \(epochs)")
      step += 1
      let value = try update(features, labels, batch)
      guard value.isFinite else { throw try divergence(value, step, epoch, good) }
      sum += value * Double(labels.count)
      samples += labels.count
      if source.count != nil {
        progress.advance(remark: "epoch \(epoch)/\(epochs)  loss \(Self.short(sum / Double(samples)))")
      }
    }
    guard samples > 0 else { throw ScriptError("train: there are no batches in epoch \(epoch)") }
    return sum / Double(samples)
  }

  /// Puts the weights from before the epoch back, and says what happened.
  private func divergence(
    _ loss: Double, _ step: Int, _ epoch: Int, _ good: [(String, Tensor)]
  ) throws -> ScriptError {
    let norm = try GradientClipping.clip(module.namedParameters.map(\.tensor), to: .infinity)
    try module.load(state: Dictionary(uniqueKeysWithValues: good))
    return ScriptError(
      "training diverged: the loss is \(loss.isNaN ? "NaN" : "\(loss)") at step \(step) of epoch \(epoch), after a "
        + "gradient of norm \(Float(norm)). The model has its weights from before the epoch again",
      hint: "a smaller learning rate, or nj.optim.clip_grad_norm in on_gradients")
  }

  /// What an interrupted run of the same training left; nothing done otherwise.
  private func resume(_ path: String?, _ kept: (any Optimizer)?) throws -> Checkpoint {
    let fresh = Checkpoint(epoch: 0, loss: 0, places: [:])
    guard let path, let kept, Checkpoint.exists(path) else { return fresh }
    guard let found = try Checkpoint.load(path, into: module, kept, on: context.device) else {
      context.console.say("training: what an interrupted run left is damaged; starting anew")
      return fresh
    }
    if let place = found.places["script"] { context.random.resume(at: place) }
    source.pass = found.places["pass"]
    if let step = found.places["schedule"] { schedule?.move(to: Int(step)) }
    if found.epoch < epochs {
      context.console.say("training: going on after epoch \(found.epoch) of \(epochs)")
    }
    return found
  }

  private func save(_ epoch: Int, _ loss: Double, _ kept: any Optimizer, to path: String) throws {
    var places = ["script": context.random.counter]
    places["pass"] = source.pass
    places["schedule"] = schedule.map { UInt64($0.step) }
    try Checkpoint(epoch: epoch, loss: loss, places: places).save(module, kept, to: path)
  }

  private static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

  /// The loss of one batch, by the script's `step` or `loss`, or cross-entropy.
  private func loss(_ features: Tensor, _ labels: [Int], _ batch: LuaValue) throws -> Tensor {
    let name = step == nil ? "loss" : "step"
    let results: [LuaValue]
    if let step {
      results = try state.call(step, [context.handle(module), batch])
    } else if let loss {
      results = try state.call(loss, [module(features), Tensor.classes(labels, on: features.device)])
    } else {
      let targets = labels.map { Int32(clamping: $0) }
      return try CrossEntropy()(
        module(features), Tensor(targets, shape: [labels.count], on: features.device))
    }
    guard let value = results.first?.object(Tensor.self) else {
      throw ScriptError("train: \(name) returned no tensor")
    }
    guard value.count == 1 else {
      throw ScriptError(
        "train: \(name) returned \(value.shape), expected one number",
        hint: "reduction = \"mean\", or loss:mean()")
    }
    return value
  }

  private func update(_ features: Tensor, _ labels: [Int], _ batch: LuaValue) throws -> Double {
    let value = try loss(features, labels, batch)
    let number = try value.item()
    if number.isFinite {
      try optimizer.zeroGradients()
      try value.backward()
      if let onGradients { try state.call(onGradients) }
      try optimizer.step()
    }
    return number
  }

  private static func short(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
}
