import LuaHost
import Networks
import Support
import Tensors

/// `nj.train` and `nj.accuracy`.
enum TrainBindings {
  static let functions = [train, accuracy]

  private static let train = LuaFunction(
    "train",
    "Trains a model: loss, backward and step for every batch of every epoch; leaves it in evaluation mode",
    [
      .options(
        "options",
        [
          .module("model"),
          .any("batches", help: "data:batches{…}, a list of { features, labels }, or an iterator"),
          .integer("epochs", default: 1, min: 1, max: 1 << 30),
          .any("optimizer", help: "nj.optim.…, or a table with functions step and zero_grad"),
          .object("schedule", "scheduler", optional: true, help: "advanced by one step after every epoch"),
          .choice(
            "schedule_every", ["epoch", "batch"], optional: true,
            help: "what advances the schedule, by default an epoch"),
          .any(
            "validation", optional: true,
            help: "batches it is judged by after every epoch: the weights of the best one are kept"),
          .integer(
            "patience", optional: true, min: 1,
            help: "epochs without a better validation accuracy that end the training"),
          .function(
            "step", optional: true, signature: "fun(model: nj.module, batch: nj.batch): nj.tensor",
            help: "f(model, batch) → loss: the forward pass and the loss; in place of loss"),
          .function(
            "loss", optional: true, signature: "fun(scores: nj.tensor, labels: nj.tensor): nj.tensor",
            help: "f(scores, labels) → tensor; cross-entropy by default"),
          .function(
            "on_gradients", optional: true, signature: "fun()",
            help: "f(), after every backward: parameters have their grad"),
          .function(
            "on_epoch", optional: true, signature: "fun(epoch: integer, loss: number, accuracy?: number)",
            help: "f(epoch, mean loss, validation accuracy), after every epoch"),
        ])
    ], returns: "mean loss of the last epoch, best validation accuracy, its epoch"
  ) { call in
    try call.state.chargeOutput(maxProgressLine)
    do {
      let (loss, best) = try trainer(call).run()
      guard let best else { return call.push(loss) }
      return try call.push(loss, best.accuracy, best.epoch)
    } catch let error as TrainingError {
      throw ScriptError(error.scriptMessage("train"), cause: error)
    }
  }

  private static func lossTensor(_ results: [LuaValue], of function: String) throws -> Tensor {
    guard let value = results.first?.object(Tensor.self) else {
      throw ScriptError(
        "train: \(function) returned no tensor but \(results.typeNames)",
        hint: results.returnHint)
    }
    return value
  }

  /// Bytes of the line that ends the display of progress.
  private static let maxProgressLine = 160

  private static func trainer(_ call: LuaCall) throws -> Trainer {
    let options = try call.options(1)
    let context = try call.context
    let model = try options.object("model", ModuleHandle.self)
    try model.module.requireShallow()
    let source = try BatchSource(call, options["batches"], for: model, "train")
    let epochs = try options.integer("epochs")
    let native = options["optimizer"].object(OptimizerHandle.self)?.optimizer
    let optimizer: any GradientStep =
      try native ?? ScriptedOptimizer(call.state.field("optimizer", of: call.reference(1)), in: call.state)
    let batches = ScriptedBatches(source, in: call.state)
    var trainer = Trainer(
      model.module, batches, epochs: epochs, optimizer: optimizer,
      device: context.device, console: context.console)
    trainer.schedule = options["schedule"].object(Scheduler.self)
    guard trainer.schedule != nil || !options.has("schedule_every") else {
      throw ScriptError("train: 'schedule_every' says what advances the schedule", hint: "give schedule")
    }
    trainer.isScheduledByBatch = options["schedule_every"].string == "batch"
    trainer.validation = try validation(call, options, for: model)
    let state = call.state
    if let step = options["step"].function {
      guard options["loss"].isNil else {
        throw ScriptError("train: 'step' returns the loss itself", hint: "give either step or loss")
      }
      trainer.step = { _, _ in
        return try lossTensor(state.call(step, [model, batches.current]), of: "step")
      }
    }
    if let loss = options["loss"].function {
      trainer.loss = { scores, labels in
        let targets = try Tensor.classes(labels, on: scores.device)
        return try lossTensor(state.call(loss, [scores, targets]), of: "loss")
      }
    }
    let onGradients = options["on_gradients"].function
    trainer.onGradients = {
      state.renewCallLimit()
      if let onGradients { try state.call(onGradients) }
    }
    if let onEpoch = options["on_epoch"].function {
      trainer.onEpoch = { epoch, loss, accuracy in
        try state.call(onEpoch, [epoch, loss] + (accuracy.map { [$0] } ?? []))
      }
    }
    // An optimizer in Lua has no state that could be stored.
    if native != nil {
      trainer.checkpoint = context.checkpoints?.next()
      if trainer.checkpoint == nil, context.roles.isEmpty {
        trainer.checkpoint = context.scriptCheckpoints?.next()
        trainer.savesShortTrainings = false
      }
    }
    // What was logged up to a checkpoint is not logged again after it.
    trainer.notes = Trainer.Notes {
      try context.run.flush()
      return try context.trainingReport?.metadata() ?? [:]
    } resume: { notes in
      guard let report = context.trainingReport else { return }
      report.restore(from: notes)
      for scalar in report.record.scalars {
        try context.run.log(scalar.name, scalar.value, step: scalar.step)
      }
    }
    trainer.random = Trainer.RandomPosition(
      read: { context.random.counter }, resume: { context.random.resume(at: $0) })
    return trainer
  }

  private static func validation(
    _ call: LuaCall, _ options: LuaOptions, for model: ModuleHandle
  ) throws -> TrainingValidation? {
    guard !options["validation"].isNil else {
      guard options["patience"].isNil else {
        throw ScriptError(
          "train: 'patience' counts epochs without a better validation", hint: "give validation")
      }
      return nil
    }
    let source = try BatchSource(call, options["validation"], for: model, "train: validation")
    return TrainingValidation(ScriptedBatches(source, in: call.state), patience: options["patience"].integer)
  }

  private static let accuracy = LuaFunction(
    "accuracy", "The fraction of samples whose highest score is that of their label, in evaluation mode",
    [.module("model"), .any("batches")], returns: "number"
  ) { call in
    let module = try call.shallowModule(1)
    let source = try BatchSource(call, call.value(2), for: call.object(1, ModuleHandle.self), "accuracy")
    do { return try call.push(module.accuracy(on: ScriptedBatches(source, in: call.state))) } catch let error
      as TrainingError
    {
      throw ScriptError(error.scriptMessage("accuracy"), cause: error)
    }
  }
}

extension TrainingError {
  /// The message with the function that scripts call, and a hint in their words.
  fileprivate func scriptMessage(_ function: String) -> ErrorMessage {
    switch self {
    case .diverged:
      ErrorMessage(
        message.what, hint: "use a smaller learning rate, or nj.optim.clip_grad_norm in on_gradients")
    case .lossIsNotScalar:
      ErrorMessage("\(function): \(message.what)", hint: "reduction = \"mean\", or loss:mean()")
    case .noBatches, .noSamples: message.prefixed("\(function): ")
    }
  }
}

/// An optimizer written in Lua: a table with functions `step(self)` and `zero_grad(self)`.
///
/// Its state between steps stays in Lua, so that an interrupted training starts again from its first epoch.
private final class ScriptedOptimizer: GradientStep {
  private let table: LuaReference
  private let functions: (step: LuaReference, zero: LuaReference)
  private unowned let state: LuaState

  init(_ table: LuaReference?, in state: LuaState) throws {
    guard let table, let step = try state.method("step", of: table),
      let zero = try state.method("zero_grad", of: table)
    else {
      throw ScriptError(
        "train: field 'optimizer': expected nj.optim.…, or a table with functions step and zero_grad")
    }
    self.table = table
    self.state = state
    functions = (step, zero)
  }

  func step() throws { try state.call(functions.step, [table]) }
  func zeroGradients() throws { try state.call(functions.zero, [table]) }
}
