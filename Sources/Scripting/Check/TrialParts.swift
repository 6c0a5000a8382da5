import FewShot
import Foundation
import Networks
import Support
import Tensors

/// The energies of a clip's start in five bands, in four steps: (batch, 4, 5).
final class TrialEncoder: ClipEncoder {
  let name = "trial"
  let location = ErrorLocation.plugin(title: "encoder/trial")
  let keyParts = ["encoder=trial"]
  private static let bands: [Float] = [300, 700, 1_200, 1_800, 2_600]

  func prepare(rate: Int) -> Int { rate }

  func encode(_ waveforms: Tensor) throws -> Tensor {
    let window = TrialData.rate / 20
    let device = waveforms.device
    func projected(_ function: (Float) -> Float) throws -> Tensor {
      var values: [Float] = []
      for time in 0..<window {
        let phase = 2 * Float.pi * Float(time) / Float(TrialData.rate)
        for band in Self.bands { values.append(function(phase * band) / Float(window)) }
      }
      let start = try Slice(1, from: 0, count: 4 * window)(waveforms).reshaped([-1, 4, window])
      return try MatrixProduct()(start, Tensor(values, shape: [window, Self.bands.count], on: device))
    }
    let sine = try projected { sin($0) }
    let cosine = try projected { cos($0) }
    return try sine.multiplied(by: sine).adding(cosine.multiplied(by: cosine)).scaled(by: 100)
  }
}

/// The samples of a clip as 200 steps of 20: as large as the features of the shipped encoders.
final class TrialFrames: ClipEncoder {
  let name = "frames"
  let location = ErrorLocation.plugin(title: "encoder/frames")
  let keyParts = ["encoder=frames"]

  func prepare(rate: Int) -> Int { rate }

  func encode(_ waveforms: Tensor) throws -> Tensor {
    try Slice(1, from: 0, count: 4_000)(waveforms).reshaped([-1, 200, 20])
  }
}

/// One hidden layer of nine units, then a readout.
struct TrialModel: ModelBuilder {
  let name = "trial"
  let keyParts = ["model=trial"]
  let device: Device
  static let embedding = 9

  func build(for task: NetworkTask) throws -> any Module {
    var initialiser = Initialiser(seed: 5, device: device)
    return try SequentialLayer([
      ("flatten", FlattenLayer()),
      ("hidden", LinearLayer(task.time * task.channels, Self.embedding, with: &initialiser)),
      ("relu", ActivationLayer("ReLU", ReLU())),
      ("readout", LinearLayer(Self.embedding, task.classes, with: &initialiser)),
    ])
  }
}

/// Two steps of Adam on one batch.
struct TrialRecipe: TrainingRecipe {
  let keyParts = ["recipe=trial"]
  /// Called after each backward pass.
  let onGradients: (_ model: any Module) throws -> Void

  func train(_ model: any Module, on data: TrainingData) throws -> any Module {
    let optimizer = try Adam(model.namedParameters.map(\.tensor), learningRate: 0.001)
    let batch = FirstBatch(batches: try data.batches(.train, size: 6, shuffled: true))
    var trainer = Trainer(
      model, batch, epochs: 2, optimizer: optimizer, device: data.store.device,
      console: Console(style: .silent))
    trainer.onGradients = { try onGradients(model) }
    try trainer.run()
    return model
  }
}

/// The first batch of each pass.
private struct FirstBatch: TrainingBatches {
  let batches: ClipBatches
  var count: Int? { 1 }
  var pass: UInt64? {
    get { batches.pass }
    nonmutating set { batches.pass = newValue }
  }

  func forEach(_ body: (_ features: Tensor, _ labels: [Int]) throws -> Void) throws {
    batches.restart()
    if let batch = try batches.next() { try body(batch.features, batch.labels) }
  }
}

/// Scores a class by the distance to the mean of its samples.
final class TrialLearner: FewShotLearner {
  private var means: [Int: Tensor] = [:]

  func start(_ base: LabelledFeatures) throws { try learn(base) }

  func learn(_ support: LabelledFeatures) throws {
    for label in support.classes {
      means[label] = try support.features(of: label).map { try Reduction(.mean, over: [0])($0) }
    }
  }

  func scores(_ features: Tensor) throws -> Tensor {
    let width = features.shape[1]
    let unseen = try Tensor.zeros([width], on: features.device)
    let rows = try (0..<TrialData.classes).map { try (means[$0] ?? unseen).reshaped([1, width]) }
    let weight = try Concatenation(0).apply(rows)
    let bias = try Reduction(.sum, over: [1])(weight.multiplied(by: weight)).scaled(by: -0.5)
    return try Linear()(features, weight, bias)
  }
}
