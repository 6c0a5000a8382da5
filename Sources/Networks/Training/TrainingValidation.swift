import Support
import Tensors

/// Samples that a training judges its network by after every epoch.
public struct TrainingValidation {
  /// The samples, which the network is not trained on.
  public let batches: any TrainingBatches
  /// Epochs without a better accuracy after which the training ends; nil trains for all epochs.
  public let patience: Int?

  public init(_ batches: any TrainingBatches, patience: Int? = nil) {
    self.batches = batches
    self.patience = patience
  }
}

/// The epoch after which the accuracy on a ``TrainingValidation`` was highest, with the weights it left.
///
/// Of equal accuracies the later one counts: its weights have seen more samples, mostly at a lower learning rate.
public struct BestEpoch {
  /// Epochs count from 1.
  public let epoch: Int
  /// 0 to 1.
  public let accuracy: Double
  /// The first epoch with this accuracy.
  let since: Int
  /// The module's state, by name.
  let state: [Name: Tensor]

  /// `best`, or the epoch that has just ended where its accuracy is not lower.
  ///
  /// - Throws: `TensorError` when the memory budget is exceeded by a copy of the weights.
  static func better(
    _ best: BestEpoch?, _ epoch: Int, _ accuracy: Double, _ module: any Module
  ) throws -> BestEpoch {
    if let best, best.accuracy > accuracy { return best }
    let state = try module.state.map { ($0.name, try $0.tensor.detached().cloned()) }
    return BestEpoch(
      epoch: epoch, accuracy: accuracy, since: best?.accuracy == accuracy ? best?.since ?? epoch : epoch,
      state: Dictionary(state.map { (Name($0.0), $0.1) }) { first, _ in first })
  }

  /// Whether a training ends for want of patience, after `epoch` epochs.
  func isFinal(after epoch: Int, _ validation: TrainingValidation?) -> Bool {
    guard let patience = validation?.patience else { return false }
    return epoch - since >= patience
  }

  /// - Throws: as `Module.load(state:)`.
  func restore(to module: any Module) throws { try module.load(state: state) }

  /// The epoch and its accuracy, for the line of progress.
  var summary: String { "best after epoch \(epoch): validation \((accuracy * 1000).rounded() / 10) %" }
}
