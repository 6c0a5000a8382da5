import Dispatch
import Support
import Tensors

/// Batches of labelled samples, pass after pass: what a training loop reads.
public protocol TrainingBatches {
  /// The number of batches of one pass; nil where it is not known.
  var count: Int? { get }
  /// The number of passes begun, by which a shuffled source orders its samples; nil where the source does not count.
  var pass: UInt64? { get nonmutating set }
  /// Calls `body` for every batch of one pass.
  ///
  /// - Parameter body: gets features (batch, …) and classes from 0.
  /// - Throws: what `body` and the reading of a batch throw.
  func forEach(_ body: (_ features: Tensor, _ labels: [Int]) throws -> Void) throws
}

/// A training loop: for every epoch and batch a loss, a backward pass and an optimizer step.
///
/// With a ``checkpoint``, an interrupted training resumes after its last saved epoch and computes the same weights as
/// one that was not interrupted.
public struct Trainer {
  /// The position of a stream of random numbers that the loss or a callback draws from.
  public struct RandomPosition {
    let read: () -> UInt64
    let resume: (UInt64) -> Void

    public init(read: @escaping () -> UInt64, resume: @escaping (UInt64) -> Void) {
      self.read = read
      self.resume = resume
    }
  }

  /// What else belongs to the state of a training, such as what was logged of it: texts by name.
  public struct Notes {
    let read: () throws -> [String: String]
    let resume: ([String: String]) throws -> Void

    /// - Parameters:
    ///   - read: called before every checkpoint.
    ///   - resume: called with what the checkpoint has that the training resumes from.
    public init(
      read: @escaping () throws -> [String: String], resume: @escaping ([String: String]) throws -> Void
    ) {
      self.read = read
      self.resume = resume
    }
  }

  private let module: any Module
  private let batches: any TrainingBatches
  private let epochs: Int
  private let optimizer: any GradientStep
  private let device: Device
  private let console: Console

  /// Advanced by one step after every epoch, or after every batch.
  public var schedule: Scheduler?
  /// Whether ``schedule`` is advanced after every batch.
  public var isScheduledByBatch = false
  /// Samples the network is judged by after every epoch; the weights of the best epoch are kept.
  public var validation: TrainingValidation?
  /// The loss, a tensor of one element, of scores (batch, classes) and classes from 0; cross-entropy by default.
  public var loss: (_ scores: Tensor, _ labels: [Int]) throws -> Tensor = Self.crossEntropy
  /// The forward pass and the loss of a batch, a tensor of one element; by default ``loss`` of the network's scores.
  public var step: ((_ features: Tensor, _ labels: [Int]) throws -> Tensor)?
  /// Called after every backward pass, when the parameters have their gradients.
  public var onGradients: () throws -> Void = {}
  /// Called after every epoch, which counts from 1, with its mean loss and, where there is a ``validation``, the
  /// accuracy on it.
  public var onEpoch: (_ epoch: Int, _ loss: Double, _ accuracy: Double?) throws -> Void = { _, _, _ in }
  /// The file an interrupted training resumes from; nil saves nothing. Ignored for an optimizer without a state.
  public var checkpoint: String?
  /// Whether a training that takes less than a few seconds is saved at its end, too.
  public var savesShortTrainings = true
  /// What else is saved with the checkpoint.
  public var notes: Notes?
  /// Random numbers drawn during the training, saved with the checkpoint.
  public var random: RandomPosition?

  /// Seconds that a short training takes at most.
  private static let shortTraining = 5.0

  public init(
    _ module: any Module, _ batches: any TrainingBatches, epochs: Int, optimizer: any GradientStep,
    device: Device, console: Console
  ) {
    self.module = module
    self.batches = batches
    self.epochs = epochs
    self.optimizer = optimizer
    self.device = device
    self.console = console
  }

  /// Trains the network and leaves it in evaluation mode, with the weights of the best epoch where there is a
  /// ``validation``, else with those of the last one.
  ///
  /// - Returns: the mean loss of the last epoch, and the best epoch.
  /// - Throws: ``TrainingError`` when the loss is not finite or not one number, or when an epoch has no batches;
  ///   `InterruptionError`; and what the network, the batches and the callbacks throw.
  @discardableResult
  public func run() throws -> (loss: Double, best: BestEpoch?) {
    let resumable = optimizer as? any Optimizer
    let start = try resume(resumable)
    var best = start.best
    let perEpoch = batches.count ?? 1
    let progress = Progress(
      "training", total: (epochs - start.epoch) * perEpoch,
      unit: batches.count == nil ? "epochs" : "batches", on: console)
    defer { module.setTraining(false) }
    var mean = start.loss
    let began = Self.now()
    var pace = SavePace()
    for epoch in stride(from: start.epoch + 1, through: epochs, by: 1) {
      if let best, best.isFinal(after: epoch - 1, validation) { break }
      mean = try train(epoch, progress)
      if batches.count == nil { progress.advance(remark: "loss \(Self.short(mean))") }
      if !isScheduledByBatch { schedule?.advance() }
      let accuracy = try validation.map { try module.accuracy(on: $0.batches) }
      if let accuracy { best = try BestEpoch.better(best, epoch, accuracy, module) }
      try onEpoch(epoch, mean, accuracy)
      // At the end, too: what trains twice resumes in the second training.
      let isLast = epoch == epochs || best?.isFinal(after: epoch, validation) == true
      let isEnd = isLast && (savesShortTrainings || Self.now() - began > Self.shortTraining)
      if let checkpoint, let resumable, isEnd || pace.isDue {
        try pace.save { try save(epoch, mean, best, resumable, to: checkpoint) }
      }
    }
    try best?.restore(to: module)
    progress.finish(remark: "loss \(Self.short(mean))" + (best.map { ", \($0.summary)" } ?? ""))
    return (mean, best)
  }

  /// One pass over the batches; returns the mean loss.
  private func train(_ epoch: Int, _ progress: Progress) throws -> Double {
    var sum = 0.0
    var samples = 0
    var step = 0
    module.setTraining(true)  // onEpoch may have evaluated the model.
    let before = try module.state.map { ($0.name, try $0.tensor.cloned()) }
    try batches.forEach { features, labels in
      try Interruption.check("training, epoch \(epoch) of \(epochs)")
      step += 1
      let value = try update(features, labels)
      guard value.isFinite else { throw try divergence(value, step, epoch, before) }
      if isScheduledByBatch { schedule?.advance() }
      sum += value * Double(labels.count)
      samples += labels.count
      if batches.count != nil {
        progress.advance(remark: "epoch \(epoch)/\(epochs)  loss \(Self.short(sum / Double(samples)))")
      }
    }
    guard samples > 0 else { throw TrainingError.noBatches(epoch: epoch) }
    return sum / Double(samples)
  }

  /// One optimizer step, unless the loss is not finite; returns the loss.
  private func update(_ features: Tensor, _ labels: [Int]) throws -> Double {
    let value = try step?(features, labels) ?? loss(module(features), labels)
    guard value.count == 1 else { throw TrainingError.lossIsNotScalar(shape: value.shape) }
    let number = try value.item()
    if number.isFinite {
      try optimizer.zeroGradients()
      try value.backward()
      try onGradients()
      try optimizer.step()
    }
    return number
  }

  /// Restores the weights from before the epoch, and says what happened.
  private func divergence(
    _ loss: Double, _ step: Int, _ epoch: Int, _ before: [(String, Tensor)]
  ) throws -> TrainingError {
    let norm = try GradientClipping.clip(module.namedParameters.map(\.tensor), to: .infinity)
    try module.load(state: Dictionary(before.map { (Name($0.0), $0.1) }) { first, _ in first })
    return .diverged(loss: loss, step: step, epoch: epoch, gradientNorm: norm)
  }

  /// Loads what an interrupted run of the same training saved; starts at epoch 0 otherwise.
  private func resume(_ optimizer: (any Optimizer)?) throws -> Checkpoint {
    let fresh = Checkpoint(epoch: 0, loss: 0, positions: [:])
    guard let checkpoint, let optimizer, Checkpoint.exists(checkpoint) else { return fresh }
    guard let saved = try Checkpoint.load(checkpoint, into: module, optimizer, on: device) else {
      console.say("training: the checkpoint of an interrupted run is damaged; starting from epoch 1")
      return fresh
    }
    if let position = saved.positions["script"] { random?.resume(position) }
    batches.pass = saved.positions["pass"]
    if let step = saved.positions["schedule"] { schedule?.move(to: Int(clamping: step)) }
    try notes?.resume(saved.notes)
    if saved.epoch < epochs { console.say("training: resuming after epoch \(saved.epoch) of \(epochs)") }
    return saved
  }

  private func save(
    _ epoch: Int, _ loss: Double, _ best: BestEpoch?, _ optimizer: any Optimizer, to path: String
  ) throws {
    var positions: [String: UInt64] = [:]
    positions["script"] = random?.read()
    positions["pass"] = batches.pass
    positions["schedule"] = schedule.map { UInt64($0.step) }
    var checkpoint = Checkpoint(epoch: epoch, loss: loss, positions: positions, best: best)
    checkpoint.notes = try notes?.read() ?? [:]
    try checkpoint.save(module, optimizer, to: path)
  }

  private static func crossEntropy(_ scores: Tensor, _ labels: [Int]) throws -> Tensor {
    try CrossEntropy()(
      scores, Tensor(labels.map { Int32(clamping: $0) }, shape: [labels.count], on: scores.device))
  }

  private static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

  /// With three digits: `0.223`, `0.000145`.
  private static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}

extension Module {
  /// The fraction of samples whose highest score is that of their label, 0 to 1, in evaluation mode.
  ///
  /// - Throws: ``TrainingError/noSamples`` for batches without a sample; what the network and the batches throw.
  public func accuracy(on batches: some TrainingBatches) throws -> Double {
    var correct = 0
    var total = 0
    try evaluating {
      try batches.forEach { features, labels in
        let best = try Extremum(maximum: true, dimension: -1).positions(in: self(features))
          .values(as: Int32.self)
        correct += zip(best, labels).count { Int($0) == $1 }
        total += labels.count
      }
    }
    guard total > 0 else { throw TrainingError.noSamples }
    return Double(correct) / Double(total)
  }
}

/// A training that cannot go on, or a measurement without samples.
public enum TrainingError: NightjarError, Equatable {
  /// The loss is NaN or infinite; steps and epochs count from 1.
  case diverged(loss: Double, step: Int, epoch: Int, gradientNorm: Double)
  case lossIsNotScalar(shape: [Int])
  case noBatches(epoch: Int)
  case noSamples

  public var exitCode: ExitCode { .script }

  public var message: ErrorMessage {
    switch self {
    case .diverged(let loss, let step, let epoch, let norm):
      ErrorMessage(
        "training diverged: the loss is \(loss.isNaN ? "NaN" : "\(loss)") at step \(step) of epoch \(epoch), after a "
          + "gradient of norm \(Float(norm)). The model's weights from before the epoch are restored",
        hint: "use a smaller learning rate, or clip the gradients")
    case .lossIsNotScalar(let shape):
      ErrorMessage("the loss has shape \(shape), expected one number", hint: "reduce it to its mean")
    case .noBatches(let epoch): "there are no batches in epoch \(epoch)"
    case .noSamples: "there are no samples"
    }
  }
}
