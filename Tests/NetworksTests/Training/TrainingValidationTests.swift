import Networks
import Support
import Tensors
import TestSupport
import Testing

/// Two classes of points on a line, eight a batch.
private struct Points: TrainingBatches {
  let device: Device
  let first: Int
  var count: Int? { 3 }
  var pass: UInt64? {
    get { nil }
    nonmutating set {}
  }

  func forEach(_ body: (_ features: Tensor, _ labels: [Int]) throws -> Void) throws {
    for batch in first..<first + 3 {
      var random = RandomStream(seed: 4, purpose: "points", index: UInt64(batch))
      let labels = (0..<8).map { _ in random.below(2) }
      let values = labels.map { Float($0) * 0.6 + Float(random.normal()) }
      try body(Tensor(values, shape: [8, 1], on: device), labels)
    }
  }
}

@Suite struct TrainingValidationTests {
  private let device = Device()
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Trains for some epochs; returns the weights it leaves, the best epoch, and the accuracies.
  private func train(
    epochs: Int, checkpoint: String?
  ) throws -> (weights: [[Float]], best: BestEpoch, accuracies: [Double]) {
    var initialiser = Initialiser(seed: 2, device: device)
    let model = try LinearLayer(1, 2, with: &initialiser)
    let optimizer = try SGD(model.parameters.map(\.tensor), learningRate: 40)
    var trainer = Trainer(
      model, Points(device: device, first: 0), epochs: epochs, optimizer: optimizer, device: device,
      console: Console(style: .silent))
    trainer.validation = TrainingValidation(Points(device: device, first: 3))
    trainer.checkpoint = checkpoint.map { folder.path + "/" + $0 }
    var accuracies: [Double] = []
    trainer.onEpoch = { _, _, accuracy in accuracies.append(accuracy ?? -1) }
    let best = try #require(try trainer.run().best)
    return (try model.state.map { try $0.tensor.floatValues }, best, accuracies)
  }

  @Test func aResumedTrainingKnowsTheBestEpochBefore() throws {
    let unbroken = try train(epochs: 9, checkpoint: nil)
    let begun = try train(epochs: 4, checkpoint: "a")
    let resumed = try train(epochs: 9, checkpoint: "a")
    #expect(begun.accuracies + resumed.accuracies == unbroken.accuracies)
    #expect(resumed.weights == unbroken.weights)
    #expect(resumed.best.epoch == unbroken.best.epoch && resumed.best.accuracy == unbroken.best.accuracy)
    #expect(Set(unbroken.accuracies).count > 1)
  }

  @Test func ofEqualAccuraciesTheLaterEpochCounts() throws {
    let trained = try train(epochs: 9, checkpoint: nil)
    #expect(trained.best.accuracy == trained.accuracies.max())
    #expect(trained.best.epoch == (trained.accuracies.lastIndex(of: trained.best.accuracy) ?? -1) + 1)
  }
}
