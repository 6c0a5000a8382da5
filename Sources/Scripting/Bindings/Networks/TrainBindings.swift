import Networks
import Tensors

/// `nj.train` and `nj.accuracy`: the loops everybody writes.
enum TrainBindings {
  static let functions = [train, accuracy]

  private static let train = LuaFunction(
    "train", "Trains a model: for every epoch and batch, loss, backward, step",
    [
      .options(
        "options",
        [
          .module("model"),
          .any("batches", help: "data:batches{…}, a list of { features, labels }, or an iterator"),
          .integer("epochs", default: 1, min: 1), .object("optimizer", "optimizer"),
          .object("schedule", "scheduler", optional: true, help: "goes one step on after every epoch"),
          .function("loss", optional: true, help: "f(scores, labels) → tensor; cross-entropy by default"),
          .function("on_epoch", optional: true, help: "f(epoch, mean loss), after every epoch"),
        ])
    ], returns: "mean loss of the last epoch"
  ) { call in
    try call.give(Trainer(call).run())
  }

  private static let accuracy = LuaFunction(
    "accuracy", "The share of samples whose best score is their label's, in evaluation mode",
    [.module("model"), .any("batches")], returns: "number"
  ) { call in
    let module = try call.module(1)
    let source = try BatchSource(call, call.value(2), "accuracy")
    let wasTraining = module.isTraining
    module.setTraining(false)
    defer { module.setTraining(wasTraining) }
    var (right, total) = (0, 0)
    try Recording.off {
      try source.forEach(in: call.state) { features, labels in
        let scores = try module.forward(features)
        let found = try Extremum(maximum: true, dimension: -1).positions(in: scores).values(as: Int32.self)
        right += zip(found, labels).count { Int($0) == $1 }
        total += labels.count
      }
    }
    guard total > 0 else { throw ScriptFailure("accuracy: there are no samples") }
    return call.give(Double(right) / Double(total))
  }
}

/// One call of `nj.train`.
private struct Trainer {
  let state: LuaState
  let session: Session
  let module: any Module
  let source: BatchSource
  let epochs: Int
  let optimizer: any Optimizer
  let schedule: Scheduler?
  let loss: LuaReference?
  let onEpoch: LuaReference?

  init(_ call: LuaCall) throws {
    let options = try call.options(1)
    (state, session) = (call.state, try call.session)
    module = try options.object("model", ModuleHandle.self).module
    source = try BatchSource(call, options["batches"], "train")
    epochs = try options.integer("epochs")
    optimizer = try options.object("optimizer", OptimizerHandle.self).optimizer
    schedule = options["schedule"].object(Scheduler.self)
    loss = options["loss"].function
    onEpoch = options["on_epoch"].function
  }

  /// Trains; gives the mean loss of the last epoch.
  func run() throws -> Double {
    let progress = Progress(
      "training", total: epochs * (source.count ?? 1), unit: source.count == nil ? "epochs" : "batches",
      on: session.console)
    module.setTraining(true)
    defer { module.setTraining(false) }
    var mean = 0.0
    for epoch in 1...epochs {
      var (sum, samples, step) = (0.0, 0, 0)
      try source.forEach(in: state) { features, labels in
        try Interruption.check("training, epoch \(epoch) of \(epochs)")
        step += 1
        let value = try update(features, labels)
        guard value.isFinite else {
          throw ScriptFailure(
            "training diverged: the loss is \(value.isNaN ? "NaN" : "\(value)") at step \(step) of epoch \(epoch). "
              + "Mend: a smaller learning rate, or nj.optim.clip_grad_norm")
        }
        sum += value * Double(labels.count)
        samples += labels.count
        if source.count != nil {
          progress.advance(remark: "epoch \(epoch)/\(epochs)  loss \(Self.short(sum / Double(samples)))")
        }
      }
      guard samples > 0 else { throw ScriptFailure("train: there are no batches in epoch \(epoch)") }
      mean = sum / Double(samples)
      if source.count == nil { progress.advance(remark: "loss \(Self.short(mean))") }
      schedule?.advance()
      if let onEpoch { try state.call(onEpoch, [epoch, mean]) }
    }
    progress.finish(remark: "loss \(Self.short(mean))")
    return mean
  }

  private func update(_ features: Tensor, _ labels: [Int]) throws -> Double {
    optimizer.zeroGradients()
    let scores = try module.forward(features)
    let value: Tensor
    if let loss {
      let targets = try Tensor(labels.map { Int32($0 + 1) }, shape: [labels.count], on: features.device)
      guard let given = try state.call(loss, [scores, targets]).first?.object(Tensor.self) else {
        throw ScriptFailure("train: loss gave no tensor")
      }
      value = given
    } else {
      value = try CrossEntropy()(
        scores, Tensor(labels.map { Int32($0) }, shape: [labels.count], on: features.device))
    }
    guard value.count == 1 else {
      throw ScriptFailure(
        "train: loss gave \(value.shape), expected one number. Mend: reduction = \"mean\", or loss:mean()")
    }
    let number = try value.item()
    if number.isFinite {
      try value.backward()
      try optimizer.step()
    }
    return number
  }

  private static func short(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
}
