import FewShot
import Foundation
import Metrics
import Networks
import Support
import Tensors

/// The energy of a clip's first 200 ms near eight pitches, as one time step.
final class PitchEncoder: ClipEncoder {
  let name = "pitches"
  let location = ErrorLocation.plugin(title: "encoder/pitches")
  let keyParts = ["encoder=pitches"]
  private static let pitches: [Float] = [300, 500, 700, 900, 1_300, 1_700, 2_100, 2_500]
  private(set) var encodedClips = 0

  func prepare(rate: Int) -> Int { rate }

  func encode(_ waveforms: Tensor) throws -> Tensor {
    encodedClips += waveforms.shape[0]
    let samples = 1_600
    let device = waveforms.device
    func wave(_ function: (Float) -> Float) throws -> Tensor {
      var values: [Float] = []
      for time in 0..<samples {
        let seconds = Float(time) / 8_000
        for pitch in Self.pitches { values.append(function(2 * Float.pi * pitch * seconds) / Float(samples)) }
      }
      return try Tensor(values, shape: [samples, Self.pitches.count], on: device)
    }
    let clip = try Slice(1, from: 0, count: samples)(waveforms)
    let sine = try MatrixProduct()(clip, wave { sin($0) })
    let cosine = try MatrixProduct()(clip, wave { cos($0) })
    return try sine.multiplied(by: sine).adding(cosine.multiplied(by: cosine))
      .scaled(by: 100).reshaped([-1, 1, Self.pitches.count])
  }
}

/// One hidden layer over the pitches, then a readout.
final class PitchModel: ModelBuilder {
  let name = "pitch_model"
  let keyParts = ["model=pitch_model"]
  private let device: Device
  private(set) var tasks: [NetworkTask] = []

  init(on device: Device) { self.device = device }

  func build(for task: NetworkTask) throws -> any Module {
    tasks.append(task)
    var initialiser = Initialiser(seed: 5, device: device)
    return try SequentialLayer([
      ("flatten", FlattenLayer()),
      ("hidden", LinearLayer(task.time * task.channels, 12, with: &initialiser)),
      ("relu", ActivationLayer("ReLU", ReLU())),
      ("readout", LinearLayer(12, task.classes, with: &initialiser)),
    ])
  }
}

/// Cross-entropy with Adam, in two trainings of a few epochs; may be interrupted in the second.
final class PlainRecipe: TrainingRecipe {
  let keyParts = ["recipe=plain"]
  /// Stops the second training after this epoch.
  var interruptedAfter: Int?
  private(set) var epochs = 0
  private(set) var accuracy: Double?

  struct Interrupted: Error {}

  func train(_ model: any Module, on data: TrainingData) throws -> any Module {
    for training in 1...2 {
      let batches = try data.batches(.train, size: 5, shuffled: true)
      let optimizer = try Adam(model.namedParameters.map(\.tensor), learningRate: 0.02)
      var trainer = Trainer(
        model, batches, epochs: 8, optimizer: optimizer, device: data.store.device,
        console: Console(style: .quiet))
      trainer.schedule = Scheduler(optimizer, StepDecay(size: 4))
      trainer.checkpoint = data.checkpoints.next()
      trainer.onEpoch = { [self] epoch, loss, _ in
        epochs += 1
        if training == 2, epoch == interruptedAfter { throw Interrupted() }
      }
      try trainer.run()
    }
    accuracy = try model.accuracy(on: data.batches(.train, size: 5, shuffled: false))
    return model
  }
}

/// Scores a class by the distance to the mean of its samples.
final class NearestMean: FewShotLearner {
  private let classes: Int
  private var means: [Int: Tensor] = [:]
  private(set) var learned: [[Int]] = []

  init(classes: Int) { self.classes = classes }

  func start(_ base: LabelledFeatures) throws { try learn(base) }

  func learn(_ support: LabelledFeatures) throws {
    learned.append(support.classes)
    for label in support.classes {
      means[label] = try support.features(of: label).map { try Reduction(.mean, over: [0])($0) }
    }
  }

  func scores(_ features: Tensor) throws -> Tensor {
    let width = features.shape[1]
    let unseen = try Tensor.full([width], 0, on: features.device)
    let rows = try (0..<classes).map { try (means[$0] ?? unseen).reshaped([1, width]) }
    let weight = try Concatenation(0).apply(rows)
    let bias = try Reduction(.sum, over: [1])(weight.multiplied(by: weight)).scaled(by: -0.5)
    return try Linear()(features, weight, bias)
  }
}

/// Counts the samples of every session's test.
final class SampleCounter: SessionObserver {
  let name = "metric/samples"
  private var counts: [Double] = []

  func observe(_ tested: TestedBatch) {
    if tested.session == counts.count { counts.append(0) }
    counts[tested.session] += Double(tested.labels.count)
  }
  func endSession(_ session: Int) {}
  func finish() -> [String: [Double]] { ["samples": counts] }
}

/// Counts the layers' calls over the base test.
final class CallCounter: LayerMetric {
  let name = "calls"
  private var calls = 0
  private var samples = 0

  func observe(_ call: LayerHook.Call) { calls += 1 }
  func observe(_ batch: BaseTestBatch) { samples += batch.labels.count }
  func value() -> MetricValue { .parts(["calls": Double(calls), "samples": Double(samples)]) }
}
